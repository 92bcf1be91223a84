"""``/delegations``: who lets whom act for it."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from marketplace.actions.delegations import end, get_delegation, grant, list_delegations
from marketplace.api.answers import answer, answer_page, answer_write
from marketplace.api.contract import PREFIX, Resource
from marketplace.api.paging import page_request
from marketplace.api.parsing import json_object
from marketplace.api.schemas.base import PageQuery
from marketplace.api.schemas.delegations import (
    DelegationEntry,
    DelegationFields,
    DelegationList,
    delegation_body,
)
from marketplace.domain.access import Action
from marketplace.http import actor, context

blueprint = Resource(
    "delegations", __name__, url_prefix=PREFIX, description="Who lets whom act for it, seen by both sides"
)


@blueprint.operation(
    "/delegations", action=Action.READ_RESTRICTED, answer=DelegationList, query=PageQuery, paged=True
)
def list_all_delegations(query: Mapping[str, Any]) -> Response:
    """List the delegations that concern your organisation, given or received, newest first."""
    return answer_page(list_delegations(context(), actor(), page_request(query)), delegation_body, query)


@blueprint.operation(
    "/delegations",
    method="POST",
    action=Action.DELEGATE,
    answer=DelegationEntry,
    body=DelegationFields,
    always_created=True,
    errors=(409,),
)
def grant_delegation(query: Mapping[str, Any]) -> Response:
    """Let an organisation act for an authority: an authority for itself, a coordination for its state with all below.

    409 where a delegation that says the same holds already.
    """
    del query
    granted = grant(context(), actor(), json_object())
    response = answer(delegation_body(granted), 201)
    response.headers["Location"] = f"{PREFIX}/delegations/{granted.delegation.id}"
    return response


@blueprint.operation(
    "/delegations/<delegation_id>", action=Action.READ_RESTRICTED, answer=DelegationEntry, errors=(404,)
)
def read_delegation(query: Mapping[str, Any], delegation_id: str) -> Response:
    """Read a delegation that concerns your organisation."""
    del query
    return answer(delegation_body(get_delegation(context(), actor(), delegation_id)))


@blueprint.operation(
    "/delegations/<delegation_id>/end",
    method="POST",
    action=Action.DELEGATE,
    answer=DelegationEntry,
    errors=(404, 409),
)
def end_delegation(query: Mapping[str, Any], delegation_id: str) -> Response:
    """End a delegation at once; both sides may. The next act that needs it is refused.

    409 where it was ended before.
    """
    del query
    return answer_write(delegation_body(end(context(), actor(), delegation_id)), 200)
