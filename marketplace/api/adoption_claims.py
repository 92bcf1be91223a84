"""``/adoption-claims``: the inbox of what providers said without proof."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from marketplace.actions.claims import confirm_claim, list_claims, reject_claim
from marketplace.actions.tables import plain_table
from marketplace.api.answers import answer_page, answer_write
from marketplace.api.contract import PREFIX, Resource
from marketplace.api.paging import page_request
from marketplace.api.parsing import json_object
from marketplace.api.schemas.adoptions import EventReportBody, report_body
from marketplace.api.schemas.claims import (
    CLAIM_FIELDS,
    ClaimList,
    ClaimQueryFields,
    ConfirmFields,
    RejectFields,
    claim_body,
)
from marketplace.domain.access import Action
from marketplace.http import actor, context

blueprint = Resource(
    "adoption-claims", __name__, url_prefix=PREFIX, description="Claims of providers that nobody answered"
)


@blueprint.operation(
    "/adoption-claims",
    action=Action.READ_PUBLIC,
    answer=ClaimList,
    query=ClaimQueryFields,
    paged=True,
    table=True,
    errors=(406,),
)
def list_adoption_claims(query: Mapping[str, Any]) -> Response:
    """List the claims that wait, oldest first.

    A claim is an event by a provider without proof. It waits until the authority, its state's coordination or an
    operator confirms or rejects it, or its provider takes it back.
    """
    page = list_claims(
        context(), actor(), page_request(query), region=query.get("region"), service=query.get("service"),
        publisher=query.get("publisher"),
    )  # fmt: skip
    return answer_page(
        page,
        claim_body,
        query,
        lambda items: plain_table("adoption-claims", CLAIM_FIELDS, [claim_body(item) for item in items]),
    )


@blueprint.operation(
    "/adoption-claims/<event_id>/confirm",
    method="POST",
    action=Action.ANSWER_CLAIM,
    answer=EventReportBody,
    body=ConfirmFields,
    body_required=False,
    created=True,
    errors=(404, 409),
)
def confirm_adoption_claim(query: Mapping[str, Any], event_id: str) -> Response:
    """Confirm a claim: a statement in one's own name, with what the claim says or with one's own fields.

    409 where somebody answered it first, or where it was taken back; the problem names the event.
    """
    del query
    fields = json_object(optional=True)
    return answer_write(report_body(confirm_claim(context(), actor(), event_id, fields)), 201)


@blueprint.operation(
    "/adoption-claims/<event_id>/reject",
    method="POST",
    action=Action.ANSWER_CLAIM,
    answer=EventReportBody,
    body=RejectFields,
    created=True,
    errors=(404, 409),
)
def reject_adoption_claim(query: Mapping[str, Any], event_id: str) -> Response:
    """Reject a claim with a reason: it is taken out and not read any more; 409 as in confirming."""
    del query
    return answer_write(report_body(reject_claim(context(), actor(), event_id, json_object())), 201)
