"""The coordination's desk: what waits in its state, who says "not competent", what the state joined for all below."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from marketplace.actions.authority_naming import Naming
from marketplace.actions.claims import list_claims
from marketplace.actions.context import Context
from marketplace.actions.declaring import services_to_declare
from marketplace.actions.event_candidates import as_event
from marketplace.actions.paging import PageRequest
from marketplace.actions.recording import MAX_BATCH, EventReport, record_events
from marketplace.actions.rights import acting, require
from marketplace.domain.access import Action, Actor, Decision, Role
from marketplace.domain.adoption import Scope, Status, known
from marketplace.domain.folding import fold
from marketplace.domain.own_records import OwnRecord, own_records
from marketplace.domain.reading import record_of
from marketplace.domain.regions import FEDERATION_KEY, Region, RegionKind
from marketplace.errors import InvalidInput, NotFound
from marketplace.store import event_extracts, head, ledger, repeats, services
from marketplace.store.authorities import names_by_id

JOINED = frozenset({"status", "effective_on", "planned_live_on", "except", "reason", "note"})


@dataclass(frozen=True, slots=True)
class NotCompetent:
    """An authority that says of itself it does not execute a service, which the state has not confirmed.

    ``since`` is when it said so first.
    """

    service_id: str
    service_name: str
    authority_id: int
    authority_key: str
    authority_name: str
    since: date


@dataclass(frozen=True, slots=True)
class Joined:
    """What the state said for all below it, without those left out (key and name)."""

    record: OwnRecord
    service_name: str
    left_out: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class CoordinationDesk:
    """The desk of one state; ``waiting`` counts the claims in it, ``oldest_claim`` is the day of the first."""

    state: Region
    states: Sequence[Region]
    waiting: int
    oldest_claim: date | None
    not_competent: Sequence[NotCompetent]
    joined: Sequence[Joined]
    services: Mapping[str, str]


def coordination_desk(ctx: Context, actor: Actor | None, state_key: str | None = None) -> CoordinationDesk:
    """Return the desk of a state, the first of the actor's own where none is named.

    Raises:
        Unauthenticated, Forbidden: the actor coordinates no state.
        NotFound: ``state_key`` is none that the actor coordinates.
    """
    who = _coordinating(actor)
    with ctx.database.reading() as session:
        naming = Naming.today(ctx, session)
        states = coordinated(who, naming)
        state = _chosen(states, state_key)
        not_competent = _not_competent(ctx, session, state.key)
        joined = _joined(ctx, session, state, naming)
        names = services_to_declare(session)
    claims = list_claims(ctx, who, PageRequest(1, 1), region=state.key)
    oldest = claims.items[0].event.effective_on if claims.items else None
    return CoordinationDesk(state, states, claims.total, oldest, not_competent, joined, names)


def confirm_not_competent(
    ctx: Context, actor: Actor | None, state_key: str, pairs: Sequence[tuple[str, str]]
) -> EventReport:
    """Confirm that authorities (``pairs`` of service and key) do not execute a service: they leave its denominator.

    It holds from the day on which each said so. All are confirmed, or none.

    Raises:
        Unauthenticated, Forbidden: the actor coordinates no state.
        InvalidInput: none is named, one that does not wait, or whatever the ledger refuses.
    """
    who = _coordinating(actor)
    if not 1 <= len(pairs) <= MAX_BATCH:
        raise InvalidInput.one("pair", "required", f"1 to {MAX_BATCH} statements are confirmed at once")
    with ctx.database.reading() as session:
        state = _chosen(coordinated(who, Naming.today(ctx, session)), state_key)
        waiting = {
            (one.service_id, one.authority_key): one for one in _not_competent(ctx, session, state.key)
        }
    if gone := [pair for pair in pairs if pair not in waiting]:
        raise InvalidInput.one("pair", "unknown", f"{gone[0][1][:80]!r} does not wait for a confirmation")
    events = [
        {
            "service_id": one.service_id,
            "authority_key": one.authority_key,
            "status": str(Status.NOT_COMPETENT),
            "effective_on": one.since.isoformat(),
        }
        for one in (waiting[pair] for pair in dict.fromkeys(pairs))
    ]
    return _written(record_events(ctx, who, events))


def join_for_all(
    ctx: Context, actor: Actor | None, state_key: str, service_ids: Sequence[str], says: Mapping[str, Any]
) -> EventReport:
    """Say something for every authority below a state, but for those in ``except``, of one or several services.

    Raises:
        Unauthenticated, Forbidden: the actor coordinates no state.
        InvalidInput: no service is named, a field that is none, or whatever the ledger refuses: nothing is written.
    """
    who = _coordinating(actor)
    with ctx.database.reading() as session:
        state = _chosen(coordinated(who, Naming.today(ctx, session)), state_key)
    if not service_ids:
        raise InvalidInput.one("service_id", "required", "no service is named")
    if strange := says.keys() - JOINED:
        raise InvalidInput.one(min(strange)[:80], "unknown", "is no field")
    about = {"authority_key": state.key, "scope": str(Scope.BELOW)}
    events = [{**says, **about, "service_id": one} for one in dict.fromkeys(service_ids)]
    return _written(record_events(ctx, who, events))


def coordinated(actor: Actor, naming: Naming) -> list[Region]:
    """Return the states that somebody coordinates, an operator all of them."""
    land = naming.land
    if actor.is_operator:
        return sorted((one for one in land if one.kind is RegionKind.STATE), key=lambda one: one.key)
    return [land.by_key[key] for key in sorted(actor.region_keys) if key in land.by_key]


def _written(report: EventReport) -> EventReport:
    if errors := [error for row in report.rows for error in row.errors]:
        raise InvalidInput(errors)
    return report


def _coordinating(actor: Actor | None) -> Actor:
    who = acting(actor, Action.ANSWER_CLAIM)
    if who.roles.isdisjoint({Role.COORDINATION, Role.OPERATOR}):
        require(Decision(False, "This is for the coordination of a state."))
    return who


def _chosen(states: Sequence[Region], key: str | None) -> Region:
    found = next((one for one in states if key in (None, one.key)), None)
    if found is None:
        raise NotFound("state", (key or "")[:80], " among those you coordinate")
    return found


def _not_competent(ctx: Context, session: Session, state: str) -> list[NotCompetent]:
    at = head.known_now(session, ctx.clock())
    pairs = event_extracts.pairs_saying(session, str(Status.NOT_COMPETENT), state)
    found = []
    for (service_id, identity), stored in repeats.of_pairs(session, pairs).items():
        said = [
            event
            for event in known((as_event(one) for one in stored), at)
            if event.scope is Scope.OWN and not event.is_claim and event.effective_on <= ctx.today()
        ]
        if said and said[-1].status is Status.NOT_COMPETENT:
            record = record_of(said)
            if not record.is_confirmed:
                found.append((service_id, identity, record))
    titles = services.heads(session, {service_id for service_id, _, _ in found})
    names = names_by_id(session, {identity for _, identity, _ in found})
    return sorted(
        (
            NotCompetent(
                service_id,
                titles[service_id].name,
                identity,
                record.authority_key,
                names.get(identity, record.authority_key),
                record.since,
            )
            for service_id, identity, record in found
        ),
        key=lambda one: (fold(one.service_name), fold(one.authority_name), one.authority_key),
    )


def _joined(ctx: Context, session: Session, state: Region, naming: Naming) -> list[Joined]:
    if state.authority_id is None or state.key == FEDERATION_KEY:
        return []
    at = head.known_now(session, ctx.clock())
    planned = event_extracts.planned_by(session, [state.authority_id])
    said = event_extracts.covers_of_authority(session, state.authority_id)
    records = [
        record
        for service_id, events in said.items()
        for record in own_records(service_id, known(events, at), planned, ctx.today())
    ]
    stored = ledger.by_ids(session, [record.event_id for record in records])
    titles = services.heads(session, said)
    return sorted(
        (
            Joined(
                record,
                titles[record.service_id].name,
                [(key, naming.name(key) or key) for key in stored[record.event_id].except_keys or ()],
            )
            for record in records
        ),
        key=lambda one: (fold(one.service_name), one.record.is_to_come),
    )
