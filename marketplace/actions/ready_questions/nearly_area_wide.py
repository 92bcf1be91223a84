"""Which services are few authorities away from area-wide in a state, and whom they lack."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np

from marketplace.actions.context import Context
from marketplace.actions.figure_columns import columns_of
from marketplace.actions.kept_answers import kept_while_unchanged
from marketplace.actions.questions import Question
from marketplace.actions.ready_questions.answers import (
    ReadyAnswer,
    Standpoint,
    filters_of,
    find_state,
    read_number,
    read_questions,
    stand,
)
from marketplace.actions.renewed_rows import RenewedRows
from marketplace.actions.reuse_overview import OverviewFilter
from marketplace.actions.service_figures import ServiceFigures, figures_of, table_name
from marketplace.domain.adoption import Status
from marketplace.domain.counting import CLASSES, class_of
from marketplace.domain.ready_questions import NEARLY_AREA_WIDE
from marketplace.domain.rule import Rule
from marketplace.domain.shipped_rules import COVERAGE
from marketplace.domain.standing import Standing

MISSING = 1
MAX_MISSING = 100
KEPT_TABLES = 32


@dataclass(frozen=True, slots=True)
class NearlyAreaWideRow:
    """A service in a state: ``live`` of ``eligible`` authorities, ``missing`` more make it area-wide.

    ``authorities``, ``names`` and ``statuses`` are those that are not live, in the same order; a status is None
    where nothing is known.
    """

    state: str
    state_name: str
    service: str
    name: str
    missing: int
    live: int
    eligible: int
    authorities: tuple[str, ...]
    names: tuple[str, ...]
    statuses: tuple[Status | None, ...]


_rows: RenewedRows[list[NearlyAreaWideRow]] = RenewedRows(KEPT_TABLES)


@kept_while_unchanged(64)
def nearly_area_wide(
    ctx: Context,
    wanted: OverviewFilter | None = None,
    *,
    missing: int = MISSING,
    state: str | None = None,
    rules: tuple[str, ...] = (),
    as_of: date | None = None,
    known_at: str | datetime | None = None,
) -> ReadyAnswer[NearlyAreaWideRow]:
    """Answer which services lack so few authorities in a state that has begun, those that lack the fewest first.

    Raises:
        InvalidInput: a parameter that is none.
        NotFound: there is no such state.
    """
    most = read_number("missing", missing, 1, MAX_MISSING)
    questions = read_questions(ctx, NEARLY_AREA_WIDE, rules, as_of, known_at)
    rule = questions[0].rule
    with ctx.database.reading() as session:
        at = stand(ctx, session, NEARLY_AREA_WIDE, questions, wanted)
        if state is not None:
            find_state(at.territory, state)
        structure = at.reader.head.structure_version
        (by_authority,) = Question.by_rules(
            ctx, [COVERAGE.name], as_of=at.as_of, known_at=at.known_at, seen=structure
        )
        found = list(figures_of(at.reader, at.ids, by_authority).values())
        near, not_yet = _near(found, rule, most, state)
        # Names of authorities are not in the figures: they change with the structure.
        several = _rows.rows(
            ctx.database.engine,
            (table_name(by_authority, at.reader), structure, repr(wanted), most, state),
            [at.ids[place] for place in near],
            [(at.entries[place], found[place], lacking) for place, lacking in near.items()],
            lambda _key, sources: _rows_of(sources, at),
        )
    rows = [row for rows_of_one in several for row in rows_of_one]
    rows.sort(key=lambda row: (row.missing, row.state, row.name))
    return at.answered(
        rows,
        {"missing": most, "state": state, **filters_of(wanted)},
        numerator=len(rows),
        denominator=not_yet,
        demo=any(one.demo for one in found),
    )


def _near(
    found: Sequence[ServiceFigures], rule: Rule, most: int, state: str | None
) -> tuple[dict[int, dict[str, int]], int]:
    """Return by place and state how many few are missing where it has begun, and how many pairs are not area-wide.

    ``found`` are figures by the shipped rule ``coverage``: live are claims and stale ones, too.
    """
    columns = columns_of(found, ["counted", "unconfirmed"], CLASSES)
    live, eligible = columns.sums
    # How many more must be live until the rule calls the state area-wide; none where nobody is eligible.
    missing = np.maximum(0, -(-rule.area_wide_percent * eligible // 100) - live)
    if state is not None:
        missing[:, [key != state for key in columns.keys]] = 0
    near: dict[int, dict[str, int]] = {}
    for place, column in np.argwhere((missing > 0) & (missing <= most) & (live > 0)).tolist():
        near.setdefault(place, {})[columns.keys[column]] = int(missing[place, column])
    return near, int(np.count_nonzero(missing))


def _rows_of(sources: tuple[Any, ...], at: Standpoint) -> list[NearlyAreaWideRow]:
    entry, _, near = sources
    rows = []
    read = at.reader.standings(entry.id, at.as_of, COVERAGE.stale_after_days)
    states = read.roster.grouping("state")
    for key, number in near.items():
        (places,) = np.nonzero(states.places == states.keys.index(key))
        inside = [
            (read.roster.authorities[place], Standing.from_known_code(int(read.codes[place])))
            for place in places
        ]
        counted = [(one, s) for one, s in inside if class_of(s, COVERAGE) is not None]
        others = [(one, s) for one, s in counted if s.status is not Status.LIVE]
        row = NearlyAreaWideRow(
            state=key,
            state_name=at.state_name(key),
            service=entry.id,
            name=entry.name,
            missing=number,
            live=len(counted) - len(others),
            eligible=len(counted),
            authorities=tuple(one.key for one, _ in others),
            names=tuple(one.name for one, _ in others),
            statuses=tuple(s.status for _, s in others),
        )
        rows.append(row)
    return rows
