"""``/services/{id}/comments``: remarks between author and reviewer on what is in work."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from marketplace.actions import revision_comments as actions
from marketplace.api.answers import answer, answer_write
from marketplace.api.contract import PREFIX, Resource
from marketplace.api.parsing import json_object
from marketplace.api.schemas.service_life import CommentBody, CommentFields, CommentList, comment_body
from marketplace.api.service_versions import number_of
from marketplace.domain.access import Action
from marketplace.domain.field_reader import FieldReader
from marketplace.errors import FieldError, InvalidInput
from marketplace.http import actor, context

blueprint = Resource("service_comments", __name__, url_prefix=PREFIX, description="Remarks on a revision")


@blueprint.operation(
    "/services/<service_id>/comments", action=Action.READ_REVISION, answer=CommentList, errors=(404,)
)
def list_service_comments(query: Mapping[str, Any], service_id: str) -> Response:
    """List the remarks on what is in work, for its authors, reviewers and operators."""
    del query
    return answer({"items": [comment_body(one) for one in actions.comments(context(), actor(), service_id)]})


@blueprint.operation(
    "/services/<service_id>/comments",
    method="POST",
    action=Action.READ_REVISION,
    answer=CommentBody,
    body=CommentFields,
    errors=(404, 409),
)
def write_service_comment(query: Mapping[str, Any], service_id: str) -> Response:
    """Remark on a field of what is in work; it goes when that is published or discarded."""
    del query
    fields = json_object()
    errors: list[FieldError] = []
    FieldReader(fields, errors).only(("field", "text"))
    if errors:
        raise InvalidInput(errors)
    written = actions.write_comment(context(), actor(), service_id, fields.get("field"), fields.get("text"))
    return answer_write(comment_body(written), 200)


@blueprint.operation(
    "/services/<service_id>/comments/<comment_id>/resolve",
    method="POST",
    action=Action.READ_REVISION,
    answer=CommentBody,
    errors=(404,),
)
def resolve_service_comment(query: Mapping[str, Any], service_id: str, comment_id: str) -> Response:
    """Note that a remark was seen to."""
    del query
    found = actions.resolve_comment(context(), actor(), service_id, number_of(comment_id))
    return answer_write(comment_body(found), 200)
