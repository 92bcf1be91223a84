"""Lists of catalogue entries: filters, order and paging in SQL."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from marketplace.domain.lifecycle import EntryStatus
from marketplace.store.ordering import by_code_point
from marketplace.store.tables import (
    OfferRow,
    ServiceBundleRow,
    ServiceProcedureRow,
    ServiceRequirementRow,
    ServiceRow,
)

SORTS: dict[str, tuple[InstrumentedAttribute[Any], bool]] = {
    "name": (ServiceRow.name_folded, False),
    "-name": (ServiceRow.name_folded, True),
    "updated": (ServiceRow.updated_at, False),
    "-updated": (ServiceRow.updated_at, True),
    "id": (ServiceRow.id, False),
}


@dataclass(frozen=True, slots=True)
class ServiceQuery:
    """Which entries a list holds: each filter names its accepted values, an empty one accepts all.

    Entries that are not published are left out, except those published by the organisation ``own``; with
    ``everybodys`` none is left out.
    """

    kind: Sequence[str] = ()
    lead_state: Sequence[str] = ()
    theme_field: Sequence[str] = ()
    ozg_id: Sequence[str] = ()
    leika_key: Sequence[str] = ()
    publisher: Sequence[str] = ()
    status: Sequence[str] = ()
    part_of: Sequence[str] = ()
    requires: Sequence[str] = ()
    supplier: Sequence[str] = ()
    own: str | None = None
    everybodys: bool = False


def find(session: Session, query: ServiceQuery, sort: str, limit: int, offset: int) -> tuple[list[str], int]:
    """Return the ids of one page of a list and how many entries it has in all.

    Raises:
        KeyError: ``sort`` is none of ``SORTS``.
    """
    column, descending = SORTS[sort]
    condition = _condition(query)
    order = column.expression if column is ServiceRow.updated_at else by_code_point(session, column)
    page = (
        select(ServiceRow.id)
        .where(condition)
        .order_by(order.desc() if descending else order, by_code_point(session, ServiceRow.id))
        .limit(limit)
        .offset(offset)
    )
    total = session.scalar(select(func.count()).select_from(ServiceRow).where(condition)) or 0
    return list(session.scalars(page)), total


def ids_of(session: Session, query: ServiceQuery) -> list[str]:
    """Return the ids of all entries of a list by name: for lists that a page shows whole."""
    statement = select(ServiceRow.id).where(_condition(query))
    order = by_code_point(session, ServiceRow.name_folded), by_code_point(session, ServiceRow.id)
    return list(session.scalars(statement.order_by(*order)))


def count_by_theme_field(session: Session) -> dict[str, int]:
    """Return how many published entries each theme field has."""
    statement = (
        select(ServiceRow.theme_field_id, func.count())
        .where(ServiceRow.status == EntryStatus.PUBLISHED)
        .group_by(ServiceRow.theme_field_id)
    )
    return {theme_field_id: count for theme_field_id, count in session.execute(statement) if theme_field_id}


def entries_where(column: InstrumentedAttribute[str], query: ServiceQuery) -> ColumnElement[bool]:
    """Return the condition that a column holds the id of an entry of a list, withdrawn ones among them."""
    return column.in_(select(ServiceRow.id).where(_condition(replace(query, everybodys=True))))


def _condition(query: ServiceQuery) -> ColumnElement[bool]:
    columns = (
        (ServiceRow.kind, query.kind),
        (ServiceRow.lead_state, query.lead_state),
        (ServiceRow.theme_field_id, query.theme_field),
        (ServiceRow.publisher_id, query.publisher),
        (ServiceRow.status, query.status),
        (ServiceRow.part_of, query.part_of),
    )
    links = (
        (ServiceBundleRow.service_id, ServiceBundleRow.ozg_id, query.ozg_id),
        (ServiceProcedureRow.service_id, ServiceProcedureRow.leika_key, query.leika_key),
        (ServiceRequirementRow.service_id, ServiceRequirementRow.required_id, query.requires),
        (OfferRow.service_id, OfferRow.supplier_id, query.supplier),
    )
    conditions: list[ColumnElement[bool]] = [column.in_(values) for column, values in columns if values]
    conditions += [
        exists().where(link == ServiceRow.id, key.in_(values)) for link, key, values in links if values
    ]
    if not query.everybodys:
        visible: ColumnElement[bool] = ServiceRow.status == EntryStatus.PUBLISHED
        if query.own is not None:
            visible = or_(visible, ServiceRow.publisher_id == query.own)
        conditions.append(visible)
    return and_(true(), *conditions)


def published_names(session: Session) -> list[tuple[str, str]]:
    """Return id and name of every published entry by name: what a region is shown against."""
    order = by_code_point(session, ServiceRow.name_folded), by_code_point(session, ServiceRow.id)
    statement = select(ServiceRow.id, ServiceRow.name).where(ServiceRow.status == EntryStatus.PUBLISHED)
    return [(row.id, row.name) for row in session.execute(statement.order_by(*order))]
