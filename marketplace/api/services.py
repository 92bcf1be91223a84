"""``/services``: the catalogue's entries."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from marketplace.actions import services as actions
from marketplace.actions.tables import services_table
from marketplace.api.answers import answer, answer_page
from marketplace.api.contract import IF_MATCH, PREFIX, Resource
from marketplace.api.etags import expected_version, tag_of_version
from marketplace.api.paging import page_request
from marketplace.api.parsing import MERGE_PATCH, json_object
from marketplace.api.schemas.services import (
    ServiceChanges,
    ServiceEntry,
    ServiceFields,
    ServiceList,
    ServiceQuery,
    service_body,
    service_row,
)
from marketplace.domain.access import Action, Actor
from marketplace.domain.service import Service
from marketplace.errors import NotFound, Unauthenticated
from marketplace.http import actor, context

blueprint = Resource("services", __name__, url_prefix=PREFIX, description="The catalogue's entries")
_FILTERS = ("kind", "lead_state", "theme_field", "ozg_id", "leika_key", "publisher", "status", "part_of")


def writer() -> Actor:
    """Return who writes; the declared action has let nobody else in."""
    found = actor()
    if found is None:
        raise Unauthenticated("This needs a token.")
    return found


@blueprint.operation(
    "/services",
    action=Action.READ_PUBLIC,
    answer=ServiceList,
    query=ServiceQuery,
    kept=True,
    paged=True,
    table=True,
    errors=(406,),
)
def list_services(query: Mapping[str, Any]) -> Response:
    """List services.

    Filter by facts, in any order; parts have the filter `part_of`. Drafts are seen by who may write them.
    """
    filters = actions.ServiceFilter(**{name: tuple(query.get(name, ())) for name in _FILTERS})
    page = actions.list_services(context(), filters, query["sort"], page_request(query), actor())
    return answer_page(page, service_row, query, services_table)


@blueprint.operation(
    "/services/<service_id>", action=Action.READ_PUBLIC, answer=ServiceEntry, errors=(404, 410)
)
def read_service(query: Mapping[str, Any], service_id: str) -> Response:
    """Read a service.

    Contacts and prices are left out for the public, whose ETag differs therefore.
    """
    del query
    return _entry(actions.get_service(context(), service_id, actor()).service)


@blueprint.operation(
    "/services/<service_id>",
    method="PUT",
    action=Action.WRITE_SERVICE,
    answer=ServiceEntry,
    body=ServiceFields,
    created=True,
    errors=(409, 412, 428),
    parameters=(IF_MATCH,),
)
def put_service(query: Mapping[str, Any], service_id: str) -> Response:
    """Create a service, or replace all of it.

    What the body leaves out becomes unknown. An existing entry needs `If-Match`.
    """
    del query
    who, fields = writer(), json_object()
    expected = expected_version(lambda: _stored_version(service_id, who), "service")
    return _written(actions.put_service(context(), who, service_id, fields, expected))


@blueprint.operation(
    "/services/<service_id>",
    method="PATCH",
    action=Action.WRITE_SERVICE,
    answer=ServiceEntry,
    body=ServiceChanges(partial=True),
    errors=(404, 409, 412, 428),
    parameters=(IF_MATCH,),
)
def patch_service(query: Mapping[str, Any], service_id: str) -> Response:
    """Replace the fields that are named; the others stay. A list is replaced whole."""
    del query
    who, fields = writer(), json_object(MERGE_PATCH)
    expected = expected_version(lambda: _stored_version(service_id, who), "service")
    return _written(actions.patch_service(context(), who, service_id, fields, expected))


def _stored_version(service_id: str, who: Actor) -> int | None:
    try:
        return actions.get_service(context(), service_id, who).service.version
    except NotFound:
        return None


def _entry(service: Service, status: int = 200) -> Response:
    return answer(service_body(service), status, tag=tag_of_version(service.version, actor()))


def _written(written: actions.Written) -> Response:
    response = _entry(written.service, 201 if written.created else 200)
    if written.created:
        response.headers["Location"] = f"{PREFIX}/services/{written.service.id}"
    return response
