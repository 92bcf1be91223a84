"""The authority's desk: what waits, stands, turns stale and is planned for the authorities that somebody speaks for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from marketplace.actions.claims import Claim, list_claims
from marketplace.actions.context import Context
from marketplace.actions.paging import Page, PageRequest
from marketplace.actions.rights import acting
from marketplace.actions.speaking import SpokenFor, spoken_for, why_not
from marketplace.domain.access import Action, Actor
from marketplace.domain.adoption import Status, known
from marketplace.domain.folding import fold
from marketplace.domain.own_records import OwnRecord, own_records
from marketplace.domain.revision import Withdrawal
from marketplace.errors import Forbidden, NotFound
from marketplace.store import event_extracts, head, ledger, services, withdrawals

IN_USE = frozenset({Status.INTERESTED, Status.AGREED, Status.CONNECTING, Status.LIVE})
MANY = 200
"""Of more authorities at once the records are not listed: one is to be chosen."""


@dataclass(frozen=True, slots=True)
class DeskRecord:
    """An own record with the names of service and authority."""

    record: OwnRecord
    service_name: str
    authority_name: str


@dataclass(frozen=True, slots=True)
class EndingService:
    """A service in use that was withdrawn, or will be, and what follows it."""

    service_id: str
    service_name: str
    withdrawal: Withdrawal
    successor_name: str | None


@dataclass(frozen=True, slots=True)
class AuthorityDesk:
    """The desk for one chosen authority, or for all that the actor speaks for (``chosen`` None).

    ``records`` are ordered by service and authority; None where there are too many authorities to list them.
    ``by_status`` counts those in force.
    """

    authorities: Sequence[SpokenFor]
    chosen: SpokenFor | None
    claims: Page[Claim]
    records: Sequence[DeskRecord] | None
    stale: Sequence[DeskRecord]
    planned: Sequence[DeskRecord]
    ending: Sequence[EndingService]
    by_status: Mapping[Status, int]


def authority_desk(
    ctx: Context, actor: Actor | None, page: PageRequest, *, authority_key: str | None = None
) -> AuthorityDesk:
    """Return what a desk shows; ``page`` is that of the claims.

    Raises:
        Unauthenticated, Forbidden: the actor speaks for no authority by its roles, or for the named one no more.
        NotFound: ``authority_key`` is none that the actor speaks for.
    """
    who = acting(actor, Action.ANSWER_CLAIM)
    today = ctx.today()
    with ctx.database.reading() as session:
        all_of_them = spoken_for(ctx, session, who)
        chosen = None
        if authority_key is not None:
            chosen = all_of_them.get(authority_key)
            if chosen is None:
                reason = why_not(ctx, session, who, authority_key, None)
                unknown = NotFound("authority", authority_key, " among those you speak for")
                raise unknown if reason is None else Forbidden(reason)
        asked = [chosen] if chosen else list(all_of_them.values())
        records = _records(ctx, session, asked) if len(asked) <= MANY else None
        ending = _ending(session, records or ())
    ids = {identity for one in asked for identity in one.ids}
    claims = list_claims(ctx, who, page, authority_ids=ids)
    shown = records or ()
    attention = [r for r in shown if r.record.is_stale(today) or r.record.turns_stale_soon(today)]
    planned = [r for r in shown if r.record.planned_live_on is not None and not r.record.is_to_come]
    return AuthorityDesk(
        authorities=list(all_of_them.values()),
        chosen=chosen,
        claims=claims,
        records=records,
        stale=sorted(attention, key=lambda r: (r.record.stale_on, r.service_name, r.authority_name)),
        planned=sorted(planned, key=lambda r: (r.record.planned_live_on, r.service_name, r.authority_name)),
        ending=ending,
        by_status=_by_status(shown),
    )


def _ending(session: Session, records: Sequence[DeskRecord]) -> list[EndingService]:
    """Return the withdrawn services among those that are used or on their way, the earliest first."""
    used = {r.record.service_id: r.service_name for r in records if r.record.status in IN_USE}
    found = withdrawals.withdrawals_of(session, used)
    successors = {one.successor for one in found.values() if one.successor is not None}
    titles = services.heads(session, successors)
    ending = [
        EndingService(
            service_id, used[service_id], one, titles[one.successor].name if one.successor else None
        )
        for service_id, one in found.items()
    ]
    return sorted(ending, key=lambda one: (one.withdrawal.on, fold(one.service_name)))


def _by_status(records: Sequence[DeskRecord]) -> dict[Status, int]:
    in_force = [r.record.status for r in records if not r.record.is_to_come]
    counts = {status: in_force.count(status) for status in Status}
    return {status: number for status, number in counts.items() if number}


def _records(ctx: Context, session: Session, asked: Sequence[SpokenFor]) -> list[DeskRecord]:
    names = {identity: one.name for one in asked for identity in one.ids}
    planned = event_extracts.planned_by(session, names)
    at = head.known_now(session, ctx.clock())
    events = ledger.events_of_authorities(session, names)
    found = [
        record
        for service_id, said in events.items()
        for record in own_records(service_id, known(said, at), planned, ctx.today())
    ]
    titles = services.heads(session, events)
    shown = [
        DeskRecord(record, titles[record.service_id].name, names[record.authority_id]) for record in found
    ]
    return sorted(shown, key=lambda r: (fold(r.service_name), fold(r.authority_name), r.record.is_to_come))
