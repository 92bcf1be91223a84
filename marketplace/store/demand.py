"""Counting needs and queries without result, and reading them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, case, delete, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from marketplace.store.ordering import by_code_point
from marketplace.store.tables import SearchMissRow, SearchNeedRow, ThemeFieldRow

_N, _M = SearchNeedRow, SearchMissRow


@dataclass(frozen=True, slots=True)
class NeedKey:
    """What is counted together; region and object are "" where nobody named one, ``month`` is its first day."""

    theme_field_id: str
    region_key: str
    object_id: str
    month: date


@dataclass(frozen=True, slots=True)
class CountedNeed:
    """How often a need was reported in a month."""

    key: NeedKey
    count: int


@dataclass(frozen=True, slots=True)
class NeedQuery:
    """Which needs are asked for; ``region_keys`` begin the key of a need's region, empty: all, also without a region."""

    theme_fields: Collection[str] = ()
    region_keys: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class CountedMiss:
    """A query without result that was asked often enough to be told."""

    text: str
    count: int
    last_on: date


def count_need(session: Session, key: NeedKey) -> int:
    """Count a need once more and return how often it was by now. Safe with several writers at once."""
    statement = _insert(session)(_N).values(
        theme_field_id=key.theme_field_id,
        region_key=key.region_key,
        object_id=key.object_id,
        month=key.month,
        count=1,
    )
    counted = statement.on_conflict_do_update(
        index_elements=[_N.theme_field_id, _N.region_key, _N.object_id, _N.month],
        set_={"count": _N.count + 1},
    ).returning(_N.count)
    return int(session.execute(counted).scalar_one())


def count_miss(session: Session, digest: str, text: str, today: date, told_from: int) -> None:
    """Count a query without result once more; its text is kept from the ``told_from``-th time on."""
    statement = _insert(session)(_M).values(digest=digest, text=None, count=1, first_on=today, last_on=today)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[_M.digest],
            set_={
                "count": _M.count + 1,
                "text": case((_M.count + 1 >= told_from, text), else_=None),
                "last_on": today,
            },
        )
    )


def has_miss(session: Session, digest: str) -> bool:
    """Tell whether a query is counted already."""
    return session.scalar(select(_M.digest).where(_M.digest == digest)) is not None


def misses_counted(session: Session) -> int:
    """Return how many different queries are counted, told or not."""
    return session.scalar(select(func.count()).select_from(_M)) or 0


def forget_misses(session: Session, before: date) -> None:
    """Delete the queries that were asked last before a day and never often enough to be told."""
    session.execute(
        delete(_M).where(_M.last_on < before, _M.text.is_(None)).execution_options(synchronize_session=False)
    )


def needs(session: Session, query: NeedQuery, offset: int, limit: int) -> list[CountedNeed]:
    """Return one page of the needs: by theme field, the latest month first, the most frequent first."""
    statement = (
        select(_N.theme_field_id, _N.region_key, _N.object_id, _N.month, _N.count)
        .join(ThemeFieldRow, ThemeFieldRow.id == _N.theme_field_id)
        .where(*_conditions(query))
        .order_by(
            by_code_point(session, ThemeFieldRow.name),
            _N.month.desc(),
            _N.count.desc(),
            by_code_point(session, _N.region_key),
            by_code_point(session, _N.object_id),
        )
    )
    rows = session.execute(statement.offset(offset).limit(limit))
    return [
        CountedNeed(NeedKey(theme_field, region, object_id, month), count)
        for theme_field, region, object_id, month, count in rows
    ]


def needs_counted(session: Session, query: NeedQuery) -> tuple[int, int]:
    """Return how many rows of needs there are, and how many reports in all."""
    statement = select(func.count(), func.coalesce(func.sum(_N.count), 0)).where(*_conditions(query))
    rows, reports = session.execute(statement).one()
    return rows, int(reports)


def misses(session: Session, offset: int, limit: int) -> tuple[list[CountedMiss], int]:
    """Return one page of the told queries, the most frequent first, and how many there are.

    A text that was counted under several keys (the secret was changed) is one.
    """
    asked = func.sum(_M.count).label("asked")
    told = select(_M.text, asked, func.max(_M.last_on)).where(_M.text.is_not(None)).group_by(_M.text)
    total = session.scalar(select(func.count()).select_from(told.subquery())) or 0
    order = asked.desc(), by_code_point(session, _M.text)
    rows: Any = session.execute(told.order_by(*order).offset(offset).limit(limit))
    return [CountedMiss(text, int(count), last_on) for text, count, last_on in rows], total


def _conditions(query: NeedQuery) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if query.theme_fields:
        conditions.append(_N.theme_field_id.in_(sorted(query.theme_fields)))
    if query.region_keys:
        keys = sorted(query.region_keys)
        conditions.append(or_(*(_N.region_key.startswith(key, autoescape=True) for key in keys)))
    return conditions


def _insert(session: Session) -> Any:
    """Return the dialect's own INSERT, which knows what to do on a conflict."""
    return postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
