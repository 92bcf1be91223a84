"""Which services are few authorities away from area-wide in a state, and whom they lack."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from sqlalchemy.orm import Session

from marketplace.actions.context import Context
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
from marketplace.actions.reuse_overview import OverviewFilter
from marketplace.actions.service_figures import figures_of
from marketplace.actions.standings import standings_of
from marketplace.domain.adoption import Status
from marketplace.domain.counting import Tally, class_of
from marketplace.domain.ready_questions import NEARLY_AREA_WIDE
from marketplace.domain.rule import Rule
from marketplace.domain.shipped_rules import COVERAGE
from marketplace.domain.standing import Standing

MISSING = 1
MAX_MISSING = 100


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
        by_authority = Question.read(
            ctx, by="state", rule=COVERAGE.name, unit=None, as_of=at.as_of, known_at=at.known_at
        )
        found = figures_of(at.reader, at.ids, by_authority)
        rows, not_yet = [], 0
        for entry in at.entries:
            groups = found[entry.id].groups
            lacking = {key: _missing(tally, rule) for key, tally in groups.items() if state in (None, key)}
            not_yet += sum(number > 0 for number in lacking.values())
            near = {
                key: number for key, number in lacking.items() if 0 < number <= most and _live(groups[key])
            }
            if near:
                rows += list(_rows(session, entry.id, entry.name, near, at))
    rows.sort(key=lambda row: (row.missing, row.state, row.name))
    return at.answered(
        rows,
        {"missing": most, "state": state, **filters_of(wanted)},
        numerator=len(rows),
        denominator=not_yet,
        demo=any(one.demo for one in found.values()),
    )


def _live(tally: Tally) -> int:
    """Return how many are live, claims and stale ones too, of a tally by the shipped rule ``coverage``."""
    return tally.classes["counted"] + tally.classes["unconfirmed"]


def _missing(tally: Tally, rule: Rule) -> int:
    """Return how many more must be live until the rule calls the state area-wide; 0: it does, or nobody is eligible."""
    enough = -(-rule.area_wide_percent * tally.denominator // 100)
    return max(0, enough - _live(tally))


def _rows(
    session: Session, service_id: str, name: str, near: dict[str, int], at: Standpoint
) -> Iterator[NearlyAreaWideRow]:
    read = standings_of(session, service_id, at.as_of, at.known_at, COVERAGE.stale_after_days)
    states = read.roster.grouping("state")
    for key, number in near.items():
        (places,) = np.nonzero(states.places == states.keys.index(key))
        inside = [
            (read.roster.authorities[place], Standing.from_known_code(int(read.codes[place])))
            for place in places
        ]
        counted = [(one, s) for one, s in inside if class_of(s, COVERAGE) is not None]
        others = [(one, s) for one, s in counted if s.status is not Status.LIVE]
        yield NearlyAreaWideRow(
            state=key,
            state_name=at.state_name(key),
            service=service_id,
            name=name,
            missing=number,
            live=len(counted) - len(others),
            eligible=len(counted),
            authorities=tuple(one.key for one, _ in others),
            names=tuple(one.name for one, _ in others),
            statuses=tuple(s.status for _, s in others),
        )
