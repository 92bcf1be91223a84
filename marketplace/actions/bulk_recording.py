"""Recording a file of events: judged by columns, written in one transaction under the ledger lock.

The outcomes are those of ``recording.record_events``. Rows that share an authority and a service with a row that is
not plain, or with a step that does not hold, are judged by ``judging.Judge`` together; all others by look-up tables.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy.orm import Session

from marketplace.actions.bulk_columns import PlainRows, read_plain, service_ids, text_columns
from marketplace.actions.bulk_judging import PlainVerdict, Recorded, judge_plain
from marketplace.actions.bulk_lookups import PAIR_BASE, CoreTable
from marketplace.actions.bulk_others import OtherRows
from marketplace.actions.bulk_report import FileReport
from marketplace.actions.bulk_writing import Batch, write
from marketplace.actions.context import Context
from marketplace.actions.judging import Judge
from marketplace.actions.rights import require
from marketplace.domain import backfill, sources
from marketplace.domain.access import Action, Actor, Decision, decide
from marketplace.domain.adoption import AssertedBy
from marketplace.domain.backfill import Brought, read_brought
from marketplace.errors import FieldError, InvalidInput
from marketplace.exchange.adoption_rows import EventTable
from marketplace.store import borders, bulk_ledger, head
from marketplace.store.head import Head

Progress = Callable[[str, int, int], None]
"""Told a step's name, how many rows are done and how many there are."""


@dataclass(frozen=True, slots=True)
class FileOptions:
    """How a file is recorded: see ``record_table``. ``own_sources`` are the reserved sources that its rows may name."""

    dry_run: bool = False
    skip_rejected: bool = False
    backfilled: bool = False
    own_sources: Collection[str] = ()


def record_table(
    ctx: Context, actor: Actor, table: EventTable, options: FileOptions, progress: Progress | None = None
) -> FileReport:
    """Record a file's rows: all of them, or none where one is rejected.

    ``skip_rejected`` leaves rejected rows out, and what does not hold without them; ``backfilled`` takes
    ``recorded_at`` and ``asserted_by`` from the rows, which then may name the sources ``sources.BROUGHT``.

    Raises:
        Unauthenticated, Forbidden: the actor may record nothing, or may not backfill.
    """
    require(decide(actor, Action.RECORD_ADOPTION))
    if options.backfilled and not actor.is_operator:
        require(Decision(False, "Only an operator backfills."))
    now = ctx.clock()
    if options.dry_run:
        with ctx.database.reading() as session:
            return _Recording(session, actor, now, table, options, progress).judge(head.head(session))
    with ctx.database.writing() as session:
        held = head.lock(session)
        recording = _Recording(session, actor, now, table, options, progress)
        report = recording.judge(held)
        if report.written:
            write(session, recording.batch(), actor, held, now, progress)
        return report


