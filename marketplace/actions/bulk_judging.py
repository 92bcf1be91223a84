"""Judging plain rows against the ledger and one another, as ``judging.Judge`` would, without an object an event.

What would be refused is only found here (``doubtful``): ``Judge`` then judges all rows of that authority and service
and says why.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from marketplace.actions.bulk_columns import PlainRows
from marketplace.actions.event_candidates import PENDING
from marketplace.domain.adoption import AssertedBy, Proof, Status, is_claim, step_refusal
from marketplace.store.bulk_ledger import Line

_LATEST = datetime.max.replace(tzinfo=UTC)
Content = tuple[Any, ...]
_Step = tuple[date, datetime, int, str, bool]
"""Day, recording, id, status and whether it is new: sorted, a sequence in its order."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """In whose name each row of a file is recorded and when: None is the present."""

    asserted_by: Sequence[str]
    recorded_at: Sequence[datetime | None]


@dataclass(slots=True)
class PlainVerdict:
    """What became of plain rows by position: those that are not named here are accepted.

    ``unchanged`` maps to the event that says the same, ``same_as`` to the earlier row of the file that does.
    """

    unchanged: dict[int, int] = field(default_factory=dict)
    same_as: dict[int, int] = field(default_factory=dict)
    doubtful: set[int] = field(default_factory=set)


def judge_plain(
    rows: PlainRows,
    positions: Sequence[int],
    lines: Mapping[str, Sequence[Line]],
    ids_of_refs: Mapping[tuple[str, str], int],
    recorded: Recorded,
    bases: Mapping[str, int],
) -> PlainVerdict:
    """Judge the rows at ``positions``.

    ``lines`` are, by service, all events of their authorities, ``ids_of_refs`` those with their refs; ``bases`` are of
    the numbers of pairs.
    """
    verdict = PlainVerdict()
    stored: dict[int | None, list[Line]] = defaultdict(list)
    for service_id, found in lines.items():
        base = bases[service_id]
        for line in found:
            stored[base + line[2]].append(line)
    together = stored.keys() | _repeated([rows.pairs[position] for position in positions])
    if not together and not ids_of_refs and all(core is None or core.starts for core in set(rows.cores)):
        return verdict
    groups: dict[int | None, list[int]] = defaultdict(list)
    for position in positions:
        pair, core = rows.pairs[position], rows.cores[position]
        if pair in together:
            groups[pair].append(position)
        elif core is None or not core.starts or rows.names[position] in ids_of_refs:
            verdict.doubtful.add(position)
    judge = _PairJudge(rows, ids_of_refs, recorded, verdict)
    for pair, own in groups.items():
        if not judge.judge(own, stored.get(pair, ())):
            verdict.doubtful.update(own)
    return verdict


def _repeated(pairs: Sequence[int | None]) -> set[int | None]:
    if len(set(pairs)) == len(pairs):
        return set()
    return {pair for pair, count in Counter(pairs).items() if count > 1}


class _PairJudge:
    """Judges all rows of one service and authority at a time."""

    def __init__(
        self, rows: PlainRows, ids_of_refs: Mapping[tuple[str, str], int], recorded: Recorded,
        verdict: PlainVerdict,
    ) -> None:  # fmt: skip
        self.rows, self.ids_of_refs, self.recorded, self.verdict = rows, ids_of_refs, recorded, verdict
        self.contents = _contents(rows, recorded)

    def judge(self, positions: Sequence[int], lines: Sequence[Line]) -> bool:
        """Tell whether all rows hold; note those that say nothing new."""
        unchanged: dict[int, int] = {}
        same_as: dict[int, int] = {}
        said: dict[Content, int] = {}
        fresh: list[int] = []
        contents = {line.id: line[4:10] + line[14:19] for line in lines if not line[19]}
        recordings = {line.id: line.recorded_at for line in lines}
        for position in positions:
            content, name = self.contents[position], self.rows.names[position]
            if name is not None:
                event_id = self.ids_of_refs.get(name)
                if event_id is not None:
                    when = self.recorded.recorded_at[position]
                    if contents.get(event_id) != content or when not in (None, recordings[event_id]):
                        return False
                    unchanged[position] = event_id
                    continue
            else:
                twin = next((event_id for event_id, held in contents.items() if held == content), None)
                if twin is not None:
                    unchanged[position] = twin
                    continue
                if content in said:
                    same_as[position] = said[content]
                    continue
                said[content] = position
            fresh.append(position)
        if fresh and (self._stand_above(fresh, unchanged) or not self._steps_hold(fresh, lines)):
            return False
        self.verdict.unchanged.update(unchanged)
        self.verdict.same_as.update(same_as)
        return True

    def _stand_above(self, fresh: Sequence[int], unchanged: Mapping[int, int]) -> bool:
        """Tell whether a new row stands above one that is on record, on the same day: ``Judge`` reads their order."""
        if not unchanged:
            return False
        below = {self.contents[position][5]: position for position in sorted(unchanged)}
        return any(position < below.get(self.contents[position][5], position) for position in fresh)

    def _steps_hold(self, fresh: Sequence[int], lines: Sequence[Line]) -> bool:
        sequences: dict[tuple[str, bool], list[_Step]] = defaultdict(list)
        corrected = {line.corrects for line in lines}
        for line in lines:
            if line.id not in corrected and line.status != Status.VOID:
                key = (line.scope, _is_claim(line.asserted_by, line.proof))
                sequences[key].append((line.effective_on, line.recorded_at, line.id, line.status, False))
        for position in fresh:
            status, scope, asserted_by, proof, _, day, *_ = self.contents[position]
            when = self.recorded.recorded_at[position] or _LATEST
            sequences[scope, _is_claim(asserted_by, proof)].append(
                (day, when, PENDING + position, status, True)
            )
        return all(_holds(sorted(sequence)) for sequence in sequences.values())


def _holds(sequence: Sequence[_Step]) -> bool:
    """Tell whether the steps that a new event takes part in are allowed."""
    previous: _Step | None = None
    for step in sequence:
        is_new = step[4] or (previous is not None and previous[4])
        if is_new and not _ALLOWED[previous[3] if previous else None, step[3]]:
            return False
        previous = step
    return True


def _contents(rows: PlainRows, recorded: Recorded) -> list[Content]:
    """Return what each row says, in the order of ``Line``'s fields (4 to 9 and 14 to 18)."""
    nothing: list[Any] = [None] * len(rows.cores)
    status, scope, proof, day = (
        [getattr(core, name, None) for core in rows.cores]
        for name in ("status", "scope", "proof", "effective_on")
    )
    until, *others = (
        rows.extras.get(name, nothing)
        for name in ("proof_until", "proof_url", "note", "reason", "planned_live_on", "connection")
    )
    return list(zip(status, scope, recorded.asserted_by, proof, until, day, *others, strict=True))


def _is_claim(asserted_by: str, proof: str) -> bool:
    return is_claim(AssertedBy(asserted_by), Proof(proof))


_ALLOWED = {
    (None if previous is None else str(previous), str(status)): step_refusal(previous, status) is None
    for previous in (None, *Status)
    for status in Status
    if Status.VOID not in (previous, status)
}
