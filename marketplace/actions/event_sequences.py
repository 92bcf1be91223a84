"""The steps that a batch takes: each sequence it touches, judged as it would stand with the whole batch."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from marketplace.actions.event_candidates import ACCEPTED, Candidate, as_event
from marketplace.domain.adoption import (
    Event,
    Scope,
    Status,
    StepRefusal,
    known,
    name_of,
    placed_before,
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
    said: Sequence[Candidate],
    stored: Mapping[tuple[str, int], Sequence[StoredEvent]],
    known_at: datetime,
) -> None:
    """Reject the rows that make a sequence take a step that is none; ``stored`` are all events of their pairs.

    ``said`` are the rows of the batch that the ledger says already. A new row above one of them, on the same day, is
    judged where it stands: before that event. It is rejected even if the step is one, because it would be read behind
    it; read again, a file would otherwise turn its own order round.
    """
    by_pair: dict[tuple[str, int], list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        by_pair[candidate.pair].append(candidate)
    said_by_pair: dict[tuple[str, int], list[Candidate]] = defaultdict(list)
    for candidate in said:
        if candidate.outcome.id is not None:
            said_by_pair[candidate.pair].append(candidate)
    for pair, own in by_pair.items():
        events = [as_event(event) for event in stored[pair]]
        horizon = max([known_at, *(event.recorded_at for event in events)])
        above = _above(own, said_by_pair[pair], events, horizon) if pair in said_by_pair else {}
        _judge_pair(own, events, horizon, {row: below[0].event.id for row, below in above.items()})
        if above:
            for candidate in own:
                _reject_turned_round(candidate, above.get(candidate.id, ()))
            left = [candidate for candidate in own if candidate.outcome.outcome == ACCEPTED]
            _judge_pair(left, events, horizon, {})


@dataclass(frozen=True, slots=True)
class _Said:
    """An event of the ledger and the number of the row that says the same."""

    event: Event
    row: int


def _above(
    own: Sequence[Candidate], said: Sequence[Candidate], events: Sequence[Event], horizon: datetime
) -> dict[int, list[_Said]]:
    """Return, by the ids of new rows, the events of rows below them that they would be read behind, in their order."""
    rows = {candidate.outcome.id: candidate.outcome.row for candidate in said}
    new_events = [candidate.event(horizon) for candidate in own]
    standing = [
        _Said(event, rows[event.id]) for event in known([*events, *new_events], horizon) if event.id in rows
    ]
    found = {}
    for candidate, new in zip(own, new_events, strict=True):
        behind = [
            one
            for one in standing
            if one.row > candidate.outcome.row
            and (one.event.scope, one.event.is_claim) == (new.scope, new.is_claim)
            and one.event.effective_on == new.effective_on
            and candidate.recorded_at in (None, one.event.recorded_at)
        ]
        if behind:
            found[candidate.id] = behind
    return found


def _reject_turned_round(candidate: Candidate, below: Sequence[_Said]) -> None:
    """Reject a row that would be read behind another status of a row below it."""
    other = next((one for one in below if one.event.status is not candidate.draft.status), None)
    if other is not None and candidate.outcome.outcome == ACCEPTED:
        event = other.event
        told = (
            f"row {other.row} says {event.status} on the same day and is on record already as {name_of(event)}: "
            "what is recorded now is read after it; put this row below that one, or correct the event"
        )
        candidate.outcome.reject(FieldError("effective_on", "turned_round", told))


def _judge_pair(
    own: Sequence[Candidate], events: Sequence[Event], horizon: datetime, places: Mapping[int, int]
) -> None:
    """Judge the sequences of a pair, with new rows at their ``places`` (before which event)."""
    before = known(events, horizon)
    after = known([*events, *(candidate.event(horizon) for candidate in own)], horizon)
    after = placed_before(after, places) if places else after
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
