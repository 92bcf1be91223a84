"""Taking in usage reports: how many cases an authority had in a month, and the proof that lies in them.

A month's first cases above zero append an adoption event in the same transaction: a statement `live` with proof
``usage`` by who reports, from the day that ``domain.usage.proven_from`` gives until the month's end. Where the ledger
allows no such step, the row is rejected. Where a correction leaves no cases in the month, the event is taken out;
where it leaves those of others only, the event is said again in the name of the one with the most.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from marketplace.actions import auditing, recording
from marketplace.actions.context import Context
from marketplace.actions.event_candidates import ACCEPTED, REJECTED, UNCHANGED, Candidate, RowOutcome
from marketplace.actions.judging import Judge
from marketplace.actions.recording import MAX_BATCH, EventReport
from marketplace.actions.rights import acting
from marketplace.actions.usage_carriers import Carriers
from marketplace.actions.usage_events import month_events
from marketplace.actions.usage_placing import Placed, Placing
from marketplace.domain import dates, sources
from marketplace.domain.access import Action, Actor
from marketplace.domain.usage import read_usage, said_of_report
from marketplace.errors import FieldError, InvalidInput
from marketplace.store import head, usage
from marketplace.store.usage import UsageReport

MAX_ROWS = 50_000
"""How many reports one file may hold."""


def report_usage(
    ctx: Context,
    actor: Actor | None,
    items: Sequence[Mapping[str, Any]],
    *,
    dry_run: bool = False,
    limit: int = MAX_BATCH,
) -> EventReport:
    """Take in a batch of usage reports: all rows, or none where one is rejected.

    A row's ``id`` is that of the adoption event that the month's use stands behind, None where it proves nothing.
    The same numbers by the same source are unchanged, others supersede them.

    Raises:
        Unauthenticated, Forbidden: the actor may report nothing at all.
        InvalidInput: the batch is empty or over the limit.
    """
    reporter = acting(actor, Action.REPORT_USAGE)
    if not 1 <= len(items) <= limit:
        raise InvalidInput.one("reports", "length", f"a batch holds 1 to {limit} reports, not {len(items)}")
    now = ctx.clock()
    if dry_run:
        with ctx.database.reading() as session:
            return EventReport(_judge(session, reporter, now, items).outcomes, dry_run=True)
    with ctx.database.writing() as session:
        held = head.lock(session)
        judged = _judge(session, reporter, now, items)
        report = EventReport(judged.outcomes, dry_run=False)
        if report.written:
            if judged.candidates:
                recorded_at = recording.append(session, reporter, judged.candidates, held, now)
            else:
                recorded_at = head.advance(session, held, now)
            usage.write_reports(session, judged.new, judged.outdated, recorded_at)
            judged.take_over_ids()
            services = auditing.few({one.service_id for one in judged.new})
            auditing.record(
                session, reporter, now, "usage.reported", ("batch", "usage"), reports=len(judged.new),
                services=services,
            )  # fmt: skip
        return report


@dataclass(slots=True)
class _Judged:
    """A judged batch: what becomes of the rows, the reports to write, those to supersede, the events to append.

    ``events`` are the outcomes of the events, each with the outcomes of the rows that they stand for.
    """

    outcomes: list[RowOutcome]
    new: list[UsageReport] = field(default_factory=list)
    outdated: list[int] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)
    events: list[tuple[RowOutcome, list[RowOutcome]]] = field(default_factory=list)

    def take_over_ids(self) -> None:
        """Give the rows the ids of their events."""
        for event, rows in self.events:
            for row in rows:
                row.id = event.id


def _judge(session: Session, reporter: Actor, now: datetime, items: Sequence[Mapping[str, Any]]) -> _Judged:
    judged = _Judged([RowOutcome(number, ACCEPTED) for number in range(1, len(items) + 1)])
    drafts = []
    for outcome, item in zip(judged.outcomes, items, strict=True):
        try:
            drafts.append((outcome, read_usage(item, dates.today(now))))
        except InvalidInput as error:
            outcome.reject(*error.errors)
    placing = Placing(session, reporter, head.known_now(session, now), {d.service_id for _, d in drafts})
    placed = []
    for outcome, draft in drafts:
        try:
            placed.append(placing.place(outcome, draft))
        except InvalidInput as error:
            outcome.reject(*error.errors)
    if placed:
        _compare(session, reporter, now, placed, judged)
    return judged


def _compare(
    session: Session, reporter: Actor, now: datetime, placed: Sequence[Placed], judged: _Judged
) -> None:
    """Compare what is submitted with what is on record, and judge the events that follow from it."""
    stored = usage.current_reports(
        session,
        {row.report.service_id for row in placed},
        {row.report.authority_id for row in placed},
        {row.report.month for row in placed},
    )
    believed = {(*one.subject, one.source): one for one in stored}
    submitted: dict[Any, UsageReport] = {}
    for row in placed:
        name = (*row.report.subject, row.report.source)
        before = submitted.get(name) or believed.get(name)
        if before is not None and _says_the_same(before, row.report):
            row.outcome.outcome = UNCHANGED
        elif name in submitted:
            twice = "an earlier row has other numbers of the same source for this month"
            row.outcome.reject(FieldError("month", "unique", twice))
        else:
            submitted[name] = row.report
            judged.new.append(row.report)
            if before is not None and before.id is not None:
                judged.outdated.append(before.id)
    carriers = Carriers(session, dates.today(now), believed.values(), (believed | submitted).values())
    _judge_events(session, reporter, now, placed, carriers, judged)


def _judge_events(
    session: Session,
    reporter: Actor,
    now: datetime,
    placed: Sequence[Placed],
    carriers: Carriers,
    judged: _Judged,
) -> None:
    followed = month_events(session, placed, carriers)
    for row in placed:
        if row.outcome.outcome != REJECTED:
            row.outcome.id = followed.standing.get(row.report.subject)
    judge = Judge(session, reporter, now)
    judge.of_reports, judge.own_sources = True, (sources.USAGE,)
    outcomes, judged.candidates = judge.judge([item for item, _ in followed.items])
    for candidate in judged.candidates:
        _, subject = followed.items[candidate.outcome.row - 1]
        if subject in followed.carriers:
            candidate.stand_for(followed.carriers[subject])
    for outcome, (_, subject) in zip(outcomes, followed.items, strict=True):
        rows = [
            row.outcome for row in placed if row.report.subject == subject and row.outcome.outcome == ACCEPTED
        ]
        if outcome.outcome == REJECTED:
            for one in rows:
                one.reject(*map(said_of_report, outcome.errors))
        elif outcome.outcome == ACCEPTED and not followed.takes_out(subject):
            judged.events.append((outcome, rows))


def _says_the_same(first: UsageReport, second: UsageReport) -> bool:
    return (first.cases_online, first.cases_total) == (second.cases_online, second.cases_total)
