"""``/services/{id}/merge``: two entries that are one service become one, previewed and decided."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from marketplace.actions.merging import merge_services, preview_merge
from marketplace.api.answers import answer, answer_write
from marketplace.api.contract import IF_MATCH, PREFIX, Resource
from marketplace.api.etags import expected_tags
from marketplace.api.parsing import json_object
from marketplace.api.schemas.merging import (
    MergedEntry,
    MergeFields,
    MergePreviewEntry,
    MergeQuery,
    merged_body,
    preview_body,
)
from marketplace.domain.access import Action
from marketplace.errors import FieldError, InvalidInput
from marketplace.http import actor, context

blueprint = Resource("merging", __name__, url_prefix=PREFIX, description="Merging two entries")
_FIELDS = ("into", "reason", "decisions")


@blueprint.operation(
    "/services/<service_id>/merge",
    action=Action.MERGE_SERVICES,
    answer=MergePreviewEntry,
    query=MergeQuery,
    errors=(404, 409),
)
def preview_service_merge(query: Mapping[str, Any], service_id: str) -> Response:
    """Preview merging a service into another one; the ETag is what a merge has to be made from."""
    preview = preview_merge(context(), actor(), query["into"], service_id)
    return answer(preview_body(preview), tag=preview.tag)


@blueprint.operation(
    "/services/<service_id>/merge",
    method="POST",
    action=Action.MERGE_SERVICES,
    answer=MergedEntry,
    body=MergeFields,
    errors=(404, 409, 412, 428),
    parameters=(IF_MATCH,),
)
def merge_service(query: Mapping[str, Any], service_id: str) -> Response:
    """Merge a service into another one: events, offers and references go over, and it is withdrawn.

    Needs `If-Match` with the ETag of the preview. What the entries contradict each other in has to be decided.
    """
    del query
    fields = json_object()
    into, decisions = _checked(fields)
    merged = merge_services(
        context(), actor(), into, service_id, decisions=decisions, reason=fields.get("reason"),
        expected=expected_tags("preview"),
    )  # fmt: skip
    return answer_write(merged_body(merged), 200)


def _checked(fields: Mapping[str, Any]) -> tuple[str, Mapping[str, str]]:
    """Return the kept entry and the decisions of a body.

    Raises:
        InvalidInput: fields of another shape.
    """
    errors = [FieldError(name[:80], "unknown", "is no field") for name in fields if name not in _FIELDS]
    into, decisions = fields.get("into"), fields.get("decisions") or {}
    if not isinstance(into, str) or not into:
        errors.append(FieldError("into", "required", "name the entry that stays"))
    if not isinstance(decisions, dict) or not all(isinstance(one, str) for one in decisions.values()):
        errors.append(
            FieldError("decisions", "type", "must be an object from authority keys to kept or lost")
        )
    if errors or not isinstance(into, str) or not isinstance(decisions, dict):
        raise InvalidInput(errors)
    return into, decisions
