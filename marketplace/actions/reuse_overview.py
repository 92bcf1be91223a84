"""The figures of all services side by side, by one rule at one pair of times."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from marketplace.actions.context import Context
from marketplace.actions.figures import Figure
from marketplace.actions.questions import DEFAULT_RULE, Question
from marketplace.actions.reading import knowledge
from marketplace.actions.reuse import reuse_of_service
from marketplace.domain.counting import CLASSES, Tally
from marketplace.domain.rule import Rule, Unit
from marketplace.errors import InvalidInput
from marketplace.store import head, service_lists, services
from marketplace.store.service_lists import ServiceQuery

SORTS = ("name", "rate", "-rate", "-numerator", "-denominator")


@dataclass(frozen=True, slots=True)
class OverviewRow:
    """A service with its figure. Parts are never listed: they are counted in their whole."""

    service_id: str
    name: str
    kind: str
    lead_state: str | None
    theme_field: str | None
    publisher: str | None
    figure: Figure


@dataclass(frozen=True, slots=True)
class ReuseOverview:
    """The figures of all services that the filters leave.

    ``total`` adds up authority-service pairs of the services that have a rate; ``undefined`` are those that have none.
    """

    rule: Rule
    unit: Unit
    as_of: date
    known_at: datetime
    territory_on: date | None
    demo: bool
    total: Figure
    rows: Sequence[OverviewRow]
    undefined: int


@dataclass(frozen=True, slots=True)
class OverviewFilter:
    """Which services: each filter names its accepted values, an empty one accepts all."""

    kind: Sequence[str] = ()
    lead_state: Sequence[str] = ()
    theme_field: Sequence[str] = ()
    publisher: Sequence[str] = ()


def reuse_overview(
    ctx: Context,
    wanted: OverviewFilter | None = None,
    *,
    rule: str = DEFAULT_RULE,
    unit: str | None = None,
    as_of: date | None = None,
    known_at: str | datetime | None = None,
    sort: str = "name",
) -> ReuseOverview:
    """Answer how widely each service is reused.

    Raises:
        InvalidInput: a parameter that is none.
    """
    if sort not in SORTS:
        raise InvalidInput.one("sort", "choice", f"must be one of {', '.join(SORTS)}")
    question = Question.read(ctx, by="state", rule=rule, unit=unit, as_of=as_of, known_at=known_at)
    chosen = wanted or OverviewFilter()
    with ctx.database.reading() as session:
        pinned = knowledge(ctx, head.head(session), question.known_at)
        query = ServiceQuery(
            kind=chosen.kind, lead_state=chosen.lead_state, theme_field=chosen.theme_field,
            publisher=chosen.publisher, status=("published",),
        )  # fmt: skip
        entries = services.load(session, service_lists.ids_of(session, query))
    rows, total, territory_on, demo, undefined = [], Tally(), None, False, 0
    for entry in entries.values():
        if entry.part_of is not None:
            continue
        name = f"{question.rule.id}@{question.rule.version}"
        answer = reuse_of_service(
            ctx, entry.id, rule=name, unit=question.unit, as_of=question.as_of, known_at=pinned
        )
        figure = answer.total
        territory_on, demo = answer.territory_on, demo or answer.demo
        if figure.undefined is None:
            total.join(_tally(figure))
        else:
            undefined += 1
        rows.append(
            OverviewRow(
                entry.id, entry.name, entry.kind, entry.lead_state, entry.theme_field, entry.publisher, figure
            )
        )
    return ReuseOverview(
        rule=question.rule,
        unit=question.unit,
        as_of=question.as_of,
        known_at=pinned,
        territory_on=territory_on,
        demo=demo,
        total=Figure.of("total", "", total),
        rows=_sorted(rows, sort),
        undefined=undefined,
    )


def _tally(figure: Figure) -> Tally:
    return Tally(
        classes={name: figure.classes[name] for name in CLASSES}, excluded=figure.excluded,
        entitled=figure.entitled, live=figure.live, live_own=figure.live_own, contracted=figure.contracted,
    )  # fmt: skip


def _sorted(rows: list[OverviewRow], sort: str) -> list[OverviewRow]:
    """Order the rows, which come by name; those without a rate stand last, whichever way rates are ordered."""
    if sort == "name":
        return rows
    descending, field = sort.startswith("-"), sort.removeprefix("-")
    defined = [row for row in rows if row.figure.undefined is None]
    defined.sort(key=lambda row: getattr(row.figure, field), reverse=descending)
    return defined + [row for row in rows if row.figure.undefined is not None]
