"""Figures that somebody follows: what of them is news, and what was told last."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from marketplace.domain.change import MessageKind
from marketplace.domain.months import ends_of_months


@dataclass(frozen=True, slots=True)
class FollowedFigure:
    """A figure by the newest version of a rule. ``service`` None: all services; ``state`` None: all of Germany.

    ``threshold`` is a share from 0 to 1; ``monthly``: it is told each month.
    """

    rule: str
    service: str | None
    state: str | None
    unit: str
    threshold: float | None
    monthly: bool

    @classmethod
    def of(cls, detail: Mapping[str, Any]) -> "FollowedFigure":
        """Return the figure that a canonical detail (``domain.followed_detail``) describes."""
        return cls(**{name: detail[name] for name in cls.__dataclass_fields__})


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureValue:
    """A figure as it was read: ``rule`` with its version, ``rate`` None where there is none.

    ``unconfirmed`` and ``unknown`` are in the denominator and not in the numerator; None: they were not noted then.
    """

    rule: str
    as_of: date
    known_at: datetime
    numerator: int
    denominator: int
    rate: float | None
    unconfirmed: int | None = None
    unknown: int | None = None

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "FigureValue":
        """Return the value that ``as_stored`` wrote."""
        days = {
            "as_of": date.fromisoformat(stored["as_of"]),
            "known_at": datetime.fromisoformat(stored["known_at"]),
        }
        return cls(**{**stored, **days})

    def as_stored(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        return {
            "rule": self.rule, "as_of": self.as_of.isoformat(), "known_at": self.known_at.isoformat(),
            "numerator": self.numerator, "denominator": self.denominator, "rate": self.rate,
            "unconfirmed": self.unconfirmed, "unknown": self.unknown,
        }  # fmt: skip

    def says_the_same_as(self, other: "FigureValue") -> bool:
        """Tell whether nobody would see a difference between the two."""
        return (self.numerator, self.denominator, self.rate is None) == (
            other.numerator, other.denominator, other.rate is None,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldFigure:
    """What a follower knows: whether the rate was at its threshold, the last month told (``2026-11``), the last value.

    ``value`` is the one of the last message, ``on`` its day; both are None before the first.
    """

    is_above: bool
    month: str
    value: FigureValue | None = None
    on: date | None = None

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "ToldFigure":
        """Return what ``as_stored`` wrote."""
        value, on = stored["value"], stored["on"]
        return cls(
            is_above=stored["is_above"],
            month=stored["month"],
            value=None if value is None else FigureValue.of(value),
            on=None if on is None else date.fromisoformat(on),
        )

    def as_stored(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        return {
            "is_above": self.is_above, "month": self.month,
            "value": None if self.value is None else self.value.as_stored(),
            "on": None if self.on is None else self.on.isoformat(),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class FigureNews:
    """Something to tell of a figure, and the value told before it, if any."""

    kind: MessageKind
    value: FigureValue
    before: FigureValue | None


def month_of(day: date) -> str:
    """Return the month of a day."""
    return f"{day:%Y-%m}"


def is_above(figure: FollowedFigure, value: FigureValue, otherwise: bool = False) -> bool:
    """Tell whether a rate is at its threshold or above; ``otherwise`` where one of the two is missing."""
    if figure.threshold is None or value.rate is None:
        return otherwise
    return value.rate >= figure.threshold


def crossings(figure: FollowedFigure, values: Sequence[FigureValue]) -> list[FigureNews]:
    """Return where a rate rose to its threshold or fell below it, of values in the order of their days.

    A day without a rate is passed over.
    """
    rated = [one for one in values if one.rate is not None]
    return [
        FigureNews(MessageKind.FIGURE_CROSSED, now, before)
        for before, now in pairwise(rated)
        if is_above(figure, before) != is_above(figure, now)
    ]


def reported_on(figure: FollowedFigure, told: ToldFigure, today: date) -> date | None:
    """Return the day whose figure the month's message tells: the last of the month before, None where none is due."""
    is_due = figure.monthly and told.month < month_of(today)
    return ends_of_months(today, 1)[0] if is_due else None


def restated_on(told: ToldFigure, today: date) -> date | None:
    """Return the day whose figure may be another by now, None where none was told before today."""
    if told.value is None or told.on is None or told.on >= today:
        return None
    return told.value.as_of


def news(
    figure: FollowedFigure,
    kinds: Collection[MessageKind],
    told: ToldFigure,
    today: date,
    now: FigureValue,
    reported: FigureValue | None = None,
    again: FigureValue | None = None,
) -> tuple[list[FigureNews], ToldFigure]:
    """Return what of ``kinds`` is to be told, the oldest day first, and what is known afterwards.

    ``now`` is the figure of today, ``reported`` that of ``reported_on``, ``again`` that of ``restated_on`` as it is
    known now; None: it is not due.
    """
    found: list[FigureNews] = []
    last = told.value
    if again is not None and last is not None and not again.says_the_same_as(last):
        found.append(FigureNews(MessageKind.FIGURE_RESTATED, again, last))
        last = again
    if reported is not None:
        found.append(FigureNews(MessageKind.FIGURE_MONTHLY, reported, last))
        last = reported
    above = is_above(figure, now, told.is_above)
    if above != told.is_above and MessageKind.FIGURE_CROSSED in kinds:
        found.append(FigureNews(MessageKind.FIGURE_CROSSED, now, last))
        last = now
    after = replace(told, is_above=above, month=told.month if reported is None else month_of(today))
    return found, replace(after, value=last, on=today) if found else after
