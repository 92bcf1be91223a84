"""Ready answers as tables for download: a column a field of the rows, several where the field is a figure."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import date
from typing import Any, get_type_hints

from marketplace.actions.figure_notes import FigureNotes, noted_table, rule_name, territories_of
from marketplace.actions.figure_tables import figure_cells, figure_columns
from marketplace.actions.figures import Figure
from marketplace.actions.ready_questions.answers import ReadyAnswer
from marketplace.actions.ready_questions.joined_states import JoinedStateRow
from marketplace.actions.ready_questions.nearly_area_wide import NearlyAreaWideRow
from marketplace.actions.ready_questions.one_or_all import OneOrAllRow
from marketplace.actions.ready_questions.online_in_state import OnlineServiceRow
from marketplace.actions.ready_questions.paid_services import PaidServiceRow
from marketplace.actions.ready_questions.planned_go_lives import PlannedQuarterRow
from marketplace.actions.ready_questions.reusing_states import ReusingStateRow
from marketplace.actions.ready_questions.size_classes import SizeClassRow
from marketplace.domain import ready_questions
from marketplace.exchange.tables import Cell, Column, Kind, Table, several

_KINDS: Mapping[Any, Kind] = {int: "number", int | None: "number", date: "date", date | None: "date"}
ROWS: Mapping[str, type[Any]] = {
    ready_questions.SIZE_CLASSES.id: SizeClassRow,
    ready_questions.JOINED_STATES.id: JoinedStateRow,
    ready_questions.REUSING_STATES.id: ReusingStateRow,
    ready_questions.ONLINE_IN_STATE.id: OnlineServiceRow,
    ready_questions.PAID_SERVICES.id: PaidServiceRow,
    ready_questions.NEARLY_AREA_WIDE.id: NearlyAreaWideRow,
    ready_questions.PLANNED_GO_LIVES.id: PlannedQuarterRow,
    ready_questions.ONE_OR_ALL.id: OneOrAllRow,
}
SHORT = ("numerator", "denominator", "rate", "interval_low", "interval_high")


def ready_table(answer: ReadyAnswer[Any], permalink: str = "") -> Table:
    """Make the table of a ready answer.

    A field ``figure`` becomes all columns of a figure, another figure its share and interval under the field's name.
    The notes tell the headline and what was asked for, too: the rows need not add up to it, and there may be none.
    """
    row_type = ROWS[answer.question.id]
    names = [field.name for field in fields(row_type)]
    columns = [column for name, type_ in get_type_hints(row_type).items() for column in _columns(name, type_)]
    rows = [[cell for name in names for cell in _cells(name, getattr(row, name))] for row in answer.rows]
    instant = answer.known_at.isoformat().replace("+00:00", "Z")
    notes = FigureNotes(
        tuple(rule_name(rule) for rule in answer.rules), answer.unit, answer.as_of.isoformat(), instant,
        territories_of([answer.territory_on]), answer.demo, permalink, _whole(answer),
    )  # fmt: skip
    further = (
        ("counted", answer.question.counted_de),
        *_asked(answer),
        *(("text", rule.text_de) for rule in answer.rules),
    )
    return noted_table(f"{answer.question.id}-{answer.as_of}", columns, rows, notes, further, answer.known_at)


def _whole(answer: ReadyAnswer[Any]) -> tuple[tuple[str, str], ...]:
    return (
        ("question", answer.question.title_de),
        ("filters", several(f"{name}={text}" for name, text in _asked(answer))),
        ("services", str(answer.services)),
        ("numerator", str(answer.numerator)),
        ("denominator", str(answer.denominator)),
    )


def _asked(answer: ReadyAnswer[Any]) -> list[tuple[str, str]]:
    given = [(name, value) for name, value in answer.asked.items() if value not in (None, [], "")]
    return [(name, " ".join(value) if isinstance(value, list) else str(value)) for name, value in given]


def _columns(name: str, type_: Any) -> Iterator[Column]:
    if name == "figure":
        yield from figure_columns()
    elif type_ is Figure:
        all_columns = {column.heading: column for column in figure_columns()}
        yield from (Column(f"{name}_{short}", all_columns[short].kind) for short in SHORT)
    else:
        yield Column(name, _KINDS.get(type_, "text"))


def _cells(name: str, value: Any) -> list[Cell]:
    if isinstance(value, Figure):
        cells = figure_cells(value)
        return cells if name == "figure" else cells[: len(SHORT)]
    if isinstance(value, tuple):
        return [several("unknown" if one is None else str(one) for one in value)]
    if value is None or isinstance(value, bool | int | date):
        return [value]
    return [str(value)]
