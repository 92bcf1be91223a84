"""Authorities that said one thing about a service: projected by columns, because an import brings a hundred thousand.

Where nobody covers anybody and no reform is in between, an authority with a single statement has a single interval: from
the statement's day on, as long as it is eligible. Everything else is the timeline's.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marketplace.actions.structure import Segment
from marketplace.domain.adoption import AssertedBy, Proof, Scope, Status
from marketplace.domain.reading import CONFIRMING
from marketplace.domain.sheet import NEVER, SHEET, Array
from marketplace.domain.standing import CONFIRMED, STATEMENT_CODES
from marketplace.domain.standings import NO_GROUP
from marketplace.domain.timeline import FOREVER, stale_day
from marketplace.store.lone_intervals import Statements

_CODES = {
    (str(status), str(who)): code | CONFIRMED * (who in CONFIRMING)
    for status, code in STATEMENT_CODES.items()
    for who in AssertedBy
}
_ALWAYS = FOREVER.toordinal()
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Lone:
    """Intervals of authorities that said one thing: the entries of the sheet, and where each stands among the statements."""

    sheet: Array
    places: Sequence[int]
    said: Statements

    @property
    def lasting(self) -> list[int]:
        """The authorities whose interval begins with their statement and never ends (``store.lone_intervals``)."""
        lasting: list[int] = self.sheet["authority"][self._lasts()].tolist()
        return lasting

    @property
    def rows(self) -> Iterator[tuple[Any, ...]]:
        """All intervals as rows without their service."""
        return self._rows(range(len(self.places)))

    @property
    def cut_rows(self) -> Iterator[tuple[Any, ...]]:
        """Those that begin later than their statement, or end, because the authority is not always eligible."""
        return self._rows(np.nonzero(~self._lasts())[0].tolist())

    def _lasts(self) -> NDArray[np.bool_]:
        days = _ordinals(self.said.effective_on, self.places)
        lasts: NDArray[np.bool_] = (self.sheet["begin"] == days) & (self.sheet["end"] == _ALWAYS)
        return lasts

    def _rows(self, numbers: Iterable[int]) -> Iterator[tuple[Any, ...]]:
        said = self.said
        for number in numbers:
            place = self.places[number]
            authority, begin, end, stale, code = self.sheet[number].item()
            day, until = said.effective_on[place], said.proof_until[place]
            yield (
                authority, "own", date.fromordinal(begin), None if end == _ALWAYS else date.fromordinal(end),
                said.statuses[place], code, said.ids[place], day, day,
                None if stale == NEVER else date.fromordinal(stale), said.proofs[place], until, None,
            )  # fmt: skip


def lone_statements(
    segments: Sequence[Segment], said: Statements, chosen: Collection[int] | None
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
    if Scope.BELOW in said.scopes:
        return None
    authorities, places, times = np.unique(
        np.array(said.authorities, dtype=np.int64), return_index=True, return_counts=True
    )
    if chosen is not None:
        asked = np.isin(authorities, np.fromiter(chosen, np.int64, len(chosen)))
        authorities, places, times = authorities[asked], places[asked], times[asked]
    apart = (times > 1) | _are_claims(said, places)
    begins, ends, with_pause = _eligible_days(segments, authorities)
    apart |= with_pause
    begins = np.maximum(begins, _ordinals(said.effective_on, places.tolist()))
    kept = ~apart & (begins < ends)
    lone = _projected(said, authorities[kept], places[kept].tolist(), begins[kept], ends[kept])
    return lone, set(authorities[apart].tolist())


def _are_claims(said: Statements, places: Places) -> NDArray[np.bool_]:
    if AssertedBy.PROVIDER not in said.asserted_by:
        return np.zeros(len(places), dtype=np.bool_)
    both = zip(said.asserted_by, said.proofs, strict=True)
    return np.array([who == AssertedBy.PROVIDER and proof == Proof.NONE for who, proof in both])[places]


def _ordinals(days: Sequence[date], places: Sequence[int]) -> NDArray[np.int64]:
    ordinal = {day: day.toordinal() for day in set(days)}
    return np.array([ordinal[days[place]] for place in places], dtype=np.int64)


def _eligible_days(
    segments: Sequence[Segment], ids: NDArray[np.int64]
) -> tuple[Places, Places, NDArray[np.bool_]]:
    """Return from when until when each is eligible (ordinals; never: from the last day on), and who is so with a pause."""
    inside = np.array([segment.roster.places_of(ids) != NO_GROUP for segment in segments])
    number = inside.sum(axis=0)
    first, last = inside.argmax(axis=0), len(segments) - 1 - inside[::-1].argmax(axis=0)
    begins = np.array([one.begin.toordinal() for one in segments])[first]
    ends = np.array([one.end.toordinal() for one in segments])[last]
    return np.where(number > 0, begins, _ALWAYS), ends, (number > 0) & (last - first + 1 != number)


class _StaleDays(dict[tuple[date, date | None], int]):
    """The ordinal of the day on which a live statement turns stale, by its day and its proof's reach."""

    def __missing__(self, key: tuple[date, date | None]) -> int:
        found = self[key] = stale_day(*key).toordinal()
        return found


def _projected(
    said: Statements, authorities: NDArray[np.int64], places: Sequence[int], begins: Places, ends: Places
) -> Lone:
    sheet = np.zeros(len(places), dtype=SHEET)
    sheet["authority"], sheet["begin"], sheet["end"], sheet["stale"] = authorities, begins, ends, NEVER
    sheet["code"] = [_CODES[said.statuses[place], said.asserted_by[place]] for place in places]
    live = np.array([said.statuses[place] == Status.LIVE for place in places], dtype=np.bool_)
    stale_days = _StaleDays()
    sheet["stale"][live] = [
        stale_days[said.effective_on[place], said.proof_until[place]]
        for place, is_live in zip(places, live.tolist(), strict=True)
        if is_live
    ]
    return Lone(sheet, places, said)
