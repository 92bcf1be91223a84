"""The shape of a ready answer, and the reading of what every one of them is asked with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy.orm import Session

from marketplace.actions.context import Context
from marketplace.actions.questions import Question
from marketplace.actions.reading import read_known_at
from marketplace.actions.reuse_overview import OverviewFilter, wholes
from marketplace.actions.standings import StandingsReader
from marketplace.domain.ready_questions import ReadyQuestion
from marketplace.domain.regions import Region, RegionKind, Territory
from marketplace.domain.rule import Rule
from marketplace.domain.service import Service
from marketplace.errors import InvalidInput, NotFound

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyAnswer(Generic[Row]):
    """The answer to a ready question. ``ReadyQuestion.counted_de`` says what numerator and denominator are.

    ``asked`` are the parameters beside rules and times, as they were read; ``services`` is how many services the filters
    leave; ``interval`` are the two shares of a figure, None where what is counted is no class of a rule. Rows are dataclasses of plain values and figures. Answers are shared: never change one.
    """

    question: ReadyQuestion
    asked: Mapping[str, Any]
    rules: tuple[Rule, ...]
    unit: str
    as_of: date
    known_at: datetime
    territory_on: date | None
    demo: bool
    services: int
    numerator: int
    denominator: int
    interval: tuple[float, float] | None = None
    rows: Sequence[Row]

    @property
    def rate(self) -> float | None:
        """Numerator over denominator, None where nothing could be counted."""
        return self.numerator / self.denominator if self.denominator else None


@dataclass(frozen=True, slots=True)
class Standpoint:
    """Where a question is asked from: its rules as questions, the instant it is pinned to, the territory, the services."""

    ready: ReadyQuestion
    questions: tuple[Question, ...]
    reader: StandingsReader
    territory: Territory
    entries: Sequence[Service]
    ids: Sequence[str]

    @property
    def as_of(self) -> date:
        """The day the question is about."""
        return self.questions[0].as_of

    @property
    def known_at(self) -> datetime:
        """The instant the question is pinned to."""
        return self.reader.known_at

    def state_name(self, key: str) -> str:
        """Return the name of a state, its key where the territory does not have it."""
        region = self.territory.by_key.get(key)
        return region.name if region else key

    def answered(
        self,
        rows: Sequence[Row],
        asked: Mapping[str, Any],
        *,
        numerator: int,
        denominator: int,
        demo: bool,
        services: int | None = None,
        interval: tuple[float, float] | None = None,
    ) -> ReadyAnswer[Row]:
        """Return the answer; ``services`` where it is about others than those of the filters."""
        common = self.common(asked, demo)
        if services is not None:
            common["services"] = services
        return ReadyAnswer(
            **common, numerator=numerator, denominator=denominator, interval=interval, rows=rows
        )

    def common(self, asked: Mapping[str, Any], demo: bool) -> dict[str, Any]:
        """Return what every answer carries, by the names of ``ReadyAnswer``."""
        return {
            "question": self.ready,
            "asked": asked,
            "rules": tuple(one.rule for one in self.questions),
            "unit": self.ready.unit,
            "as_of": self.as_of,
            "known_at": self.known_at,
            "territory_on": self.territory.on,
            "demo": demo,
            "services": len(self.entries),
        }


def read_questions(
    ctx: Context,
    ready: ReadyQuestion,
    rules: Sequence[str],
    as_of: date | None,
    known_at: str | datetime | None,
) -> tuple[Question, ...]:
    """Read the rules of a ready question, in the versions that were asked for, and its two times.

    Raises:
        InvalidInput: naming the parameter.
    """
    day, asked = as_of or ctx.today(), read_known_at(ctx, known_at)
    if not ready.any_rule:
        return Question.by_fixed_rules(ctx, ready.rules, rules, as_of=day, known_at=asked)
    given = {name.partition("@")[0]: name for name in rules}
    if len(given) > 1:
        raise InvalidInput.one("rule", "length", "names several rules, one is allowed")
    return Question.by_rules(ctx, list(given.values()) or ready.rules, as_of=day, known_at=asked)


def stand(
    ctx: Context,
    session: Session,
    ready: ReadyQuestion,
    questions: tuple[Question, ...],
    wanted: OverviewFilter | None = None,
) -> Standpoint:
    """Return where a question is asked from; ``wanted`` chooses the services."""
    reader = StandingsReader.opened(ctx, session, questions[0].known_at)
    land = reader.territory_on(questions[0].as_of)
    listed = wholes(session, wanted or OverviewFilter(), reader.position, questions[0].known_at)
    return Standpoint(ready, questions, reader, land, *listed)


def find_state(land: Territory, key: str) -> Region:
    """Return a state by its key.

    Raises:
        NotFound: there was none with this key on the day.
    """
    region = land.by_key.get(key)
    if region is None or region.kind is not RegionKind.STATE:
        raise NotFound("state", key)
    return region


def read_number(name: str, value: int, low: int, high: int) -> int:
    """Check a threshold.

    Raises:
        InvalidInput: it is out of range.
    """
    if not low <= value <= high:
        raise InvalidInput.one(name, "range", f"must be {low} to {high}")
    return value


def filters_of(wanted: OverviewFilter | None) -> dict[str, Any]:
    """Return the filters that were asked for, by name."""
    chosen = wanted or OverviewFilter()
    return {"theme_field": list(chosen.theme_field), "lead_state": list(chosen.lead_state)}