class _Recording:
    """One file in one session."""

    def __init__(
        self, session: Session, actor: Actor, now: datetime, table: EventTable, options: FileOptions,
        progress: Progress | None,
    ) -> None:  # fmt: skip
        self.session, self.actor, self.now = session, actor, now
        self.table, self.options, self.progress = table, options, progress
        self.refused: dict[int, list[FieldError]] = {p: list(e) for p, e in table.refused.items()}
        self.brought: dict[int, Brought] = {}

    def judge(self, held: Head) -> FileReport:
        """Judge all rows."""
        self._tell("judge", 0)
        if self.options.backfilled:
            self._read_brought()
        judge = Judge(self.session, self.actor, self.now, held)
        judge.of_file = True
        judge.own_sources = sources.BROUGHT if self.options.backfilled else self.options.own_sources
        judge.brought = {position + 1: brought for position, brought in self.brought.items()}
        columns, others = text_columns(self.table)
        tables = CoreTable(judge, borders.borders(self.session), service_ids(columns))
        self.rows = read_plain(columns, others, tables, self.table.count, judge.own_sources)
        if not self.actor.is_operator:
            # What others may record depends on each authority: that is for the judge of single rows.
            self.rows.others = set(range(self.table.count))
        self.others = OtherRows(
            judge, self.table, frozenset(backfill.FIELDS if self.options.backfilled else ())
        )
        self.verdict = self._judge_plain(tables)
        self.others.decide(skip_rejected=self.options.skip_rejected)
        self._tell("judge", self.table.count)
        return FileReport(
            self.table.count,
            self.table.columns.get("authority_key") or [None] * self.table.count,
            self.verdict.unchanged | dict.fromkeys(self.verdict.same_as) | self.others.unchanged,
            self.verdict.same_as | self.others.same_as,
            self.refused | self.others.rejected,
            self.options.dry_run,
            self.options.skip_rejected,
        )

    def _judge_plain(self, tables: CoreTable) -> PlainVerdict:
        """Judge the plain rows, and give those to the others that cannot be judged without them."""
        others = (self.rows.others | self._corrected(self.rows)) - self.refused.keys()
        tied = {tables.bases[service] + authority for service, authority in self.others.place(others)}
        also = {row for row, pair in enumerate(self.rows.pairs) if pair in tied} if tied else set()
        also -= others | self.refused.keys()
        self.others.place(also)
        left = others | also | self.refused.keys()
        positions = (
            [row for row in range(self.table.count) if row not in left] if left else range(self.table.count)
        )
        lines = bulk_ledger.lines_of(self.session, _asked(self.rows, positions, tables.bases))
        refs: dict[str, list[str]] = defaultdict(list)
        for position in positions:
            if (name := self.rows.names[position]) is not None:
                refs[name[0]].append(name[1])
        ids = bulk_ledger.ids_of_refs(self.session, refs)
        verdict = judge_plain(self.rows, positions, lines, ids, self._recorded(), tables.bases)
        self.others.place(verdict.doubtful)
        left |= verdict.doubtful
        self.positions = [row for row in positions if row not in left] if verdict.doubtful else positions
        return verdict

    def _corrected(self, rows: PlainRows) -> set[int]:
        """Return the plain rows that another row of the file corrects by their ref."""
        corrects = self.table.columns.get("corrects")
        if corrects is None or not any(rows.names):
            return set()
        wanted = {text.strip().removeprefix("ref:") for text in corrects if isinstance(text, str)}
        return {row for row, name in enumerate(rows.names) if name is not None and name[1] in wanted}

    def _read_brought(self) -> None:
        for position in range(self.table.count):
            raw = {
                name: self.table.columns[name][position]
                for name in backfill.FIELDS
                if name in self.table.columns
            }
            try:
                self.brought[position] = read_brought(raw, self.now)
            except InvalidInput as error:
                self.refused.setdefault(position, []).extend(error.errors)

    def _recorded(self) -> Recorded:
        count = self.table.count
        if not self.options.backfilled:
            return Recorded([str(AssertedBy.REGISTER)] * count, [None] * count)
        brought = [self.brought.get(position) for position in range(count)]
        return Recorded(
            [str(one.asserted_by) if one else "" for one in brought],
            [one.recorded_at if one else None for one in brought],
        )

    def batch(self) -> Batch:
        """Return what is to be written."""
        without = self.verdict.unchanged.keys() | self.verdict.same_as.keys()
        positions = [row for row in self.positions if row not in without] if without else self.positions
        return Batch(self.rows, positions, self.others.accepted, self.brought)

    def _tell(self, step: str, done: int) -> None:
        if self.progress is not None:
            self.progress(step, done, self.table.count)


def _asked(rows: PlainRows, positions: Sequence[int], bases: Mapping[str, int]) -> dict[str, list[int]]:
    """Return the authorities that rows are about, by service."""
    pairs = np.unique(np.fromiter((rows.pairs[position] or 0 for position in positions), np.int64))
    asked = {}
    for service_id, base in bases.items():
        begin, end = np.searchsorted(pairs, (base, base + PAIR_BASE))
        if end > begin:
            asked[service_id] = (pairs[begin:end] - base).tolist()
    return asked
