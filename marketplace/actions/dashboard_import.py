"""Importing rows of the federal dashboard as statements by the register.

Rows that say the same of the same authorities (one service puts several procedures online) make one statement. What
makes none is reported row by row and keeps the others from nothing; what the ledger refuses does.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from marketplace.actions.bulk_recording import FileOptions, record_table
from marketplace.actions.context import Context
from marketplace.actions.dashboard_placing import DashboardPlacing
from marketplace.actions.event_candidates import ACCEPTED, REJECTED, UNCHANGED
from marketplace.actions.rights import acting
from marketplace.domain import sources
from marketplace.domain.access import Action, Actor
from marketplace.domain.dashboard import read_mapping
from marketplace.errors import FieldError, Forbidden, InvalidInput
from marketplace.exchange.adoption_rows import EventTable
from marketplace.exchange.dashboard_rows import read_mapping_rows, read_rows
from marketplace.exchange.tables import Column, Table
from marketplace.store import head

UNMAPPED = "unmapped"


@dataclass(slots=True)
class DashboardOutcome:
    """What became of a row of the dashboard: accepted, unchanged, rejected by the ledger, or unmapped; ``row`` from 1.

    ``same_as`` is the row that makes the statement for this one too.
    """

    row: int
    outcome: str
    same_as: int | None = None
    errors: Sequence[FieldError] = ()


@dataclass(frozen=True, slots=True)
class DashboardReport:
    """What became of a file of the dashboard; ``skipped``: rejected rows were left out and the others written."""

    raws: Sequence[Mapping[str, Any]]
    rows: Sequence[DashboardOutcome]
    dry_run: bool
    skipped: bool

    def count(self, outcome: str) -> int:
        """Return how many rows had that outcome."""
        return sum(row.outcome == outcome for row in self.rows)

    @property
    def written(self) -> bool:
        """Whether statements were appended."""
        return not self.dry_run and self.count(ACCEPTED) > 0 and (self.skipped or not self.count(REJECTED))

    def reasons(self) -> list[tuple[FieldError, int]]:
        """Return why rows are unmapped, by rule, the most frequent first, each with its first message."""
        found: dict[tuple[str, str], FieldError] = {}
        counts: Counter[tuple[str, str]] = Counter()
        for row in self.rows:
            if row.outcome == UNMAPPED:
                for error in row.errors[:1]:
                    counts[error.field, error.rule] += 1
                    found.setdefault((error.field, error.rule), error)
        return [(found[name], count) for name, count in counts.most_common()]


@dataclass(slots=True)
class _Statement:
    """An event that rows make: its fields, and the numbers of the rows, the one that gives it its ref first."""

    item: dict[str, Any]
    rows: list[int] = field(default_factory=list)


def import_dashboard(
    ctx: Context,
    actor: Actor | None,
    data: bytes,
    read_on: date,
    *,
    dry_run: bool = False,
    skip_rejected: bool = False,
) -> DashboardReport:
    """Import a file that was read from the dashboard on a day: JSON, CSV or XLSX with the fields of its API.

    The statements hold from that day; the same file with the same day a second time changes nothing, and a later
    file confirms what it still says. What it no longer says is not ended by that.

    Raises:
        InvalidInput: the file cannot be read, or the day lies ahead.
        Unauthenticated, Forbidden: only an operator imports a register.
    """
    importer = acting(actor, Action.RECORD_ADOPTION)
    if not importer.is_operator:
        raise Forbidden("Only an operator imports what the dashboard says.")
    if read_on > ctx.today():
        raise InvalidInput.one("date", "range", f"{read_on} lies ahead: nothing can have been read then")
    raws = read_rows(data)
    outcomes = [DashboardOutcome(number, UNMAPPED) for number in range(1, len(raws) + 1)]
    statements = _place(ctx, raws, outcomes, read_on)
    if statements:
        table = EventTable.of([one.item for one in statements])
        options = FileOptions(dry_run, skip_rejected, own_sources=(sources.DASHBOARD,))
        judged = record_table(ctx, importer, table, options).rows
        for one, said in zip(statements, judged, strict=True):
            first, *others = one.rows
            outcomes[first - 1].outcome, outcomes[first - 1].errors = said.outcome, said.errors
            for other in others:
                outcomes[other - 1].outcome = REJECTED if said.errors else UNCHANGED
                outcomes[other - 1].errors, outcomes[other - 1].same_as = said.errors, first
    return DashboardReport(raws, outcomes, dry_run, skip_rejected)


def _place(
    ctx: Context, raws: Sequence[Mapping[str, Any]], outcomes: Sequence[DashboardOutcome], read_on: date
) -> list[_Statement]:
    """Return the statements that the rows make, in the order of the rows; note why the others make none."""
    mapping = read_mapping(read_mapping_rows())
    found: dict[tuple[Any, ...], _Statement] = {}
    with ctx.database.reading() as session:
        placing = DashboardPlacing(session, mapping, read_on, head.known_now(session, ctx.clock()))
        for outcome, raw in zip(outcomes, raws, strict=True):
            try:
                item = placing.place(raw)
            except InvalidInput as error:
                outcome.errors = error.errors
                continue
            about = (item["service_id"], item["authority_key"], item["scope"], *item["parts"])
            one = found.setdefault(about, _Statement(item))
            # The smallest ref names the statement, so that the order of the rows makes no difference.
            if item["ref"] < one.item["ref"]:
                one.item = item
                one.rows.insert(0, outcome.row)
            else:
                one.rows.append(outcome.row)
    return list(found.values())


def reported_table(report: DashboardReport) -> Table:
    """Make the table of the rows that became no statement, with the reason, to be looked through."""
    names = ("leika_key", "ars", "url", "art_flaechendeckung", "online_status", "aktiv")
    rows = [
        [one.row, *(_cell(report.raws[one.row - 1].get(name)) for name in names), one.outcome, _reason(one)]
        for one in report.rows
        if one.outcome in (UNMAPPED, REJECTED)
    ]
    columns = [Column("row", "number"), *(Column(name) for name in (*names, "outcome", "reason"))]
    return Table("dashboard-reported", columns, rows)


def _cell(value: object) -> str | None:
    return None if value is None else str(value)


def _reason(outcome: DashboardOutcome) -> str:
    return "; ".join(f"{error.field}: {error.message}" for error in outcome.errors)
