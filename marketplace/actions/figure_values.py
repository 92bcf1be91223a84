"""Followed figures read: at which value they stand, and why one value differs from another."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from marketplace.actions.context import Context
from marketplace.actions.figure_notes import rule_name
from marketplace.actions.questions import Question
from marketplace.actions.reading import knowledge
from marketplace.actions.reuse_changes import ChangedFigure, reuse_changes
from marketplace.actions.reuse_overview import OverviewFilter, wholes
from marketplace.actions.service_figures import ServiceFigures, figures_of, figures_reader
from marketplace.domain.counting import Tally
from marketplace.domain.followed_figures import FigureValue, FollowedFigure
from marketplace.domain.service_pairs import joined
from marketplace.store import head

BY = "state"
MOST_EXPLAINED = 25
"""Of so many services at most a difference of the figure of all services is explained: each takes several readings."""


class FigureValues:
    """Values of figures on one snapshot; each is read once."""

    def __init__(self, ctx: Context, session: Session) -> None:
        self._ctx, self._session = ctx, session
        self._kept: dict[tuple[object, ...], FigureValue] = {}

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

    def _read(self, figure: FollowedFigure, as_of: date, known_at: datetime | None) -> FigureValue:
        question = self._question(figure, figure.rule, as_of, known_at)
        found, pinned = self._figures(figure, question, known_at)
        tally = _tally(figure, found.values())
        return FigureValue(
            rule=rule_name(question.rule), as_of=as_of, known_at=pinned, numerator=tally.numerator,
            denominator=tally.denominator, rate=tally.rate,
        )  # fmt: skip

    def _question(
        self, figure: FollowedFigure, rule: str, as_of: date, known_at: datetime | None
    ) -> Question:
        return Question.read(
            self._ctx, by=BY, rule=rule, unit=figure.unit, as_of=as_of, known_at=known_at
        )  # fmt: skip

    def _figures(
        self, figure: FollowedFigure, question: Question, known_at: datetime | None
    ) -> tuple[Mapping[str, ServiceFigures], datetime]:
        if figure.service is not None:
            pinned, reader = figures_reader(self._ctx, self._session, [figure.service], question)
            return figures_of(self._session, [figure.service], question, pinned, reader), pinned
        pinned = knowledge(self._ctx, head.head(self._session), known_at)
        entries = [one.id for one in wholes(self._session, OverviewFilter())]
        return figures_of(self._session, entries, question, pinned), pinned

    def _differing(self, figure: FollowedFigure, before: FigureValue, after: FigureValue) -> list[str]:
        ends = []
        for end in (before, after):
            question = self._question(figure, end.rule, end.as_of, end.known_at)
            ends.append(self._figures(figure, question, end.known_at)[0])
        first, last = ends
        return [
            one
            for one in last
            if _tally(figure, [first[one]]).counters != _tally(figure, [last[one]]).counters
        ]

    def _changed(
        self, service_id: str, figure: FollowedFigure, before: FigureValue, after: FigureValue
    ) -> ChangedFigure:
        found = reuse_changes(
            self._ctx, service_id, first=before.as_of, last=after.as_of, by=BY if figure.state else None,
            rule=after.rule, rule_first=before.rule, unit=figure.unit, known_first=before.known_at,
            known_last=after.known_at,
        )  # fmt: skip
        return next((row for row in found.rows if row.key == figure.state), found.total)


def _tally(figure: FollowedFigure, found: Iterable[ServiceFigures]) -> Tally:
    if figure.state is None:
        return joined(one.total for one in found)[0]
    return joined(one.groups[figure.state] for one in found if figure.state in one.groups)[0]
