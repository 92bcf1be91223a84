"""``/transfers``: handing entries over from one organisation to another."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response

from marketplace.actions import transfers
from marketplace.actions.context import Context
from marketplace.actions.paging import Page
from marketplace.actions.transfers import Transfer
from marketplace.api.answers import answer, answer_page, answer_write
from marketplace.api.contract import PREFIX, Resource
from marketplace.api.paging import page_request
from marketplace.api.parsing import json_object
from marketplace.api.schemas.base import PageQuery
from marketplace.api.schemas.transfers import TransferEntry, TransferFields, TransferList, transfer_body
from marketplace.api.services import writer
from marketplace.domain.access import Action, Actor
from marketplace.domain.field_reader import FieldReader
from marketplace.errors import FieldError, InvalidInput, NotFound
from marketplace.http import context

MAX_DIGITS = 9
blueprint = Resource(
    "transfers", __name__, url_prefix=PREFIX, description="Handing entries over, seen by both sides"
)


@blueprint.operation(
    "/transfers", action=Action.TRANSFER_SERVICE, answer=TransferList, query=PageQuery, paged=True
)
def list_own_transfers(query: Mapping[str, Any]) -> Response:
    """List what is offered to and by your organisation, what waits first; at most the 500 newest."""
    who = writer()
    found = transfers.list_transfers(context(), who, who.organisation_id)
    every = sorted([*found.incoming, *found.outgoing], key=lambda one: (one.outcome is not None, -one.id))
    wanted = page_request(query)
    items = every[wanted.offset : wanted.offset + wanted.page_size]
    return answer_page(Page(items, len(every), wanted.page, wanted.page_size), transfer_body, query)


@blueprint.operation(
    "/services/<service_id>/transfer",
    method="POST",
    action=Action.TRANSFER_SERVICE,
    answer=TransferEntry,
    body=TransferFields,
    always_created=True,
    errors=(404, 409),
)
def offer_service(query: Mapping[str, Any], service_id: str) -> Response:
    """Offer an entry to another organisation. It stays where it is until that one accepts.

    409 where an offer of it waits already.
    """
    del query
    fields = json_object()
    to, note = _offer(fields)
    made = transfers.offer(context(), writer(), service_id, to, note)
    response = answer(transfer_body(made), 201)
    response.headers["Location"] = f"{PREFIX}/transfers"
    return response


@blueprint.operation(
    "/transfers/<transfer_id>/accept",
    method="POST",
    action=Action.TRANSFER_SERVICE,
    answer=TransferEntry,
    errors=(404, 409),
)
def accept_transfer(query: Mapping[str, Any], transfer_id: str) -> Response:
    """Take an entry over that was offered to your organisation, with what is in work on it.

    409 where the offer was answered before, or the entry changed hands meanwhile.
    """
    del query
    return _answered(transfers.accept, transfer_id)


@blueprint.operation(
    "/transfers/<transfer_id>/refuse",
    method="POST",
    action=Action.TRANSFER_SERVICE,
    answer=TransferEntry,
    errors=(404, 409),
)
def refuse_transfer(query: Mapping[str, Any], transfer_id: str) -> Response:
    """Refuse an entry that was offered to your organisation."""
    del query
    return _answered(transfers.refuse, transfer_id)


@blueprint.operation(
    "/transfers/<transfer_id>/recall",
    method="POST",
    action=Action.TRANSFER_SERVICE,
    answer=TransferEntry,
    errors=(404, 409),
)
def recall_transfer(query: Mapping[str, Any], transfer_id: str) -> Response:
    """Take back what your organisation offered."""
    del query
    return _answered(transfers.recall, transfer_id)


def _answered(act: Callable[[Context, Actor | None, int], Transfer], transfer_id: str) -> Response:
    if not (transfer_id.isascii() and transfer_id.isdigit() and len(transfer_id) <= MAX_DIGITS):
        raise NotFound("transfer", transfer_id)
    return answer_write(transfer_body(act(context(), writer(), int(transfer_id))), 200)


def _offer(fields: Mapping[str, Any]) -> tuple[str, str | None]:
    errors: list[FieldError] = []
    reader = FieldReader(fields, errors)
    reader.only(("to", "note"))
    to = reader.text("to", 80, required=True)
    note = reader.text("note", transfers.MAX_NOTE, lines=True)
    if errors or to is None:
        raise InvalidInput(errors)
    return to, note
