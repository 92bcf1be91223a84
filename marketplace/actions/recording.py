"""Recording adoption events: judge, append, all or nothing, in one transaction under the ledger lock."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from marketplace.actions import changing, event_auditing, projection
from marketplace.actions.context import Context
from marketplace.actions.event_candidates import ACCEPTED, REJECTED, Candidate, RowOutcome
from marketplace.actions.event_references import CONFLICT
from marketplace.actions.judging import Judge
from marketplace.actions.projection import Spoke
from marketplace.actions.rights import acting
from marketplace.domain.access import Action, Actor
from marketplace.domain.adoption import Scope
from marketplace.errors import InvalidInput
from marketplace.store import head, ledger
from marketplace.store.head import Head
from marketplace.store.sent_together import sent_together

MAX_BATCH = 5000


@dataclass(frozen=True, slots=True)
class EventReport:
    """What became of a batch. Nothing was written when a row was rejected or on a dry run."""

    rows: Sequence[RowOutcome]
    dry_run: bool

    def count(self, outcome: str) -> int:
        """Return how many rows had that outcome."""
        return sum(row.outcome == outcome for row in self.rows)

    @property
    def conflict(self) -> str | None:
        """What somebody else was first with, such as a correction of the same event; None without such a row."""
        errors = (error for row in self.rows for error in row.errors)
        return next((error.message for error in errors if error.rule == CONFLICT), None)

    @property
    def written(self) -> bool:
        """Whether events were appended."""
        return not self.dry_run and self.count(REJECTED) == 0 and self.count(ACCEPTED) > 0


def record_events(
    ctx: Context, actor: Actor | None, items: Sequence[Mapping[str, Any]], *, dry_run: bool = False
) -> EventReport:
    """Record a batch: all rows, or none where one is rejected.

    The same ``source`` and ``ref``, or the same content without a ref, is unchanged; the same ref with other content
    is rejected. What was taken out, and has no ref, can be said again: it is a new event.

    Raises:
        Unauthenticated, Forbidden: the actor may record nothing at all.
        InvalidInput: the batch is empty or over the limit.
    """
    recorder = acting(actor, Action.RECORD_ADOPTION)
    if not 1 <= len(items) <= MAX_BATCH:
        raise InvalidInput.one("events", "length", f"a batch holds 1 to {MAX_BATCH} events, not {len(items)}")
    now = ctx.clock()
    if dry_run:
        with ctx.database.reading() as session:
            return EventReport(Judge(session, recorder, now).judge(items)[0], dry_run=True)
    with ctx.database.writing() as session:
        held = head.lock(session)
        outcomes, candidates = Judge(session, recorder, now, held).judge(items)
        report = EventReport(outcomes, dry_run=False)
        if report.written:
            append(session, recorder, candidates, held, now)
        return report


def append(
    session: Session, recorder: Actor, candidates: Sequence[Candidate], held: Head, now: datetime
) -> datetime:
    """Append judged events under the ledger lock that ``held`` took, and return their ``recorded_at``.

    It moves the head on: once a transaction.
    """
    with sent_together(session, len(candidates)):
        recorded_at = head.advance(session, held, now, events=len(candidates))
        ids = range(held.last_event_id + 1, held.last_event_id + 1 + len(candidates))
        rows = ledger_rows(zip(ids, candidates, strict=True), recorder, recorded_at)
        ledger.append(session, rows)
        event_auditing.record_events(session, recorder, now, rows)
    touched: dict[str, set[Spoke]] = defaultdict(set)
    for candidate in candidates:
        spoke = candidate.authority.id, candidate.draft.scope is Scope.BELOW
        touched[candidate.service.id].add(spoke)
    projection.follow_events(session, held, projection.moment(held, recorded_at), touched)
    names = {one.service.id: one.service.name for one in candidates}
    changing.record_adoptions(session, recorder, now, changing.ids_by_service(rows), names)
    return recorded_at


def ledger_rows(
    numbered: Iterable[tuple[int, Candidate]], actor: Actor, recorded_at: datetime
) -> list[dict[str, Any]]:
    """Return judged events, each with its id (ascending), as rows of the ledger."""
    rows = []
    ids: dict[int, int] = {}
    for event_id, candidate in numbered:
        candidate.outcome.id = ids[candidate.id] = event_id
        if candidate.corrects is not None:
            candidate.corrects = ids.get(candidate.corrects, candidate.corrects)
        rows.append(
            {
                **candidate.content(),
                "id": event_id,
                "service_id": candidate.service.id,
                "authority_id": candidate.authority.id,
                "authority_key": candidate.authority.key,
                "except_ids": candidate.except_ids or None,
                "recorded_at": candidate.recorded_at or recorded_at,
                "asserted_by": str(candidate.asserted_by),
                "source": candidate.draft.source,
                "ref": candidate.draft.ref,
                "actor": actor.name,
                "organisation_id": candidate.carrier.organisation_id
                if candidate.carrier
                else actor.organisation_id,
                "on_behalf_of": candidate.on_behalf_of,
                "backfilled_at": recorded_at if candidate.recorded_at else None,
            }
        )
    return rows
