"""Services or theme fields against states or size classes."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from marshmallow import fields

from marketplace.actions.figure_notes import rule_name
from marketplace.actions.reuse_matrix import COLUMNS, ROWS
from marketplace.api.fields import Choice
from marketplace.api.schemas.base import AtTimes, InAnswer, day, instant, word
from marketplace.api.schemas.overview import ServiceFilters
from marketplace.api.schemas.statistics import (
    Figures,
    RuleQuery,
    address,
    rule_named,
    sourced_body,
    suppression,
)

if TYPE_CHECKING:
    from marketplace.actions.figures import Figure
    from marketplace.actions.reuse_matrix import MatrixRow, ReuseMatrix

CELL_FIELDS = ("numerator", "denominator", "rate")
_CELL = (
    "`[numerator, denominator, rate]`; the rate is null where it is undefined, all three where they are left out "
    "because they are small; null instead of a cell: nobody there is eligible"
)


def _cell() -> fields.List[Any]:
    return fields.List(fields.Float(allow_none=True), allow_none=True, metadata={"description": _CELL})


class MatrixColumn(InAnswer):
    """A column."""

    key = fields.String()
    label = fields.String()


class MatrixLine(InAnswer):
    """A row; its cells stand in the order of the columns."""

    key = fields.String()
    label = fields.String()
    cells = fields.List(_cell())
    total = _cell()
    suppressed = fields.List(
        fields.String(),
        metadata={"description": "Columns whose cells are left out; `total` for the row's total"},
    )


class MatrixBody(Figures):
    """All rows by all columns, by one rule at one pair of times."""

    rows = word(ROWS)
    columns = word(COLUMNS)
    column_items = fields.List(fields.Nested(MatrixColumn))
    cell_fields = fields.List(fields.String(), metadata={"description": "What a cell holds, in order"})
    items = fields.List(fields.Nested(MatrixLine))
    totals = fields.Nested(
        MatrixLine, metadata={"description": "Authority-service pairs of the services that have a rate"}
    )
    undefined = fields.Integer(metadata={"description": "How many services have no rate"})
    suppress_below = fields.Integer(allow_none=True)


class MatrixQuery(AtTimes, RuleQuery, ServiceFilters):
    """Which rows and columns."""

    rows = Choice(ROWS, load_default="service")
    columns = Choice(COLUMNS, load_default="state")
    suppress_below = suppression()


def matrix_link(matrix: "ReuseMatrix", path: str, filters: Mapping[str, Sequence[str]]) -> str:
    """Return the address under which this answer can be had again."""
    return address(
        path,
        {
            "rows": matrix.rows_by,
            "columns": matrix.columns_by,
            "rule": rule_name(matrix.rule),
            "unit": matrix.unit,
            "as_of": matrix.as_of.isoformat(),
            "known_at": instant(matrix.known_at),
            "suppress_below": matrix.suppress_below,
            **filters,
        },
    )


def matrix_body(matrix: "ReuseMatrix", link: str) -> dict[str, object]:
    """Make the answer."""
    keys = [key for key, _ in matrix.columns]
    return {
        **sourced_body(matrix.unit, matrix.known_at, matrix.territory_on, matrix.demo, link),
        "rule": rule_named(matrix.rule),
        "as_of": day(matrix.as_of),
        "rows": matrix.rows_by,
        "columns": matrix.columns_by,
        "column_items": [{"key": key, "label": label} for key, label in matrix.columns],
        "cell_fields": CELL_FIELDS,
        "items": [_line(row, keys) for row in matrix.rows],
        "totals": _line(matrix.totals, keys),
        "undefined": matrix.undefined,
        "suppress_below": matrix.suppress_below,
    }


def _line(row: "MatrixRow", keys: Sequence[str]) -> dict[str, object]:
    hidden = [key for key in keys if key in row.cells and row.cells[key].suppressed]
    return {
        "key": row.key,
        "label": row.label,
        "cells": [_values(row.cells.get(key)) for key in keys],
        "total": _values(row.total),
        "suppressed": [*hidden, *(["total"] if row.total.suppressed else [])],
    }


def _values(figure: "Figure | None") -> list[int | float | None] | None:
    return None if figure is None else [figure.numerator, figure.denominator, figure.rate]
