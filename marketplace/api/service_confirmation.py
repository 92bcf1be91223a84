"""``/services/{id}/confirm``: the publisher says that all of an entry still holds."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from marketplace.actions.publisher_desk import confirm_facts
from marketplace.api.answers import answer_write
from marketplace.api.contract import PREFIX, Resource
from marketplace.api.schemas.service_confirmation import Confirmation, confirmation_body
from marketplace.domain.access import Action
from marketplace.http import actor, context

blueprint = Resource(
    "service-confirmation", __name__, url_prefix=PREFIX, description="That an entry still holds"
)


@blueprint.operation(
    "/services/<service_id>/confirm",
    method="POST",
    action=Action.WRITE_SERVICE,
    answer=Confirmation,
    errors=(404, 409, 410),
)
def confirm_service(query: Mapping[str, Any], service_id: str) -> Response:
    """Say that all of a published entry still holds; neither its version nor its day of change moves."""
    del query
    reviewed_at = confirm_facts(context(), actor(), service_id)
    return answer_write(confirmation_body(service_id, reviewed_at), 200)
