"""Recording adoption events: judge, append, all or nothing, in one transaction under the ledger lock."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marketplace.actions.context import Context
from marketplace.actions.event_candidates import ACCEPTED, REJECTED, Candidate, RowOutcome
from marketplace.actions.judging import Judge
from marketplace.actions.rights import acting
from marketplace.domain.access import Action, Actor
from marketplace.errors import InvalidInput
from marketplace.store import head, ledger

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
    def written(self) -> bool:
        """Whether events were appended."""
        return not self.dry_run and self.count(REJECTED) == 0 and self.count(ACCEPTED) > 0


def record_events(
    ctx: Context, actor: Actor | None, items: Sequence[Mapping[str, Any]], *, dry_run: bool = False
) -> EventReport:
    """Record a batch: all rows, or none where one is rejected.

    The same ``source`` and ``ref``, or the same content without a ref, is unchanged; the same ref with other content
    is rejected.

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
        outcomes, candidates = Judge(session, recorder, now).judge(items)
        report = EventReport(outcomes, dry_run=False)
        if report.written:
            recorded_at = head.advance(session, held, now, events=len(candidates))
            ledger.append(session, _rows(candidates, recorder, held.last_event_id, recorded_at))
        return report


def _rows(
    candidates: Iterable[Candidate], actor: Actor, last_id: int, recorded_at: datetime
) -> list[dict[str, Any]]:
    rows = []
    ids: dict[int, int] = {}
    for number, candidate in enumerate(candidates, start=1):
        candidate.outcome.id = ids[candidate.id] = last_id + number
        if candidate.corrects is not None:
            candidate.corrects = ids.get(candidate.corrects, candidate.corrects)
        rows.append(
            {
                **candidate.content(),
                "id": last_id + number,
                "service_id": candidate.service.id,
                "authority_id": candidate.authority.id,
                "authority_key": candidate.authority.key,
                "except_ids": candidate.except_ids or None,
                "recorded_at": recorded_at,
                "asserted_by": str(candidate.asserted_by),
                "source": candidate.draft.source,
                "ref": candidate.draft.ref,
                "actor": actor.name,
                "organisation_id": actor.organisation_id,
                "on_behalf_of": candidate.draft.on_behalf_of,
                "backfilled_at": None,
            }
        )
    return rows
