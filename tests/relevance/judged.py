"""The judged sets: queries with what is relevant to them, written from people's needs. ``services.csv`` names services,
``procedures.csv`` Leistungsobjekte."""

import csv
from dataclasses import dataclass
from pathlib import Path

from tests.relevance.measures import Grades

FOLDER = Path(__file__).parent
CLASSES = ("exact", "everyday", "compound", "typo", "key")


@dataclass(frozen=True, slots=True)
class JudgedQuery:
    """A query of one class, and the grades (1 to 3) of the entries that answer it."""

    collection: str
    kind: str
    text: str
    grades: Grades


def judged(collection: str) -> list[JudgedQuery]:
    """Return the judged queries over ``services`` or ``procedures``."""
    with (FOLDER / f"{collection}.csv").open(encoding="utf-8", newline="") as file:
        return [
            JudgedQuery(collection, row["class"], row["query"], _grades(row["relevant"]))
            for row in csv.DictReader(file, delimiter=";")
        ]


def _grades(written: str) -> Grades:
    pairs = (one.rsplit("=", 1) for one in written.split("|"))
    return {entry_id: int(grade) for entry_id, grade in pairs}
