"""``/authority-sets``: who executes what, the denominators."""

from collections.abc import Mapping
from typing import Any

import orjson
from flask import Response

from marketplace.actions.authority_sets import SetDetail, get_set, list_sets, put_set
from marketplace.actions.paging import Page
from marketplace.api.answers import JSON, answer_bytes, answer_page
from marketplace.api.contract import IF_MATCH, PREFIX, Resource
from marketplace.api.etags import expected_version, tag_of_bytes
from marketplace.api.paging import page_request
from marketplace.api.parsing import json_object
from marketplace.api.schemas.authority_sets import (
    AuthoritySetFields,
    AuthoritySetList,
    AuthoritySetListQuery,
    AuthoritySetQuery,
    AuthoritySetWhole,
    member_body,
    set_body,
)
from marketplace.api.schemas.base import day
from marketplace.api.services import writer
from marketplace.domain.access import Action
from marketplace.errors import NotFound
from marketplace.http import context

blueprint = Resource("authority-sets", __name__, url_prefix=PREFIX, description="The denominators")


@blueprint.operation(
    "/authority-sets",
    action=Action.READ_PUBLIC,
    answer=AuthoritySetList,
    query=AuthoritySetListQuery,
    paged=True,
)
def list_authority_sets(query: Mapping[str, Any]) -> Response:
    """List authority sets as they stand."""
    wanted = page_request(query)
    found = list_sets(context())
    items = found[wanted.offset : wanted.offset + wanted.page_size]
    page = Page(items, len(found), wanted.page, wanted.page_size)
    return answer_page(page, lambda one: set_body(one.definition, one.version), query)


@blueprint.operation(
    "/authority-sets/<set_id>",
    action=Action.READ_PUBLIC,
    answer=AuthoritySetWhole,
    query=AuthoritySetQuery,
    errors=(404,),
)
def read_authority_set(query: Mapping[str, Any], set_id: str) -> Response:
    """Read an authority set with how many it has; with `as_of` its members on that day."""
    return _whole(get_set(context(), set_id, query.get("as_of")), query)


@blueprint.operation(
    "/authority-sets/<set_id>",
    method="PUT",
    action=Action.WRITE_AUTHORITY_SET,
    answer=AuthoritySetWhole,
    body=AuthoritySetFields,
    created=True,
    errors=(409, 412, 428),
    parameters=(IF_MATCH,),
)
def put_authority_set(query: Mapping[str, Any], set_id: str) -> Response:
    """Create an authority set, or replace what it says from now on known.

    Figures pinned to an earlier `known_at` stay as they were. What `GET` shows can be sent back: what cannot be written
    is passed over. It holds from `valid_from` on; what is planned for a later day that is still to come stays planned,
    and is changed by naming its day.
    """
    who, fields = writer(), json_object()
    expected = expected_version(lambda: _stored_version(set_id), "authority set")
    detail, created = put_set(context(), who, set_id, fields, expected)
    response = _whole(detail, query, 201 if created else 200)
    if created:
        response.headers["Location"] = f"{PREFIX}/authority-sets/{set_id}"
    return response


def _stored_version(set_id: str) -> int | None:
    try:
        return get_set(context(), set_id).version
    except NotFound:
        return None


def _whole(detail: SetDetail, query: Mapping[str, Any], status: int = 200) -> Response:
    body = {
        **set_body(detail.definition, detail.version),
        "as_of": query.get("as_of") or context().today(),
        "member_count": detail.member_count,
        "counts_by_state": dict(detail.counts_by_state),
        "members": [member_body(one) for one in detail.members] if "as_of" in query else None,
        "territory_on": day(detail.territory_on),
    }
    content = orjson.dumps(body)
    return answer_bytes(content, JSON, f"{detail.version}-{tag_of_bytes(content)}", status)
