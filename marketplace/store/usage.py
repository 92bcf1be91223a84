"""Rows of usage reports and case numbers: a corrected number supersedes, what was believed before stays readable."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, func, insert, or_, select, update
from sqlalchemy.orm import Session

from marketplace.store.tables import AuthorityRow, CaseNumberRow, Instant, RegionVersionRow, UsageReportRow

_CHUNK = 500
Item = TypeVar("Item")
U, C, V = UsageReportRow, CaseNumberRow, RegionVersionRow


@dataclass(frozen=True, slots=True)
class UsageReport:
    """Cases of a service that an authority had in a month (its first day), by one source; ``id`` None: not stored yet."""

    service_id: str
    authority_id: int
    month: date
    cases_online: int
    cases_total: int | None
    source: str
    id: int | None = None

    @property
    def subject(self) -> tuple[str, int, date]:
        """What it is about: service, authority and month."""
        return self.service_id, self.authority_id, self.month


@dataclass(frozen=True, slots=True)
class CaseNumber:
    """Cases of a procedure that a region had in a year, by one source; ``id`` None: not stored yet."""

    leika_key: str
    region_id: int
    year: int
    number: int
    source: str
    id: int | None = None

    @property
    def subject(self) -> tuple[str, int, int, str]:
        """What it is about, and who says so."""
        return self.leika_key, self.region_id, self.year, self.source


@dataclass(frozen=True, slots=True)
class Listed(Generic[Item]):
    """A stored number with key and name of its authority or region as they are now, and when it was recorded."""

    item: Item
    key: str
    name: str
    recorded_at: datetime


def _known(
    table: type[UsageReportRow] | type[CaseNumberRow], at: datetime | BindParameter[datetime]
) -> ColumnElement[bool]:
    return and_(table.recorded_at <= at, or_(table.superseded_at.is_(None), table.superseded_at > at))


def current_reports(
    session: Session, services: Collection[str], authority_ids: Collection[int], months: Collection[date]
) -> list[UsageReport]:
    """Return the reports believed now for these services, authorities and months."""
    found: list[UsageReport] = []
    ids = sorted(authority_ids)
    for start in range(0, len(ids), _CHUNK):
        query = select(
            U.service_id, U.authority_id, U.month, U.cases_online, U.cases_total, U.source, U.id
        ).where(
            U.superseded_at.is_(None),
            U.service_id.in_(sorted(services)),
            U.authority_id.in_(ids[start : start + _CHUNK]),
            U.month.between(min(months), max(months)),
        )
        found += [UsageReport(*row) for row in session.execute(query)]
    return found


def current_case_numbers(
    session: Session, leika_keys: Collection[str], years: Collection[int]
) -> list[CaseNumber]:
    """Return the case numbers believed now for these procedures and years."""
    found: list[CaseNumber] = []
    keys = sorted(leika_keys)
    for start in range(0, len(keys), _CHUNK):
        query = select(C.leika_key, C.region_id, C.year, C.number, C.source, C.id).where(
            C.superseded_at.is_(None),
            C.leika_key.in_(keys[start : start + _CHUNK]),
            C.year.between(min(years), max(years)),
        )
        found += [CaseNumber(*row) for row in session.execute(query)]
    return found


# Built once: every figure of a region asks, and mostly there are few.
_CASES = (
    select(C.leika_key, C.region_id, C.year, C.number, C.source, C.id)
    .where(_known(C, bindparam("at", type_=Instant())))
    .order_by(C.leika_key, C.year, C.region_id, C.source)
)


def cases_by_procedure(session: Session, known_at: datetime) -> dict[str, list[CaseNumber]]:
    """Return all case numbers by procedure, as known at an instant: what the unit ``cases`` weighs with."""
    found: dict[str, list[CaseNumber]] = {}
    for row in session.connection().execute(_CASES, {"at": known_at}):
        found.setdefault(row.leika_key, []).append(CaseNumber(*row))
    return found


def write_reports(
    session: Session, new: Sequence[UsageReport], outdated: Iterable[int], recorded_at: datetime
) -> None:
    """Add reports and supersede those that they correct, under the ledger lock."""
    rows = [
        {
            "service_id": one.service_id, "authority_id": one.authority_id, "month": one.month,
            "cases_online": one.cases_online, "cases_total": one.cases_total, "source": one.source,
        }
        for one in new
    ]  # fmt: skip
    _write(session, U, rows, outdated, recorded_at)


def write_case_numbers(
    session: Session, new: Sequence[CaseNumber], outdated: Iterable[int], recorded_at: datetime
) -> None:
    """Add case numbers and supersede those that they correct, under the ledger lock."""
    rows = [
        {
            "leika_key": one.leika_key, "region_id": one.region_id, "year": one.year, "number": one.number,
            "source": one.source,
        }
        for one in new
    ]  # fmt: skip
    _write(session, C, rows, outdated, recorded_at)


def _write(
    session: Session,
    table: type[UsageReportRow] | type[CaseNumberRow],
    rows: Sequence[Mapping[str, Any]],
    outdated: Iterable[int],
    recorded_at: datetime,
) -> None:
    ids = sorted(outdated)
    for start in range(0, len(ids), _CHUNK):
        chunk = ids[start : start + _CHUNK]
        session.execute(update(table).where(table.id.in_(chunk)).values(superseded_at=recorded_at))
    if rows:
        session.execute(insert(table), [{**row, "recorded_at": recorded_at} for row in rows])


def page_of_service(
    session: Session, service_id: str, known_at: datetime, offset: int, limit: int
) -> tuple[list[Listed[UsageReport]], int]:
    """Return a page of a service's usage reports, the latest month first, and how many there are."""
    condition = and_(U.service_id == service_id, _known(U, known_at))
    total = session.scalar(select(func.count()).select_from(U).where(condition)) or 0
    query = (
        select(
            U.service_id, U.authority_id, U.month, U.cases_online, U.cases_total, U.source, U.id, U.recorded_at,
            AuthorityRow.region_id, AuthorityRow.key, AuthorityRow.name,
        )
        .join(AuthorityRow, AuthorityRow.id == U.authority_id)
        .where(condition)
        .order_by(U.month.desc(), U.authority_id, U.source, U.id)
        .offset(offset)
        .limit(limit)
    )  # fmt: skip
    rows = session.execute(query).all()
    names = _names(session, {row.region_id for row in rows})
    listed = []
    for row in rows:
        key, name = (row.key, row.name) if row.key else names[row.region_id]
        listed.append(Listed(UsageReport(*row[:7]), key, name, row.recorded_at))
    return listed, total


def page_of_procedure(
    session: Session, leika_key: str, known_at: datetime, offset: int, limit: int
) -> tuple[list[Listed[CaseNumber]], int]:
    """Return a page of a procedure's case numbers, the latest year first, and how many there are."""
    condition = and_(C.leika_key == leika_key, _known(C, known_at))
    total = session.scalar(select(func.count()).select_from(C).where(condition)) or 0
    query = (
        select(C.leika_key, C.region_id, C.year, C.number, C.source, C.id, C.recorded_at)
        .where(condition)
        .order_by(C.year.desc(), C.region_id, C.source, C.id)
        .offset(offset)
        .limit(limit)
    )
    rows = session.execute(query).all()
    names = _names(session, {row.region_id for row in rows})
    listed = []
    for row in rows:
        key, name = names[row.region_id]
        listed.append(Listed(CaseNumber(*row[:6]), key, name, row.recorded_at))
    return listed, total


def _names(session: Session, region_ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """Return key and name of regions by their latest version."""
    query = (
        select(V.region_id, V.key, V.name)
        .where(V.region_id.in_(sorted(region_ids)), V.superseded_at.is_(None))
        .order_by(V.valid_from)
    )
    return {row.region_id: (row.key, row.name) for row in session.execute(query)}
