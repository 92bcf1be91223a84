"""Organisations: reading them one by one, many at once and in lists."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, true
from sqlalchemy.orm import Session

from marketplace.domain.catalogue import Organisation, OrganisationKind
from marketplace.domain.folding import fold
from marketplace.store.ordering import by_code_point, like_pattern
from marketplace.store.tables import OrganisationRow


def organisations(session: Session, ids: Iterable[str | None]) -> dict[str, Organisation]:
    """Return the organisations of these ids (those that exist); None among them is passed over."""
    wanted = {organisation_id for organisation_id in ids if organisation_id is not None}
    if not wanted:
        return {}
    rows = session.execute(select(OrganisationRow.__table__).where(OrganisationRow.id.in_(wanted)))
    return {row.id: _organisation(row) for row in rows}


def organisation(session: Session, organisation_id: str) -> Organisation | None:
    """Return one organisation."""
    return organisations(session, [organisation_id]).get(organisation_id)


def find_organisations(
    session: Session, kind: str | None, state: str | None, q: str | None, limit: int, offset: int
) -> tuple[list[Organisation], int]:
    """Return one page of the organisations by name, and how many there are; ``q`` is a part of the name."""
    conditions: list[ColumnElement[bool]] = []
    if kind is not None:
        conditions.append(OrganisationRow.kind == kind)
    if state is not None:
        conditions.append(OrganisationRow.state == state)
    if q and q.strip():
        conditions.append(OrganisationRow.name_folded.like(like_pattern(fold(q)), escape="\\"))
    condition = and_(true(), *conditions)
    total = session.scalar(select(func.count()).select_from(OrganisationRow).where(condition)) or 0
    order = by_code_point(session, OrganisationRow.name_folded), by_code_point(session, OrganisationRow.id)
    rows = session.execute(
        select(OrganisationRow.__table__).where(condition).order_by(*order).limit(limit).offset(offset)
    )
    return [_organisation(row) for row in rows], total


def _organisation(row: Any) -> Organisation:
    return Organisation(
        id=row.id,
        name=row.name,
        kind=OrganisationKind(row.kind),
        state=row.state,
        region_key=row.region_key,
        url=row.url,
        source=row.source,
    )
