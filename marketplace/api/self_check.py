"""``/services/{id}/self-check``: what a publisher says about the EfA minimum requirements."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from marketplace.actions.self_check import EntrySelfCheck, answer_self_check, read_self_check
from marketplace.api.answers import answer
from marketplace.api.contract import IF_MATCH, PREFIX, Resource
from marketplace.api.etags import expected_tags
from marketplace.api.parsing import json_object
from marketplace.api.schemas.self_check import SelfCheckEntry, SelfCheckFields, self_check_body
from marketplace.domain.access import Action
from marketplace.http import actor, context

blueprint = Resource("self-check", __name__, url_prefix=PREFIX, description="The EfA self-check of an entry")


@blueprint.operation(
    "/services/<service_id>/self-check",
    action=Action.READ_PUBLIC,
    answer=SelfCheckEntry,
    errors=(404, 410),
)
def read_service_self_check(query: Mapping[str, Any], service_id: str) -> Response:
    """Read the EfA self-check of a service: the newest list that is answered, else the newest one.

    It is the publisher's own word. What is not answered is unknown; levels are never added up.
    """
    del query
    return _entry(read_self_check(context(), actor(), service_id))


@blueprint.operation(
    "/services/<service_id>/self-check",
    method="PUT",
    action=Action.WRITE_SERVICE,
    answer=SelfCheckEntry,
    body=SelfCheckFields,
    errors=(404, 410, 412, 428),
    parameters=(IF_MATCH,),
)
def put_service_self_check(query: Mapping[str, Any], service_id: str) -> Response:
    """Answer the newest list; what is left out is unanswered. Once answered, it needs `If-Match`."""
    del query
    fields = json_object()
    return _entry(answer_self_check(context(), actor(), service_id, fields, expected_tags("self-check")))


def _entry(entry: EntrySelfCheck) -> Response:
    return answer(self_check_body(entry), tag=entry.tag)
