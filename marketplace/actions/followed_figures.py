"""Telling those who follow a figure: a threshold crossed, the figure of the month, one that became another afterwards.

Figures move with the ledger, the register, the rules and the day, so they are looked at when any of these moved
(``FigureMark``) and not change by change. What a follower knows stands with the subscription and moves in the
transaction that writes the message: killed before, the next look tells; afterwards there is nothing to tell. Before
its first message a follower knows the figure of the moment of subscribing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from marketplace.actions.context import Context
from marketplace.actions.figure_messages import FigureMessages
from marketplace.actions.figure_values import FigureValues
from marketplace.domain import dates
from marketplace.domain.change import MessageKind, Rhythm
from marketplace.domain.followed_figures import (
    FigureNews,
    FollowedFigure,
    ToldFigure,
    is_above,
    month_of,
    news,
    reported_on,
    restated_on,
)
from marketplace.domain.subscription import FollowedKind, Subscription
from marketplace.errors import InvalidInput, NotFound
from marketplace.store import head, projection, subscription_states, subscriptions
from marketplace.store.head import Head

AT_ONCE = 500
"""So many subscriptions are told in one transaction."""
_KINDS = frozenset({MessageKind.FIGURE_CROSSED, MessageKind.FIGURE_MONTHLY, MessageKind.FIGURE_RESTATED})


@dataclass(frozen=True, slots=True)
class FigureMark:
    """What news of figures depend on: the day, the version of the ledger and that of anything but events in it.

    ``followed`` is how many follow a figure: where somebody begins to is noted while it is the present.
    """

    day: date
    version: int
    structure: int
    followed: int


@dataclass(frozen=True, slots=True)
class _Heard:
    """A subscription with what its follower knew, what is news to them, and what they know afterwards."""

    subscription: Subscription
    figure: FollowedFigure
    before: Mapping[str, Any] | None
    news: Sequence[FigureNews]
    after: ToldFigure


def figure_mark(ctx: Context) -> FigureMark:
    """Return what figures depend on now."""
    with ctx.database.reading() as session:
        at = head.head(session)
        followed = subscription_states.count_of(session, FollowedKind.FIGURE)
    return FigureMark(ctx.today(), at.version, at.structure_version, followed)


def tell_figures(ctx: Context, since: FigureMark | None = None) -> int:
    """Tell what is news of followed figures; return how many messages were made.

    ``since``: at this mark all was told, so that only figures are looked at which may have moved; None: at all.
    """
    with ctx.database.reading() as session:
        heard = list(_heard(ctx, session, since))
        messages = FigureMessages(ctx, session, [one.subscription for one in heard if one.news])
        worded = [(one, messages.of(one.subscription, one.figure, one.news)) for one in heard]
    made = 0
    for start in range(0, len(worded), AT_ONCE):
        some = worded[start : start + AT_ONCE]
        with ctx.database.writing() as session:
            held = subscription_states.held_told(session, [one.subscription.id for one, _ in some])
            # Another worker may have told of it meanwhile, and who follows may have stopped.
            left = [
                (one, planned)
                for one, planned in some
                if one.subscription.id in held and held[one.subscription.id] == one.before
            ]
            subscription_states.set_told(
                session, {one.subscription.id: one.after.as_stored() for one, _ in left}
            )
            made += messages.write(session, [message for _, planned in left for message in planned])
    return made


def _heard(ctx: Context, session: Session, since: FigureMark | None) -> Iterator[_Heard]:
    """Yield the subscriptions of which something is to be told or noted."""
    followed = [one for one in subscriptions.of_kind(session, FollowedKind.FIGURE) if _listens(one)]
    at = head.head(session)
    moved: set[str] | None = None
    if since is not None and (since.day, since.structure) == (ctx.today(), at.structure_version):
        moved = projection.changed_after(session, since.version)
    values = FigureValues(ctx, session)
    for one in followed:
        figure = FollowedFigure.of(one.detail or {})
        # Who was not looked at yet has to be, to know where they began.
        if moved is not None and one.told is not None and figure.service and figure.service not in moved:
            continue
        try:
            told = ToldFigure.of(one.told) if one.told else _at_first(values, one, figure, ctx.today(), at)
            found = _look(values, one, figure, told, ctx.today())
        except (NotFound, InvalidInput):
            # Its service or rule is gone: that is told once a day (``invalid_subscriptions``).
            continue
        if found.news or found.after.as_stored() != found.before:
            yield found


def _listens(one: Subscription) -> bool:
    return one.invalid_reason is None and one.rhythm is not Rhythm.FEED_ONLY and bool(one.kinds & _KINDS)


def _look(
    values: FigureValues, one: Subscription, figure: FollowedFigure, told: ToldFigure, today: date
) -> _Heard:
    monthly = reported_on(figure, told, today) if MessageKind.FIGURE_MONTHLY in one.kinds else None
    again = restated_on(told, today) if MessageKind.FIGURE_RESTATED in one.kinds else None
    found, after = news(
        figure,
        one.kinds,
        told,
        today,
        values.value(figure, today),
        None if monthly is None else values.value(figure, monthly),
        None if again is None else values.value(figure, again),
    )
    return _Heard(one, figure, one.told, found, after)


def _at_first(
    values: FigureValues, one: Subscription, figure: FollowedFigure, today: date, at: Head
) -> ToldFigure:
    """Return what a follower knew when they began to follow."""
    began = one.created_at
    if began is None:
        return ToldFigure(is_above=False, month=month_of(today))
    day = dates.today(began)
    if figure.threshold is None:
        return ToldFigure(is_above=False, month=month_of(day))
    # Reading with what was known then costs much more than the present, which it mostly is.
    known_at = began if at.last_recorded_at is not None and at.last_recorded_at > began else None
    value = values.value(figure, day, known_at)
    return ToldFigure(is_above=is_above(figure, value), month=month_of(day))
