"""What every published figure carries with it: rule, dates, unit, source and the address under which it stays."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from marketplace.domain.rule import Rule
from marketplace.exchange.tables import Cell, Column, Table


@dataclass(frozen=True, slots=True)
class FigureNotes:
    """The notes of one table. ``rules`` are names with versions, ``days`` what the figures are as of.

    ``territories`` are the days of all registers that the figures stand on, see ``territories_of``.
    ``permalink`` is the address of the same answer, whole, or empty where the caller has none. ``whole`` is what else
    is to be known of the answer as a whole, as pairs of label and text: what it was asked for, its headline.
    """

    rules: tuple[str, ...]
    unit: str
    days: str
    known_at: str
    territories: tuple[date, ...]
    demo: bool
    permalink: str = ""
    whole: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(
        cls, rule: Rule, unit: str, as_of: date, known_at: datetime, territory_on: date | None, demo: bool,
        permalink: str = "",
    ) -> "FigureNotes":  # fmt: skip
        """Return the notes of figures by one rule on one day."""
        instant = known_at.isoformat().replace("+00:00", "Z")
        territories = territories_of([territory_on])
        return cls((rule_name(rule),), unit, as_of.isoformat(), instant, territories, demo, permalink)

    def pairs(self) -> list[tuple[str, str]]:
        """Return label and text of each note."""
        return [
            ("rule", " ".join(self.rules)),
            ("unit", self.unit),
            ("as_of", self.days),
            ("known_at", self.known_at),
            ("territory_on", "/".join(day.isoformat() for day in self.territories)),
            ("demo", "true" if self.demo else "false"),
            ("source", source_line(self.territories, self.demo)),
            ("permalink", self.permalink),
            *self.whole,
        ]


def rule_name(rule: Rule) -> str:
    """Return id and version of a rule as addresses and files write them."""
    return f"{rule.id}@{rule.version}"


def territories_of(days: Iterable[date | None]) -> tuple[date, ...]:
    """Return the days of the registers that some figures stand on, each once, the earliest first; None is no register."""
    return tuple(sorted({day for day in days if day is not None}))


def source_line(territories: Sequence[date], demo: bool) -> str:
    """Return the line to cite under figures, in German as the register's own title is; it names every territory date."""
    parts = ["OZG Marketplace, Nachnutzungsregister"]
    if territories:
        word = "Gebietsstand" if len(territories) == 1 else "Gebietsstände"
        days = ", ".join(f"{day:%d.%m.%Y}" for day in territories)
        parts.append(f"{word} {days} (Destatis, Gemeindeverzeichnis GV100AD)")
    if demo:
        parts.append("enthält erfundene Demodaten")
    return "; ".join(parts)


def noted_table(
    name: str,
    columns: Sequence[Column],
    rows: Sequence[Sequence[Cell]],
    notes: FigureNotes,
    further: Sequence[tuple[str, str]],
    made_at: datetime,
) -> Table:
    """Make a table of figures whose rows each end with the notes, so that a CSV carries them wherever a row goes.

    Without rows it has one that holds nothing but the notes: that there is none is an answer too, and says to what.
    A workbook has the notes on its second sheet too, with ``further`` ones.
    """
    pairs = notes.pairs()
    texts = [text for _, text in pairs]
    return Table(
        name,
        [*columns, *(Column(f"note_{label}") for label, _ in pairs)],
        [[*row, *texts] for row in rows or [[None] * len(columns)]],
        [*pairs, *further],
        made_at,
    )
