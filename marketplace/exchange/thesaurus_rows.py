"""Files of thesaurus rows: CSV, XLSX or JSON Lines, and the table they are exported as.

A row of a table has its wordings on the right in one cell, parted by ``|``, and its weight with a comma or a point.
What the fields mean is for ``domain.thesaurus_rules``.
"""

import re
from collections.abc import Iterable
from typing import Any

from marketplace.domain.thesaurus_rules import FIELDS, SEPARATOR, Row, row_as_dict
from marketplace.exchange.named_rows import read_rows
from marketplace.exchange.tables import Column, Table, several

MAX_ROWS = 10_000
REQUIRED = ("left", "right")
_NUMBER = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{1,17})?(?:[eE]-[0-9]{1,3})?")


def read_thesaurus(data: bytes) -> list[dict[str, Any]]:
    """Read a file of rows into the shape of ``POST /thesaurus``.

    Raises:
        InvalidInput: a file or line that cannot be read, a heading without ``left`` or ``right``, none or more than
            10,000 rows.
    """
    return [_typed(row) for row in read_rows(data, REQUIRED, MAX_ROWS)]


def thesaurus_table(rows: Iterable[Row]) -> Table:
    """Make the table of rows, in their order."""
    cells = [{**row_as_dict(row), "right": several(row.right)} for row in rows]
    columns = [Column(field, "number" if field == "weight" else "text") for field in FIELDS]
    return Table("thesaurus", columns, [[one[field] for field in FIELDS] for one in cells])


def _typed(row: dict[str, Any]) -> dict[str, Any]:
    right, weight = row.get("right"), row.get("weight")
    typed = dict(row)
    if isinstance(right, str):
        typed["right"] = right.split(SEPARATOR)
    if isinstance(weight, str) and _NUMBER.fullmatch(weight):
        typed["weight"] = float(weight.replace(",", "."))
    return typed
