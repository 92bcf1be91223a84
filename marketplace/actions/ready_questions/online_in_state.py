"""What is online in a state, and why the federal dashboard says something else."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from marketplace.actions.context import Context
from marketplace.actions.kept_answers import kept_while_unchanged
from marketplace.actions.ready_questions.answers import (
    ReadyAnswer,
    Standpoint,
    find_state,
    read_questions,
    stand,
)
from marketplace.actions.region_statistics import KEPT_STATES, RegionStatistics, region_statistics
from marketplace.actions.renewed_rows import RenewedRows
from marketplace.domain import sources
from marketplace.domain.adoption import known
from marketplace.domain.dashboard_comparison import Comparison, Difference, says_online
from marketplace.domain.ready_questions import ONLINE_IN_STATE
from marketplace.domain.region_counts import ONLINE, CountedAs
from marketplace.domain.service import Origin
from marketplace.store import event_extracts

_ONLINE = frozenset(ONLINE)


@dataclass(frozen=True, slots=True)
class OnlineServiceRow:
    """A service that is online in the state, or that the dashboard says is: what it is counted as here, by both.

    ``area_wide``: online here in as many competent authorities as the rule asks for, usually all; ``dashboard_on`` is the
    day the dashboard last said so.
    """

    service: str
    name: str
    origin: Origin | None
    maturity_model: str | None
    maturity_level: int | None
    counted_as: tuple[CountedAs, ...]
    area_wide: bool
    dashboard_on: date | None
    difference: Difference


@dataclass(frozen=True, slots=True, kw_only=True)
class OnlineInState(ReadyAnswer[OnlineServiceRow]):
    """The answer: ``statistics`` counts by origin and maturity, ``comparison`` puts the dashboard beside it."""

    statistics: RegionStatistics
    comparison: Comparison


_rows: RenewedRows[OnlineServiceRow | None] = RenewedRows(KEPT_STATES)


@kept_while_unchanged(64)
def online_in_state(
    ctx: Context,
    state: str,
    *,
    rules: tuple[str, ...] = (),
    as_of: date | None = None,
    known_at: str | datetime | None = None,
) -> OnlineInState:
    """Answer which services are online in a state, by whose they are and by maturity, beside what the dashboard says.

    Raises:
        InvalidInput: a parameter that is none.
        NotFound: there is no such state.
    """
    questions = read_questions(ctx, ONLINE_IN_STATE, rules, as_of, known_at)
    with ctx.database.reading() as session:
        at = stand(ctx, session, ONLINE_IN_STATE, questions)
        find_state(at.territory, state)
        said = _said_by_dashboard(session, state, at)
    names = tuple(question.rule.name for question in questions)
    counted = region_statistics(ctx, state, rules=names, as_of=at.as_of, known_at=at.known_at)
    here = _kinds_of_each(counted)
    wide = {service for kind in ONLINE for service in counted.counts[kind].area_wide}
    sources = [(entry, here.get(entry.id, ()), entry.id in wide, said.get(entry.id)) for entry in at.entries]
    listed = _rows.rows(ctx.database.engine, state, at.ids, sources, _row)
    rows = [row for row in listed if row is not None]
    online = sum(row.difference is not Difference.ONLY_DASHBOARD for row in rows)
    both = sum(row.difference is Difference.BOTH for row in rows)
    only_dashboard = [row for row in rows if row.difference is Difference.ONLY_DASHBOARD]
    common = at.common({"state": state}, counted.demo) | {"services": len(counted.total.services)}
    return OnlineInState(
        **common,
        numerator=online,
        denominator=len(counted.total.services),
        rows=rows,
        statistics=counted,
        comparison=Comparison(
            here=online,
            area_wide=len(wide),
            dashboard=both + len(only_dashboard),
            both=both,
            entitled=sum(CountedAs.ENTITLED in row.counted_as for row in only_dashboard),
            read_on=max(said.values(), default=None),
            rule=questions[1].rule,
        ),
    )


def _kinds_of_each(counted: RegionStatistics) -> dict[str, tuple[CountedAs, ...]]:
    """Return what each service is counted as, the furthest first."""
    found: dict[str, tuple[CountedAs, ...]] = {}
    for kind in CountedAs:
        for service in counted.counts[kind].services:
            found[service] = (*found[service], kind) if service in found else (kind,)
    return found


def _row(_key: str, sources: tuple[Any, ...]) -> OnlineServiceRow | None:
    """Return the row of a service, None where nobody says that it is online."""
    entry, kinds, is_wide, day = sources
    is_online = not _ONLINE.isdisjoint(kinds)
    if not is_online and day is None:
        return None
    maturity = entry.maturity
    return OnlineServiceRow(
        service=entry.id,
        name=entry.name,
        origin=entry.origin,
        maturity_model=maturity.model if maturity else None,
        maturity_level=maturity.level if maturity else None,
        counted_as=kinds,
        area_wide=is_wide,
        dashboard_on=day,
        difference=Difference.of(here=is_online, dashboard=day is not None),
    )


def _said_by_dashboard(session: Session, state: str, at: Standpoint) -> dict[str, date]:
    """Return the services that the dashboard's rows say are online in the state, each with the day of the newest row."""
    found = {}
    for service_id, events in event_extracts.events_of_source(session, sources.DASHBOARD, state).items():
        day = says_online(known(events, at.known_at), at.as_of)
        if day is not None:
            found[service_id] = day
    return found
