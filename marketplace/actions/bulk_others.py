"""The rows of a file that are not plain: judged one by one, as ``POST /adoption-events`` does, and together."""

from collections.abc import Iterable, Mapping
from typing import Any

from marketplace.actions.event_candidates import REJECTED, UNCHANGED, Candidate
from marketplace.actions.judging import Judge
from marketplace.errors import FieldError
from marketplace.exchange.adoption_rows import EventTable
from marketplace.store.bulk_ledger import Pair

_PIECE = 1000


class OtherRows:
    """Rows named by their position in the file; what a reader refused already never gets here.

    ``rejected`` are those that broke a rule; ``accepted`` the candidates that hold after ``decide``; ``unchanged`` and
    ``same_as`` as in ``bulk_report.FileReport``.
    """

    def __init__(self, judge: Judge, table: EventTable, without: frozenset[str]) -> None:
        self._judge, self._table, self._without = judge, table, without
        self._placed: dict[int, Candidate] = {}
        self.rejected: dict[int, list[FieldError]] = {}
        self.accepted: list[Candidate] = []
        self.unchanged: dict[int, int | None] = {}
        self.same_as: dict[int, int] = {}

    def place(self, positions: Iterable[int]) -> set[Pair]:
        """Judge rows by themselves; return the pairs of those that hold."""
        wanted = sorted(positions)
        pairs = set()
        for start in range(0, len(wanted), _PIECE):
            piece = wanted[start : start + _PIECE]
            outcomes, candidates = self._judge.place(
                [self._item(position) for position in piece], [position + 1 for position in piece]
            )
            for outcome in outcomes:
                if outcome.outcome == REJECTED:
                    self.rejected[outcome.row - 1] = outcome.errors
            for candidate in candidates:
                self._placed[candidate.outcome.row - 1] = candidate
                pairs.add(candidate.pair)
        return pairs

    def _item(self, position: int) -> Mapping[str, Any]:
        item = self._table.item(position)
        return {name: value for name, value in item.items() if name not in self._without}

    def decide(self, *, skip_rejected: bool) -> None:
        """Judge the placed rows together; with ``skip_rejected`` until what is left holds without the rejected ones."""
        while self._placed:
            candidates = [self._placed[position] for position in sorted(self._placed)]
            self.accepted = self._judge.decide(candidates)
            rejected = [c for c in candidates if c.outcome.outcome == REJECTED]
            self.rejected |= {c.outcome.row - 1: c.outcome.errors for c in rejected}
            if not rejected or not skip_rejected:
                self._note_unchanged(candidates)
                return
            left = self._placed.keys() - self.rejected.keys()
            self._placed, self.accepted = {}, []
            self.place(left)

    def _note_unchanged(self, candidates: Iterable[Candidate]) -> None:
        for candidate in candidates:
            outcome = candidate.outcome
            if outcome.outcome == UNCHANGED:
                self.unchanged[outcome.row - 1] = outcome.id
                if outcome.same_as is not None:
                    self.same_as[outcome.row - 1] = outcome.same_as - 1
