"""``/services/{id}/submit``, ``/return``, ``/approve``, ``/withdraw``, ``/discard``: the steps of an entry's life."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Response

from marketplace.actions import reviewing, withdrawing
from marketplace.actions.revisions import discard_revision, missing
from marketplace.api.answers import answer, answer_write
from marketplace.api.contract import IF_MATCH, PREFIX, Resource
from marketplace.api.parsing import json_object
from marketplace.api.schemas.service_life import (
    MissingFields,
    NoteFields,
    ReasonFields,
    WithdrawalFields,
    WithdrawFields,
    missing_body,
    withdrawal_body,
)
from marketplace.api.schemas.services import ServiceEntry
from marketplace.api.services import answer_entry, answer_revision, named_tags
from marketplace.domain.access import Action
from marketplace.domain.field_reader import FieldReader
from marketplace.errors import FieldError, InvalidInput
from marketplace.http import actor, context

blueprint = Resource("service_life", __name__, url_prefix=PREFIX, description="The life of an entry")
REFUSALS = (404, 409, 412, 428)


@blueprint.operation(
    "/services/<service_id>/missing", action=Action.READ_REVISION, answer=MissingFields, errors=(404,)
)
def list_missing_fields(query: Mapping[str, Any], service_id: str) -> Response:
    """List what is missing to publish what is in work."""
    del query
    return answer(missing_body(missing(context(), actor(), service_id)))


@blueprint.operation(
    "/services/<service_id>/submit",
    method="POST",
    action=Action.WRITE_SERVICE,
    answer=ServiceEntry,
    body=NoteFields,
    errors=REFUSALS,
    parameters=(IF_MATCH,),
)
def submit_service(query: Mapping[str, Any], service_id: str) -> Response:
    """Submit what is in work for review. What is missing to publish it is refused field by field."""
    del query
    note = _fields("note").get("note")
    return answer_revision(reviewing.submit(context(), actor(), service_id, note, named_tags()))


@blueprint.operation(
    "/services/<service_id>/return",
    method="POST",
    action=Action.READ_REVISION,
    answer=ServiceEntry,
    body=ReasonFields,
    errors=REFUSALS,
    parameters=(IF_MATCH,),
)
def return_service(query: Mapping[str, Any], service_id: str) -> Response:
    """Take what is in review back to draft: returned by who reviews it, recalled by who wrote it."""
    del query
    reason = _fields("reason").get("reason")
    return answer_revision(reviewing.send_back(context(), actor(), service_id, reason, named_tags()))


@blueprint.operation(
    "/services/<service_id>/approve",
    method="POST",
    action=Action.REVIEW_SERVICE,
    answer=ServiceEntry,
    body=NoteFields,
    errors=REFUSALS,
    parameters=(IF_MATCH,),
)
def approve_service(query: Mapping[str, Any], service_id: str) -> Response:
    """Publish what is in review. Who wrote in it does not approve it.

    412 where the entry was published anew since the revision began: it is merged first.
    """
    del query
    note = _fields("note").get("note")
    return answer_entry(reviewing.approve(context(), actor(), service_id, note, named_tags()))


@blueprint.operation(
    "/services/<service_id>/withdraw",
    method="POST",
    action=Action.WRITE_SERVICE,
    answer=WithdrawalFields,
    body=WithdrawFields,
    errors=REFUSALS,
    parameters=(IF_MATCH,),
)
def withdraw_service(query: Mapping[str, Any], service_id: str) -> Response:
    """Withdraw a published service; a day ahead is planned, and the entry shows it until then.

    `If-Match` takes the ETag of the entry, or of what is in work on it.
    """
    del query
    fields = _fields("on", "reason", "successor")
    on, successor = _day_and_successor(fields)
    decided = withdrawing.withdraw(
        context(), actor(), service_id, on, fields.get("reason"), successor, named_tags()
    )
    return answer_write(withdrawal_body(decided), 200)


@blueprint.operation(
    "/services/<service_id>/withdrawal",
    method="DELETE",
    action=Action.WRITE_SERVICE,
    answer=None,
    errors=REFUSALS,
    parameters=(IF_MATCH,),
)
def cancel_service_withdrawal(query: Mapping[str, Any], service_id: str) -> Response:
    """Take a planned withdrawal back."""
    del query
    withdrawing.cancel_withdrawal(context(), actor(), service_id, named_tags())
    return Response(status=204)


@blueprint.operation(
    "/services/<service_id>/discard",
    method="POST",
    action=Action.WRITE_SERVICE,
    answer=None,
    errors=REFUSALS,
    parameters=(IF_MATCH,),
)
def discard_service_revision(query: Mapping[str, Any], service_id: str) -> Response:
    """Discard what is in work: a published entry stays as it is, one that never was published is gone."""
    del query
    discard_revision(context(), actor(), service_id, named_tags())
    return Response(status=204)


def _fields(*known: str) -> dict[str, Any]:
    fields = json_object()
    errors: list[FieldError] = []
    FieldReader(fields, errors).only(known)
    if errors:
        raise InvalidInput(errors)
    return fields


def _day_and_successor(fields: Mapping[str, Any]) -> tuple[date, str | None]:
    errors: list[FieldError] = []
    reader = FieldReader(fields, errors)
    on, successor = reader.day("on"), reader.slug("successor")
    if on is None and not errors:
        reader.refuse("on", "required", "is missing")
    if errors or on is None:
        raise InvalidInput(errors)
    return on, successor
