"""A figure at the ends of days that are over, each as it was known then: such a value stays, and is kept a process.

What is recorded into a day that is over (a backfill, a demo that is removed, a transaction that spans midnight) moves the
ledger's version, and the value is read anew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from marketplace.actions.context import Context
from marketplace.actions.figure_values import FigureValues, MovedService
from marketplace.actions.kept import Kept
from marketplace.domain import dates
from marketplace.domain.followed_figures import FigureValue, FollowedFigure
from marketplace.store import catalogue, projection
from marketplace.store.head import head

KEPT_VALUES, KEPT_DIFFERENCES = 2048, 1024
_values: Kept[Mapping[str | None, FigureValue]] = Kept(KEPT_VALUES)
_causes: Kept[Sequence[dict[str, Any]]] = Kept(KEPT_DIFFERENCES)
_moved: Kept[Sequence[MovedService]] = Kept(KEPT_DIFFERENCES)


class ClosedFigures:
    """Values of one figure, read by one session as followers read them (``FigureValues``).

    ``rule`` is its newest version by name; ``entries`` the position of the catalogue's newest change, because the
    figure of all services is that of the entries that are published now.
    """

    def __init__(
        self, ctx: Context, session: Session, figure: FollowedFigure, rule: str, entries: int
    ) -> None:
        self._figure, self._read = figure, FigureValues(ctx, session)
        self._engine = ctx.database.engine
        self._states = (None, *catalogue.state_names(session))
        self._of_states = (figure.service, figure.unit, rule, _ledger(session, figure.service, entries))
        self._key = (figure.state, *self._of_states)

    def value(self, day: date) -> FigureValue:
        """Return the figure at the end of a day; one reading tells those of all states.

        Raises:
            NotFound: there is no such service that the public may see.
        """

        def read() -> Mapping[str | None, FigureValue]:
            known_at = dates.end_of_day(day)
            figures = (replace(self._figure, state=state) for state in self._states)
            return {figure.state: self._read.value(figure, day, known_at) for figure in figures}

        return _values.get(self._engine, (*self._of_states, day), read)[self._figure.state]

    def causes(self, before: FigureValue, after: FigureValue) -> list[dict[str, Any]]:
        """Return why a figure of one service differs; of all services that would take many readings: nothing."""
        if self._figure.service is None:
            return []
        key = (*self._key, before.as_of, after.as_of)
        return list(_causes.get(self._engine, key, lambda: self._read.causes(self._figure, before, after)))

    def moved(self, before: FigureValue, after: FigureValue) -> Sequence[MovedService]:
        """Return the services whose numerators differ between two values of the figure of all, most of all first."""
        key = (*self._key, before.as_of, after.as_of)
        return _moved.get(self._engine, key, lambda: self._read.moved(self._figure, before, after))


def _ledger(session: Session, service_id: str | None, entries: int) -> tuple[int, int]:
    """Return where all stands that a figure of one service, or (None) of all of them, is read from."""
    now = head(session)
    if service_id is None:
        return now.version, entries
    return now.structure_version, projection.versions_of(session, [service_id]).get(service_id, 0)
