"""Recording under the reserved sources: as the marketplace itself does, or as anybody could before they were reserved."""

from typing import Any

from marketplace.actions import demo
from marketplace.actions.context import Context
from marketplace.actions.judging import Judge
from marketplace.actions.recording import EventReport, append, ledger_rows
from marketplace.domain import sources
from marketplace.domain.access import Actor
from marketplace.store import head, ledger
from tests import land


def record_reserved(ctx: Context, actor: Actor, *items: dict[str, Any]) -> EventReport:
    """Record events like ``record_events``, under whatever source they name."""
    now = ctx.clock()
    with ctx.database.writing() as session:
        held = head.lock(session)
        judge = Judge(session, actor, now, held)
        judge.own_sources = sources.RESERVED
        outcomes, candidates = judge.judge(items)
        report = EventReport(outcomes, dry_run=False)
        if report.written:
            append(session, actor, candidates, held, now)
        return report


def record_of_the_demo(ctx: Context, *items: dict[str, Any]) -> None:
    """Put events into the ledger as the demo writes them: for no organisation."""
    now = ctx.clock()
    with ctx.database.writing() as session:
        held = head.lock(session)
        _, candidates = Judge(session, land.OPERATOR, now, held).judge(items)
        recorded_at = head.advance(session, held, now, events=len(candidates))
        rows = ledger_rows(enumerate(candidates, held.last_event_id + 1), land.OPERATOR, recorded_at)
        invented = {
            "source": sources.DEMO,
            "actor": demo.ACTOR,
            "organisation_id": None,
            "backfilled_at": recorded_at,
        }
        ledger.append(session, [row | invented for row in rows])
