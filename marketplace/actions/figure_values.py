"""Followed figures read: at which value they stand, and why one value differs from another."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from marketplace.actions.context import Context
from marketplace.actions.figure_notes import rule_name
from marketplace.actions.questions import Question
from marketplace.actions.reuse_changes import ChangedFigure, reuse_changes
from marketplace.actions.reuse_overview import OverviewFilter, wholes
from marketplace.actions.service_figures import ServiceFigures, figures_of, figures_reader
from marketplace.actions.standings import StandingsReader
from marketplace.domain.counting import Tally
from marketplace.domain.followed_figures import FigureValue, FollowedFigure
from marketplace.domain.service_pairs import joined

BY = "state"
MOST_EXPLAINED = 25
"""Of so many services at most a difference of the figure of all services is explained: each takes several readings."""


class MovedService(NamedTuple):
    """The numerators of a service at two ends, and its denominator at the later."""

    name: str
    before: int
    after: int
    denominator: int


class FigureValues:
    """Values of figures on one snapshot; each is read once."""

    def __init__(self, ctx: Context, session: Session) -> None:
        self._ctx, self._session = ctx, session
        self._kept: dict[tuple[object, ...], FigureValue] = {}
        self._read_ones: dict[tuple[str | None, Question], tuple[Mapping[str, ServiceFigures], datetime]] = {}

    def value(self, figure: FollowedFigure, as_of: date, known_at: datetime | None = None) -> FigureValue:
        """Return a figure on a day, by its rule's newest version; ``known_at`` None: as known now.

        Raises:
            NotFound: there is no such service that the public may see.
            InvalidInput: the rule or the unit is not known any more.
        """
        key = figure.rule, figure.service, figure.state, figure.unit, as_of, known_at
        if key not in self._kept:
            self._kept[key] = self._read(figure, as_of, known_at)
        return self._kept[key]

    def causes(self, figure: FollowedFigure, before: FigureValue, after: FigureValue) -> list[dict[str, Any]]:
        """Return what the causes of a difference add to numerator and denominator; nothing where they are not known."""
        if before.as_of > after.as_of or before.known_at > after.known_at:
            return []
        concerned = [figure.service] if figure.service else self._differing(figure, before, after)
        if len(concerned) > MOST_EXPLAINED:
            return []
        sums: dict[str, list[int]] = {}
        for service_id in concerned:
            for cause in self._changed(service_id, figure, before, after).causes:
                added = sums.setdefault(str(cause.cause), [0, 0])
                added[0] += cause.numerator
                added[1] += cause.denominator
        total = [sum(one[place] for one in sums.values()) for place in (0, 1)]
        if total != [after.numerator - before.numerator, after.denominator - before.denominator]:
            # A service that got or lost its rate moves the sum of all without a cause of its own.
            return []
        return [
            {"cause": cause, "numerator": added[0], "denominator": added[1]} for cause, added in sums.items()
        ]

    def moved(self, figure: FollowedFigure, before: FigureValue, after: FigureValue) -> list["MovedService"]:
        """Return the services whose numerators differ between two values of the figure of all, most of all first."""
        ends = self._ends(figure, before, after)
        names: dict[str, str] = {}
        for end in (before, after):
            listed = wholes(self._session, OverviewFilter(), known_at=end.known_at)
            names |= {entry.id: entry.name for entry in listed.entries}
        found = []
        for service_id, name in names.items():
            was, now = (_tally_of(figure, end, service_id) for end in ends)
            if was.numerator != now.numerator:
                found.append(MovedService(name, was.numerator, now.numerator, now.denominator))
        return sorted(found, key=lambda one: (-abs(one.after - one.before), one.name))

    def _read(self, figure: FollowedFigure, as_of: date, known_at: datetime | None) -> FigureValue:
        question = self._question(figure, figure.rule, as_of, known_at)
        found, pinned = self._figures(figure, question)
        tally = _tally(figure, found.values())
        return FigureValue(
            rule=rule_name(question.rule), as_of=as_of, known_at=pinned, numerator=tally.numerator,
            denominator=tally.denominator, rate=tally.rate, unconfirmed=tally.classes["unconfirmed"],
            unknown=tally.classes["unknown"],
        )  # fmt: skip

    def _question(
        self, figure: FollowedFigure, rule: str, as_of: date, known_at: datetime | None
    ) -> Question:
        return Question.read(
            self._ctx, by=BY, rule=rule, unit=figure.unit, as_of=as_of, known_at=known_at
        )  # fmt: skip

    def _figures(
        self, figure: FollowedFigure, question: Question
    ) -> tuple[Mapping[str, ServiceFigures], datetime]:
        key = figure.service, question
        if key not in self._read_ones:
            self._read_ones[key] = self._count(figure.service, question)
        return self._read_ones[key]

    def _count(
        self, service_id: str | None, question: Question
    ) -> tuple[Mapping[str, ServiceFigures], datetime]:
        if service_id is not None:
            reader = figures_reader(self._ctx, self._session, [service_id], question)
            return figures_of(reader, [service_id], question), reader.known_at
        reader = StandingsReader.opened(self._ctx, self._session, question.known_at)
        ids = wholes(self._session, OverviewFilter(), reader.position, question.known_at).ids
        return figures_of(reader, ids, question), reader.known_at

    def _differing(self, figure: FollowedFigure, before: FigureValue, after: FigureValue) -> list[str]:
        first, last = self._ends(figure, before, after)
        return [
            one
            for one in sorted(first.keys() | last.keys())
            if _tally_of(figure, first, one).counters != _tally_of(figure, last, one).counters
        ]

    def _ends(
        self, figure: FollowedFigure, before: FigureValue, after: FigureValue
    ) -> list[Mapping[str, ServiceFigures]]:
        """Return the figures of the services that two values are made of."""
        ends = []
        for end in (before, after):
            question = self._question(figure, end.rule, end.as_of, end.known_at)
            ends.append(self._figures(figure, question)[0])
        return ends

    def _changed(
        self, service_id: str, figure: FollowedFigure, before: FigureValue, after: FigureValue
    ) -> ChangedFigure:
        found = reuse_changes(
            self._ctx, service_id, first=before.as_of, last=after.as_of, by=BY if figure.state else None,
            rule=after.rule, rule_first=before.rule, unit=figure.unit, known_first=before.known_at,
            known_last=after.known_at,
        )  # fmt: skip
        return next((row for row in found.rows if row.key == figure.state), found.total)


def _tally_of(figure: FollowedFigure, end: Mapping[str, ServiceFigures], service_id: str) -> Tally:
    """Return what a service adds at an end; nothing where it was not published then."""
    return _tally(figure, [end[service_id]] if service_id in end else [])


def _tally(figure: FollowedFigure, found: Iterable[ServiceFigures]) -> Tally:
    if figure.state is None:
        return joined(one.total for one in found)[0]
    groups = (one.group(figure.state) for one in found)
    return joined(one for one in groups if one is not None)[0]
