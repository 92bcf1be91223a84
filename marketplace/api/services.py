"""``/services``: the catalogue's entries."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from flask import Response, request

from marketplace.actions import services as actions
from marketplace.actions.contact_reads import record_contact_read
from marketplace.actions.revisions import WrittenRevision, patch_revision, put_revision, read_revision
from marketplace.actions.service_history import version_of
from marketplace.actions.services import put_service as write_at_once
from marketplace.actions.tables import services_table
from marketplace.api.answers import answer, answer_page
from marketplace.api.contract import IF_MATCH, IF_NONE_MATCH_ANY, PREFIX, Resource
from marketplace.api.etags import expected_tags, is_to_be_new, tag_of_version
from marketplace.api.paging import page_request
from marketplace.api.parsing import MERGE_PATCH, json_object
from marketplace.api.schemas.services import (
    ServiceChanges,
    ServiceEntry,
    ServiceFields,
    ServiceList,
    ServiceQuery,
    ServiceReading,
    ServiceWriting,
    service_body,
    service_row,
)
from marketplace.domain.access import Action, Actor
from marketplace.domain.lifecycle import EntryStatus
from marketplace.domain.revision import Revision, Withdrawal
from marketplace.domain.service import Service
from marketplace.errors import Gone, InvalidInput, Unauthenticated, VersionMismatch, VersionRequired
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
    "/services/<service_id>",
    action=Action.READ_PUBLIC,
    answer=ServiceEntry,
    query=ServiceReading,
    errors=(404, 410),
)
def read_service(query: Mapping[str, Any], service_id: str) -> Response:
    """Read a service.

    Contacts and prices are left out for the public, whose ETag differs therefore. With `revision=working` it is what
    is in work, for its authors, reviewers and operators, with the ETag that writes compare; with `as_of` what the
    public saw on a day. A withdrawn one answers 410 with `withdrawn_on` and `successor`.
    """
    if "revision" in query and "as_of" in query:
        raise InvalidInput.one("as_of", "contradiction", "what is in work has no day")
    if "revision" in query:
        found = read_revision(context(), actor(), service_id)
        record_contact_read(context(), actor(), found.service)
        return answer_revision(found)
    if "as_of" in query:
        return _as_of(service_id, query["as_of"])
    service, withdrawal = actions.entry_of(context(), service_id, actor())
    record_contact_read(context(), actor(), service)
    return answer_entry(service, withdrawal=withdrawal)


@blueprint.operation(
    "/services/<service_id>",
    method="PUT",
    action=Action.WRITE_SERVICE,
    answer=ServiceEntry,
    query=ServiceWriting,
    body=ServiceFields,
    created=True,
    errors=(404, 409, 412, 428),
    parameters=(IF_MATCH, IF_NONE_MATCH_ANY),
)
def put_service(query: Mapping[str, Any], service_id: str) -> Response:
    """Create a service, or write all of what is in work on it.

    What the body leaves out becomes unknown. A new entry needs `If-None-Match: *` and is a draft; one that exists
    needs `If-Match`. The public sees it after its review. An operator who sends the status `published` publishes at
    once, as an import does.
    """
    del query
    who, fields = writer(), json_object()
    expected = None if is_to_be_new() and "If-Match" not in request.headers else named_tags()
    if publishes_at_once(who, fields):
        try:
            return _written_at_once(write_at_once(context(), who, service_id, fields, expected))
        except VersionRequired as error:
            raise VersionMismatch(error.message) from error
    return _written(put_revision(context(), who, service_id, fields, expected))


@blueprint.operation(
    "/services/<service_id>",
    method="PATCH",
    action=Action.WRITE_SERVICE,
    answer=ServiceEntry,
    query=ServiceWriting,
    body=ServiceChanges(partial=True),
    errors=(404, 409, 412, 428),
    parameters=(IF_MATCH,),
)
def patch_service(query: Mapping[str, Any], service_id: str) -> Response:
    """Write the named fields of what is in work; the others stay. A list is replaced whole.

    An operator who sends the status `published` publishes the entry with these changes at once.
    """
    del query
    who, fields = writer(), json_object(MERGE_PATCH)
    expected = expected_tags("service")
    if publishes_at_once(who, fields):
        return _written_at_once(actions.patch_service(context(), who, service_id, fields, expected))
    return _written(patch_revision(context(), who, service_id, fields, expected))


def named_tags() -> Collection[str]:
    """Return the tags that a write of what exists names.

    Raises:
        VersionRequired: none is named.
        VersionMismatch: none that could be one.
    """
    tags = expected_tags("service")
    if tags is None:
        raise VersionRequired("Name the version the write was made from (If-Match), or say that it is new"
                              " (If-None-Match: *).")  # fmt: skip
    return tags


def publishes_at_once(who: Actor, fields: Mapping[str, Any]) -> bool:
    """Tell whether somebody asks for a publication without review, and may."""
    return who.is_operator and fields.get("status") == EntryStatus.PUBLISHED


def answer_entry(service: Service, status: int = 200, withdrawal: Withdrawal | None = None) -> Response:
    """Answer with an entry as the public sees it."""
    tag = tag_of_version(service.version, actor(), withdrawal)
    return answer(service_body(service, withdrawal), status, tag=tag)


def answer_revision(revision: Revision, status: int = 200) -> Response:
    """Answer with what is in work."""
    return answer(service_body(revision.service, revision=revision), status, tag=revision.tag)


def _as_of(service_id: str, day: date) -> Response:
    version = version_of(context(), service_id, day, actor())
    if version.status is EntryStatus.WITHDRAWN:
        raise Gone(f"service {service_id!r} was withdrawn on that day")
    record_contact_read(context(), actor(), version.service)
    return answer(service_body(version.service))


def _written(written: WrittenRevision) -> Response:
    return _located(
        answer_revision(written.revision, 201 if written.created else 200),
        written.revision.service,
        created=written.created,
    )


def _written_at_once(written: actions.Written) -> Response:
    return _located(
        answer_entry(written.service, 201 if written.created else 200),
        written.service,
        created=written.created,
    )


def _located(response: Response, service: Service, *, created: bool) -> Response:
    if created:
        response.headers["Location"] = f"{PREFIX}/services/{service.id}"
    return response
