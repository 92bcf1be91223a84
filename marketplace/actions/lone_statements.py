"""Authorities that said one thing about a service: projected by columns, because an import brings a hundred thousand.

Where nobody covers anybody and no reform is in between, an authority with a single statement has a single interval: from
the statement's day on, as long as it is eligible. Everything else is the timeline's.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marketplace.actions.structure import Segment
from marketplace.domain.adoption import AssertedBy
from marketplace.domain.reading import CONFIRMING
from marketplace.domain.sheet import NEVER, SHEET, Array
from marketplace.domain.standing import AGREED_OR_FURTHER, CONFIRMED, CONTRACTED, STATUSES
from marketplace.domain.standings import NO_GROUP
from marketplace.domain.timeline import FOREVER, stale_day
from marketplace.store.ledger import Statement

_CODES = {
    (str(status), str(who)): place
    | CONTRACTED * (status in AGREED_OR_FURTHER)
    | CONFIRMED * (who in CONFIRMING)
    for place, status in enumerate(STATUSES)
    if status is not None
    for who in AssertedBy
}


@dataclass(frozen=True, slots=True)
class Lone:
    """Intervals of authorities that said one thing: rows without their service, and the entries of the sheet."""

    rows: Sequence[tuple[Any, ...]]
    sheet: Array


def lone_statements(
    segments: Sequence[Segment], statements: Sequence[Statement], chosen: Collection[int] | None
) -> tuple[Lone, set[int]] | None:
    """Project the chosen authorities (None: all) that said one thing; return them, and those that said more.

    None where covers, a reform or a part make it a matter of more than each authority's own word.
    """
    first = segments[0].counted
    if first.part is not None or any(
        one.predecessors or one.counted.part is not None or one.counted.recorded_for != first.recorded_for
        for one in segments
    ):
        return None
    if any(one[3] == "below" for one in statements):
        return None
    times = Counter([one[1] for one in statements])
    several = {authority for authority, count in times.items() if count > 1}
    lone = [one for one in statements if one[1] not in several]
    if chosen is not None:
        lone = [one for one in lone if one[1] in chosen]
        several &= set(chosen)
    claims = {one[1] for one in lone if one[4] == "provider" and one[5] == "none"}
    if claims:
        lone = [one for one in lone if one[1] not in claims]
    begins, ends, apart = _eligible_days(segments, np.array([one[1] for one in lone], dtype=np.int64))
    rest = several | claims | {lone[place][1] for place in apart}
    return _projected(lone, begins, ends), rest


def _eligible_days(
    segments: Sequence[Segment], ids: NDArray[np.int64]
) -> tuple[list[date], list[date], list[int]]:
    """Return from when until when each is eligible; ``apart`` are the places of those that are so with a pause."""
    inside = np.array([segment.roster.places_of(ids) != NO_GROUP for segment in segments])
    number = inside.sum(axis=0)
    first, last = inside.argmax(axis=0), len(segments) - 1 - inside[::-1].argmax(axis=0)
    begin_of, end_of = [one.begin for one in segments], [one.end for one in segments]
    apart = np.nonzero((number > 0) & (last - first + 1 != number))[0].tolist()
    left_out = (number == 0) | (last - first + 1 != number)
    begins = [
        date.max if out else begin_of[n] for n, out in zip(first.tolist(), left_out.tolist(), strict=True)
    ]
    return begins, [end_of[n] for n in last.tolist()], apart


@dataclass(frozen=True, slots=True)
class _Days:
    """What a statement's day and its proof's reach make of it, worked out once for all that share them."""

    effective: int
    stale_from: date
    stale: int


def _projected(lone: Sequence[Statement], begins: Sequence[date], ends: Sequence[date]) -> Lone:
    rows: list[tuple[Any, ...]] = []
    entries: list[tuple[int, int, int, int, int]] = []
    known_days: dict[tuple[date, date | None], _Days] = {}
    ordinals: dict[date, int] = {}
    for (event_id, authority, status, _, who, proof, proof_until, day), begin, end in zip(
        lone, begins, ends, strict=True
    ):
        start = max(begin, day)
        if start >= end:
            continue
        days = known_days.get((day, proof_until))
        if days is None:
            stale_from = stale_day(day, proof_until)
            days = known_days[day, proof_until] = _Days(day.toordinal(), stale_from, stale_from.toordinal())
        until = ordinals.get(end)
        if until is None:
            until = ordinals[end] = end.toordinal()
        code, is_live = _CODES[status, who], status == "live"
        rows.append((
            authority, "own", start, None if end is FOREVER else end, status, code, event_id, day, day,
            days.stale_from if is_live else None, proof, proof_until, None,
        ))  # fmt: skip
        entries.append((
            authority, days.effective if start is day else start.toordinal(), until,
            days.stale if is_live else NEVER, code,
        ))  # fmt: skip
    return Lone(rows, np.array(entries, dtype=SHEET))
