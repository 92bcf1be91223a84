"""The demo in the ledger: generate it, take it away again. The one exception to append-only."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from marketplace.actions import auditing, changing, projection
from marketplace.actions.authority_naming import Naming
from marketplace.actions.context import Context
from marketplace.actions.eligible import Eligibility
from marketplace.domain import sources
from marketplace.domain.access import Actor
from marketplace.domain.adoption import Scope
from marketplace.domain.authority import Authority, authority_of
from marketplace.domain.delegation import Delegation
from marketplace.domain.demo import DemoEvent, DemoService, demo_events, in_order
from marketplace.domain.demo_people import DEMO_DELEGATION
from marketplace.domain.part_reading import with_twins
from marketplace.domain.service import Service, ServiceKind, Stage
from marketplace.errors import Conflict
from marketplace.store import (
    delegations,
    head,
    ledger,
    organisations,
    people,
    service_lists,
    services,
    tokens,
)

ACTOR = "Demonstration"
DELEGATION_NOTE = "Demonstration: keine wirkliche Vertretung"
MAX_NAMED = 20


@dataclass(frozen=True, slots=True)
class DemoRemoval:
    """How many demo events and people of the demo were taken away."""

    events: int
    people: int


def generate(ctx: Context, progress: Callable[[int, int], None] | None = None) -> int:
    """Record the demo adoptions, and let an association act for some members, where there is no demo yet.

    They are a backfill: recorded when they could have been told, with the true time in ``backfilled_at``.

    Returns:
        How many events were recorded; 0 where the demo is there already.
    """
    with ctx.database.writing() as session:
        held = head.lock(session)
        if ledger.has_demo_events(session):
            return 0
        events = in_order(_invent(session, ctx, progress))
        now = ctx.clock()
        recorded_at = head.advance(session, held, now, events=len(events))
        rows = [_row(event, held.last_event_id + n, now) for n, event in enumerate(events, start=1)]
        ledger.append(session, rows)
        touched: dict[str, set[projection.Spoke]] = defaultdict(set)
        for event in events:
            touched[event.service_id].add((event.authority_id, event.scope is Scope.BELOW))
        projection.follow_events(session, held, projection.moment(held, recorded_at), touched)
        changing.record_adoptions(session, auditing.COMMAND_LINE, now, changing.ids_by_service(rows))
        auditing.record(
            session, auditing.COMMAND_LINE, now, "demo.recorded", ("batch", "demo"), events=len(events),
            delegations=_delegate(ctx, session),
        )  # fmt: skip
    return len(events)


def remove(ctx: Context, actor: Actor = auditing.COMMAND_LINE) -> DemoRemoval:
    """Delete the demo's events, people and delegation; the ledger's guard is lifted and restored inside the transaction.

    What the people of the demo did stays in the audit log.

    Raises:
        Conflict: a real event corrects or answers one of them.
    """
    with ctx.database.writing() as session:
        held = head.lock(session)
        leaning = ledger.real_events_about_demo(session)
        if leaning:
            named = ", ".join(str(event_id) for event_id in leaning[:MAX_NAMED])
            raise Conflict(f"the demo cannot be removed: real events refer to demo events ({named})")
        removed = ledger.remove_demo(session)
        if removed:
            recorded_at = head.advance(session, held, ctx.clock())
            projection.follow_structure(session, projection.moment(held, recorded_at))
        tokens.revoke_demo(session, ctx.clock())
        gone = people.remove_demo(session)
        ended = delegations.remove_unsigned(session, ACTOR)
        if removed or gone or ended:
            auditing.record(
                session, actor, ctx.clock(), "demo.removed", ("batch", "demo"), events=removed, people=gone,
                delegations=ended,
            )  # fmt: skip
    return DemoRemoval(removed, gone)


def _invent(session: Session, ctx: Context, progress: Callable[[int, int], None] | None) -> list[DemoEvent]:
    ids = [service_id for service_id, _ in service_lists.published_names(session)]
    entries = services.load(session, ids)
    adoptable = [entry for entry in entries.values() if _is_adoptable(entry)]
    events: list[DemoEvent] = []
    today, known_at = ctx.today(), ctx.clock()
    facts = services.facts_of_many(session, ids, today, known_at)
    eligibility = Eligibility(session, today, known_at)
    for number, entry in enumerate(adoptable, start=1):
        eligible = eligibility.of(facts[entry.id])
        covering: dict[str, Authority] = {}
        for region in eligible.territory:
            if len(region.key) in (2, 5) and (authority := authority_of(region, eligible.territory)):
                covering[region.key] = authority
        parts: dict[str, set[int]] = {}
        for part in entries.values():
            if part.part_of == entry.id:
                executing = eligibility.of(facts[part.id])
                members = (executing.members or {}).values()
                parts[part.id] = with_twins((one.id for one in members), executing.twins)
        subject = DemoService(
            id=entry.id, lead_state=entry.lead_state, partner_states=entry.partner_states,
            available_from=entry.available_from, parts=parts,
        )  # fmt: skip
        events += demo_events(subject, list((eligible.members or {}).values()), covering)
        if progress is not None:
            progress(number, len(adoptable))
    return events


def _delegate(ctx: Context, session: Session) -> int:
    """Let the association of the demo act for the municipalities of a district, and return how many delegations that is.

    None where the register or the catalogue lacks either.
    """
    key, organisation_id = DEMO_DELEGATION
    if Naming.today(ctx, session).name(key) is None or not organisations.organisations(
        session, [organisation_id]
    ):
        return 0
    delegations.add(
        session,
        Delegation(
            id=0, authority_key=key, below=True, organisation_id=organisation_id, service_ids=None,
            valid_from=ctx.today(), valid_to=None, note=DELEGATION_NOTE, granted_at=ctx.clock(), granted_by=ACTOR,
            granted_by_id=None,
        ),
    )  # fmt: skip
    return 1


def _is_adoptable(entry: Service) -> bool:
    return (
        entry.part_of is None
        and entry.authority_set is not None
        and entry.stage in (None, Stage.REGULAR, Stage.PILOT)
        and (entry.kind is ServiceKind.ONLINE_SERVICE or entry.stage is Stage.REGULAR)
    )


def _row(event: DemoEvent, event_id: int, now: Any) -> dict[str, Any]:
    return {
        "id": event_id, "service_id": event.service_id, "authority_id": event.authority_id,
        "authority_key": event.authority_key, "status": str(event.status), "scope": str(event.scope),
        "except_keys": list(event.except_keys) or None, "except_ids": list(event.except_ids) or None,
        "effective_on": event.effective_on, "recorded_at": event.recorded_at,
        "asserted_by": str(event.asserted_by), "proof": str(event.proof), "proof_until": event.proof_until,
        "source": sources.DEMO, "note": event.note, "reason": event.reason, "actor": ACTOR,
        "parts": list(event.parts) or None,
        "connection": str(event.connection) if event.connection else None,
        "planned_live_on": event.planned_live_on, "backfilled_at": now,
    }  # fmt: skip
