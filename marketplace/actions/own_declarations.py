"""What an authority declared before: confirming that it still stands, correcting it, taking it out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from marketplace.actions.context import Context
from marketplace.actions.recording import MAX_BATCH, EventReport, record_events
from marketplace.actions.rights import acting
from marketplace.actions.speaking import SpokenFor, spoken_for, why_not
from marketplace.domain.access import Action, Actor
from marketplace.domain.adoption import AssertedBy, Status
from marketplace.errors import Conflict, Forbidden, InvalidInput, NotFound
from marketplace.store import ledger, organisations, services
from marketplace.store.ledger import StoredEvent

_MAX_DIGITS = 18


def confirm_again(ctx: Context, actor: Actor | None, event_ids: Sequence[str]) -> EventReport:
    """Say of own records, by their last events, that they stand today as they did: all of them, or none.

    Raises:
        Unauthenticated, Forbidden: the actor speaks for no authority by its roles.
        InvalidInput: none is named, or too many.
        NotFound: there is no such event.
    """
    who = acting(actor, Action.ANSWER_CLAIM)
    today = ctx.today().isoformat()
    if not 1 <= len(event_ids) <= MAX_BATCH:
        raise InvalidInput.one("event", "required", f"1 to {MAX_BATCH} records are confirmed at once")
    with ctx.database.reading() as session:
        events = _events(session, list(dict.fromkeys(event_ids)))
    return record_events(ctx, who, [_again(event, today) for event in events])


@dataclass(frozen=True, slots=True)
class Correction:
    """The event that corrected another one, and the name of the organisation that recorded it, None where none did."""

    event: StoredEvent
    organisation_name: str | None

    @property
    def asserted_by(self) -> AssertedBy:
        """On whose behalf it corrects."""
        return AssertedBy(self.event.asserted_by)


@dataclass(frozen=True, slots=True)
class OwnEvent:
    """An event of an authority that the actor speaks for, with its service's name and what corrected it already."""

    event: StoredEvent
    service_name: str
    authority: SpokenFor
    corrected_by: Correction | None


def own_event(ctx: Context, actor: Actor | None, event_id: str) -> OwnEvent:
    """Return an event of an authority that the actor speaks for.

    Raises:
        Unauthenticated, Forbidden: the actor speaks for no authority by its roles, or for this one no more.
        NotFound: there is none, or it is about somebody else.
    """
    who = acting(actor, Action.ANSWER_CLAIM)
    with ctx.database.reading() as session:
        (event,) = _events(session, [event_id])
        about = next(
            (
                one
                for one in spoken_for(ctx, session, who).values()
                if event.authority_id in one.ids and one.is_for(event.service_id)
            ),
            None,
        )
        if about is None:
            reason = why_not(ctx, session, who, event.authority_key, event.service_id)
            raise NotFound("event", event_id) if reason is None else Forbidden(reason)
        if event.status == Status.VOID:
            raise NotFound("event", event_id)
        name = services.heads(session, [event.service_id])[event.service_id].name
        return OwnEvent(event, name, about, _correction(session, event))


def _correction(session: Session, event: StoredEvent) -> Correction | None:
    later = ledger.corrections_of(session, [event.id]).get(event.id)
    if later is None:
        return None
    correction = ledger.by_ids(session, [later])[later]
    found = organisations.organisations(session, [correction.organisation_id])
    return Correction(correction, next((one.name for one in found.values()), None))


def correct(ctx: Context, actor: Actor | None, event_id: str, says: Mapping[str, Any]) -> EventReport:
    """Correct a declaration: ``says`` (``declaring.SAID``) is what it should have said, status ``void`` takes it out.

    Raises:
        Unauthenticated, Forbidden, NotFound: as in ``own_event``.
        Conflict: it was corrected already.
        InvalidInput: a field breaks a rule, or what is on record does not allow the step.
    """
    own = own_event(ctx, actor, event_id)
    event, earlier = own.event, own.corrected_by
    if earlier is not None:
        raise Conflict(f"event {event.id} was already corrected by event {earlier.event.id}")
    new = {**_about(event), **{name: value for name, value in says.items() if value not in (None, "")}}
    if new.get("status") == Status.VOID:
        new |= {"effective_on": event.effective_on.isoformat()}
    else:
        new = _kept(event) | new
    report = record_events(ctx, actor, [new | {"corrects": event.id}])
    if report.conflict is not None:
        raise Conflict(report.conflict)
    if report.rows[0].errors:
        raise InvalidInput(report.rows[0].errors)
    return report


def _events(session: Session, event_ids: Sequence[str]) -> list[StoredEvent]:
    ids = {one: int(one) for one in event_ids if one.isascii() and one.isdigit() and len(one) <= _MAX_DIGITS}
    found = ledger.by_ids(session, ids.values())
    for one in event_ids:
        if ids.get(one) not in found:
            raise NotFound("event", one[:80])
    return [found[ids[one]] for one in event_ids]


def _about(event: StoredEvent) -> dict[str, Any]:
    return {"service_id": event.service_id, "authority_key": event.authority_key, "scope": event.scope}


def _again(event: StoredEvent, effective_on: str) -> dict[str, Any]:
    """Return an event that says of another day what one said."""
    kept = {"parts": event.parts, "reason": event.reason, "except": event.except_keys}
    said = {**_about(event), "status": event.status, "effective_on": effective_on}
    return said | {name: value for name, value in kept.items() if value}


def _kept(event: StoredEvent) -> dict[str, Any]:
    """Return what a correction keeps of an event, because no form asks for it."""
    kept: dict[str, Any] = {
        "parts": event.parts, "except": event.except_keys, "offer_id": event.offer_id,
        "connection": event.connection, "answers": event.answers,
    }  # fmt: skip
    if event.maturity_model is not None:
        kept["maturity"] = {"model": event.maturity_model, "level": event.maturity_level}
    return {name: value for name, value in kept.items() if value}
