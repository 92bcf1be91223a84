"""``/services/{id}/versions``: what the public saw of an entry, and what changed."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from marketplace.actions import service_history
from marketplace.actions.contact_reads import record_contact_read
from marketplace.api.answers import answer, answer_page
from marketplace.api.contract import IF_MATCH, PREFIX, Resource
from marketplace.api.paging import page_request
from marketplace.api.schemas.service_life import (
    VersionChanges,
    VersionList,
    VersionQuery,
    changes_body,
    version_row,
)
from marketplace.api.schemas.services import ServiceEntry, service_body
from marketplace.api.services import answer_revision, named_tags
from marketplace.domain.access import Action
from marketplace.http import actor, context

MAX_DIGITS = 9
blueprint = Resource("service_versions", __name__, url_prefix=PREFIX, description="Versions of an entry")


@blueprint.operation(
    "/services/<service_id>/versions",
    action=Action.READ_PUBLIC,
    answer=VersionList,
    query=VersionQuery,
    paged=True,
    errors=(404,),
)
def list_service_versions(query: Mapping[str, Any], service_id: str) -> Response:
    """List the versions of a service that the public saw, the newest first; also of a withdrawn one."""
    found = service_history.version_heads(context(), service_id, actor(), page_request(query))
    return answer_page(found, version_row, query)


@blueprint.operation(
    "/services/<service_id>/versions/<version>", action=Action.READ_PUBLIC, answer=ServiceEntry, errors=(404,)
)
def read_service_version(query: Mapping[str, Any], service_id: str, version: str) -> Response:
    """Read a version of a service as it stood."""
    del query
    found = service_history.version_of(context(), service_id, number_of(version), actor())
    record_contact_read(context(), actor(), found.service)
    return answer(service_body(found.service))


@blueprint.operation(
    "/services/<service_id>/versions/<version>/changes",
    action=Action.READ_PUBLIC,
    answer=VersionChanges,
    errors=(404,),
)
def list_service_changes(query: Mapping[str, Any], service_id: str, version: str) -> Response:
    """List what changed against the version before, field by field, with the words marked."""
    del query
    found, before, changed = service_history.changes_of(context(), service_id, number_of(version), actor())
    record_contact_read(context(), actor(), found.service)
    return answer(changes_body(found, before, changed))


@blueprint.operation(
    "/services/<service_id>/versions/<version>/revert",
    method="POST",
    action=Action.WRITE_SERVICE,
    answer=ServiceEntry,
    errors=(404, 409, 412, 428),
    parameters=(IF_MATCH,),
)
def revert_service(query: Mapping[str, Any], service_id: str, version: str) -> Response:
    """Write the fields of an earlier version into what is in work, to be reviewed as any other revision."""
    del query
    reverted = service_history.revert(context(), actor(), service_id, number_of(version), named_tags())
    return answer_revision(reverted)


def number_of(text: str) -> int:
    """Return a number of a path, 0 (which nothing has) for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS else 0
