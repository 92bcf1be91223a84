"""``/thesaurus``: which words of people mean which words of the administration."""

from collections.abc import Mapping
from typing import Any

import orjson
from flask import Response

from marketplace.actions.thesaurus import StoredRow, add_row, change_row, delete_row, get_row, list_rows
from marketplace.actions.thesaurus_files import table_of
from marketplace.api.answers import JSON, answer_bytes, answer_page
from marketplace.api.contract import IF_MATCH, PREFIX, Resource
from marketplace.api.etags import expected_version, tag_of_bytes
from marketplace.api.paging import page_request
from marketplace.api.parsing import json_object
from marketplace.api.schemas.thesaurus import (
    ThesaurusEntry,
    ThesaurusFields,
    ThesaurusList,
    ThesaurusQuery,
    row_body,
)
from marketplace.domain.access import Action
from marketplace.errors import NotFound
from marketplace.http import actor, context

blueprint = Resource(
    "thesaurus", __name__, url_prefix=PREFIX, description="Words that mean the same in a search"
)


@blueprint.operation(
    "/thesaurus",
    action=Action.READ_PUBLIC,
    answer=ThesaurusList,
    query=ThesaurusQuery,
    paged=True,
    table=True,
    errors=(406,),
)
def list_thesaurus_rows(query: Mapping[str, Any]) -> Response:
    """List the rows of the thesaurus by what people type.

    The table has the columns that `marketplace thesaurus import` reads.
    """
    filters = {name: query.get(name) for name in ("q", "theme_field", "author")}
    page = list_rows(context(), page_request(query), **filters)
    return answer_page(page, row_body, query, table_of)


@blueprint.operation(
    "/thesaurus",
    method="POST",
    action=Action.EDIT_THESAURUS,
    answer=ThesaurusEntry,
    body=ThesaurusFields,
    always_created=True,
    errors=(409,),
)
def add_thesaurus_row(query: Mapping[str, Any]) -> Response:
    """Add a row; it takes effect with the next search.

    Two rows cannot have the same words on their left, in whatever form or order.
    """
    del query
    stored = add_row(context(), actor(), json_object())
    response = _entry(stored, 201)
    response.headers["Location"] = f"{PREFIX}/thesaurus/{stored.id}"
    return response


@blueprint.operation("/thesaurus/<row_id>", action=Action.READ_PUBLIC, answer=ThesaurusEntry, errors=(404,))
def read_thesaurus_row(query: Mapping[str, Any], row_id: str) -> Response:
    """Read a row."""
    del query
    return _entry(get_row(context(), row_id))


@blueprint.operation(
    "/thesaurus/<row_id>",
    method="PUT",
    action=Action.EDIT_THESAURUS,
    answer=ThesaurusEntry,
    body=ThesaurusFields,
    errors=(404, 409, 412, 428),
    parameters=(IF_MATCH,),
)
def put_thesaurus_row(query: Mapping[str, Any], row_id: str) -> Response:
    """Replace what a row says; it takes effect with the next search."""
    del query
    fields, expected = json_object(), _expected(row_id)
    return _entry(change_row(context(), actor(), row_id, fields, expected))


@blueprint.operation(
    "/thesaurus/<row_id>",
    method="DELETE",
    action=Action.EDIT_THESAURUS,
    answer=None,
    errors=(404, 412, 428),
    parameters=(IF_MATCH,),
)
def delete_thesaurus_row(query: Mapping[str, Any], row_id: str) -> Response:
    """Delete a row; it takes effect with the next search."""
    del query
    delete_row(context(), actor(), row_id, _expected(row_id))
    response = Response(status=204)
    response.headers["Cache-Control"] = "no-store"
    return response


def _expected(row_id: str) -> int | None:
    return expected_version(lambda: _stored_version(row_id), "row")


def _stored_version(row_id: str) -> int | None:
    try:
        return get_row(context(), row_id).version
    except NotFound:
        return None


def _entry(stored: StoredRow, status: int = 200) -> Response:
    content = orjson.dumps(row_body(stored))
    return answer_bytes(content, JSON, f"{stored.version}-{tag_of_bytes(content)}", status)
