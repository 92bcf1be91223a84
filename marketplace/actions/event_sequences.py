"""The steps that a batch takes: each sequence it touches, judged as it would stand with the whole batch."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from marketplace.actions.event_candidates import Candidate, as_event
from marketplace.domain.adoption import (
    Event,
    Scope,
    Status,
    StepRefusal,
    known,
    name_of,
    sequence_refusals,
)
from marketplace.errors import FieldError
from marketplace.store.ledger import StoredEvent


@dataclass(frozen=True, slots=True)
class StepError(FieldError):
    """A step that is none, with what a page says of it in other words.

    ``status`` cannot follow ``previous`` (None: nothing), which is in force since ``previous_on``. ``is_on_record``: it is
    the later of the two that stands in the ledger already, since ``status_on``.
    """

    status: Status
    status_on: date
    previous: Status | None
    previous_on: date | None
    is_on_record: bool

    @classmethod
    def of(cls, refusal: StepRefusal, *, is_on_record: bool) -> "StepError":
        """Make the error of a refused step."""
        before, after = refusal.previous, refusal.event
        return cls(
            "status", "step", refusal.reason, after.status, after.effective_on, before.status if before else None,
            before.effective_on if before else None, is_on_record,
        )  # fmt: skip


def judge_sequences(
    candidates: Sequence[Candidate],
    stored: Mapping[tuple[str, int], Sequence[StoredEvent]],
    known_at: datetime,
) -> None:
    """Reject the rows that make a sequence take a step that is none; ``stored`` are all events of their pairs."""
    by_pair: dict[tuple[str, int], list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        by_pair[candidate.pair].append(candidate)
    for pair, own in by_pair.items():
        events = [as_event(event) for event in stored[pair]]
        horizon = max([known_at, *(event.recorded_at for event in events)])
        before = known(events, horizon)
        after = known([*events, *(candidate.event(horizon) for candidate in own)], horizon)
        for scope in Scope:
            for claims in (False, True):
                _judge_sequence(
                    [e for e in before if e.scope is scope and e.is_claim is claims],
                    [e for e in after if e.scope is scope and e.is_claim is claims],
                    {candidate.id: candidate for candidate in own},
                )


def _judge_sequence(before: list[Event], after: list[Event], rows: Mapping[int, Candidate]) -> None:
    """Blame the row that takes a step, that is stepped on, or that takes out what stood between."""
    corrections = {candidate.corrects: candidate for candidate in rows.values()}
    for refusal in sequence_refusals(after, before, lambda event: _name(event, rows)):
        first, last = refusal.previous, refusal.event
        blamed = rows.get(last.id) or (rows.get(first.id) if first else None)
        if blamed is None:
            start = before.index(first) + 1 if first else 0
            between = before[start : before.index(last)]
            blamed = next(corrections[event.id] for event in between if event.id in corrections)
            if blamed.draft.answers is not None:
                continue  # A claim can be rejected whatever its provider built on it.
        blamed.outcome.reject(StepError.of(refusal, is_on_record=last.id not in rows))


def _name(event: Event, rows: Mapping[int, Candidate]) -> str:
    return f"row {rows[event.id].outcome.row}" if event.id in rows else name_of(event)
