"""Handing an entry over: one side offers it, the other accepts or refuses, until then the first may take it back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.actions.administering import administered
from marketplace.actions.auditing import record
from marketplace.actions.context import Context
from marketplace.actions.rights import acting, require
from marketplace.actions.service_changes import Change, write
from marketplace.actions.service_keeping import Signature
from marketplace.domain.access import Action, Actor, Role, may_administer, may_see_revision, may_transfer
from marketplace.domain.catalogue import Organisation
from marketplace.domain.field_reader import FieldReader
from marketplace.domain.lifecycle import is_findable
from marketplace.domain.membership import ROLES_OF_KIND
from marketplace.domain.service import Service
from marketplace.domain.transfer import Outcome
from marketplace.errors import Conflict, FieldError, InvalidInput, NotFound
from marketplace.store import head, mergers, organisations, revisions, services, transfers
from marketplace.store.transfers import Transfer

__all__ = ["MAX_NOTE", "Transfer", "Transfers", "accept", "list_transfers", "offer", "recall", "refuse"]

MAX_NOTE = 500
MAX_LISTED = 500
SERVICE, ORGANISATION = "service", "organisation"


@dataclass(frozen=True, slots=True)
class Transfers:
    """The offers of an organisation, at most 500: to it and from it, those that wait first. ``entries``: id and name."""

    organisation: Organisation
    incoming: Sequence[Transfer]
    outgoing: Sequence[Transfer]
    entries: Sequence[tuple[str, str]]


def list_transfers(ctx: Context, actor: Actor | None, organisation_id: str) -> Transfers:
    """Return what is offered to and by an organisation, and what it could offer.

    Raises:
        Unauthenticated, Forbidden: the actor hands nothing over.
        NotFound: no organisation by this id whose entries the actor hands over.
    """
    with ctx.database.reading() as session:
        _who, organisation = administered(session, actor, Action.TRANSFER_SERVICE, organisation_id)
        found = transfers.of_organisation(session, organisation_id, MAX_LISTED)
        return Transfers(
            organisation,
            [one for one in found if one.to_id == organisation_id],
            [one for one in found if one.to_id != organisation_id],
            transfers.entries_of(session, organisation_id),
        )


def offer(ctx: Context, actor: Actor | None, service_id: str, to_id: str, note: str | None) -> Transfer:
    """Offer an entry to another organisation.

    Raises:
        Unauthenticated, Forbidden: the actor may not hand this entry over.
        NotFound: there is no such entry, or the actor may not know of it.
        InvalidInput: ``to`` names no organisation that can have entries, or the one that has it; too long a note.
        Conflict: an offer of this entry waits already.
    """
    who = acting(actor, Action.TRANSFER_SERVICE)
    errors: list[FieldError] = []
    said = FieldReader({"note": note}, errors).text("note", MAX_NOTE, lines=True)
    now = ctx.clock()
    with ctx.database.writing() as session:
        revisions.lock_entry(session, service_id)
        service = _known(session, who, service_id)
        require(may_transfer(who, service.publisher))
        errors += _unfit(session, service, to_id)
        if errors:
            raise InvalidInput(errors)
        made = transfers.offer(session, service_id, service.publisher, to_id, said, now, who.name)
        if made is None:
            raise Conflict(f"an offer of {service_id} waits for an answer already")
        found = _existing(session, made)
        _record(session, who, now, "transfer.offered", found)
    return found


def accept(ctx: Context, actor: Actor | None, transfer_id: int) -> Transfer:
    """Take an offered entry over, with what is in work on it.

    Raises:
        Unauthenticated, Forbidden: the actor hands nothing over.
        NotFound: no such offer to the actor's organisation.
        Conflict: it was answered already, or the entry changed hands meanwhile.
    """
    who = acting(actor, Action.TRANSFER_SERVICE)
    now = ctx.clock()
    with ctx.database.writing() as session:
        # The ledger's lock first, as everybody takes it who writes entries.
        held = head.lock(session)
        found = _for(session, who, transfer_id, to_side=True)
        revisions.lock_entry(session, found.service_id)
        _answer(session, who, now, found, Outcome.ACCEPTED)
        service = services.load(session, [found.service_id])[found.service_id]
        if service.publisher != found.from_id:
            raise Conflict(f"{service.id} belongs to {service.publisher or 'nobody'} by now")
        change = Change(replace(service, publisher=found.to_id), service)
        signature = Signature.of(who, f"Übergabe von {found.from_id or 'niemandem'} an {found.to_id}")
        write(session, [change], now, held, signature)
        return _existing(session, transfer_id)


def refuse(ctx: Context, actor: Actor | None, transfer_id: int) -> Transfer:
    """Refuse an offered entry.

    Raises:
        As ``accept``.
    """
    return _close(ctx, actor, transfer_id, Outcome.REFUSED, to_side=True)


def recall(ctx: Context, actor: Actor | None, transfer_id: int) -> Transfer:
    """Take an offer back.

    Raises:
        As ``accept``; NotFound where it is not the actor's organisation that offers.
    """
    return _close(ctx, actor, transfer_id, Outcome.RECALLED, to_side=False)


def _close(
    ctx: Context, actor: Actor | None, transfer_id: int, outcome: Outcome, *, to_side: bool
) -> Transfer:
    who = acting(actor, Action.TRANSFER_SERVICE)
    now = ctx.clock()
    with ctx.database.writing() as session:
        found = _for(session, who, transfer_id, to_side=to_side)
        _answer(session, who, now, found, outcome)
        return _existing(session, transfer_id)


def _answer(session: Session, who: Actor, now: datetime, found: Transfer, outcome: Outcome) -> None:
    if not transfers.answer(session, found.id, outcome, now, who.name):
        raise Conflict(f"the offer of {found.service_id} was answered already")
    _record(session, who, now, f"transfer.{outcome}", found)


def _for(session: Session, who: Actor, transfer_id: int, *, to_side: bool) -> Transfer:
    found = transfers.transfer(session, transfer_id)
    side = None if found is None else found.to_id if to_side else found.from_id
    if found is None or not may_administer(who, side or ""):
        raise NotFound("transfer", str(transfer_id))
    return found


def _existing(session: Session, transfer_id: int) -> Transfer:
    found = transfers.transfer(session, transfer_id)
    if found is None:
        raise NotFound("transfer", str(transfer_id))
    return found


def _known(session: Session, who: Actor, service_id: str) -> Service:
    service = services.load(session, [service_id]).get(service_id)
    if service is None or not (is_findable(service.status) or may_see_revision(who, service.publisher)):
        raise NotFound("service", service_id)
    return service


def _unfit(session: Session, service: Service, to_id: str) -> list[FieldError]:
    if not to_id:
        return [FieldError("to", "required", "is missing")]
    receiver = organisations.organisation(session, to_id)
    if (
        receiver is None
        or Role.PUBLISHER not in ROLES_OF_KIND[receiver.kind]
        or mergers.merged_into(session, to_id) is not None
    ):
        return [FieldError("to", "reference", f"{to_id} is no organisation that can have entries")]
    if to_id == service.publisher:
        return [FieldError("to", "same", f"{service.id} belongs to {to_id} already")]
    return []


def _record(session: Session, who: Actor, now: datetime, act: str, found: Transfer) -> None:
    """Record it of the entry, and so that the log of each side that does not act holds it too."""
    sides = {"from": found.from_id, "to": found.to_id}
    record(session, who, now, act, (SERVICE, found.service_id), **sides)
    for side in sides.values():
        if side is not None and side != who.organisation_id:
            record(session, who, now, act, (ORGANISATION, side), service=found.service_id)
