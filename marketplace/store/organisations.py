"""Organisations: reading them one by one, many at once and in lists."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, select, true
from sqlalchemy.orm import Session

from marketplace.domain.catalogue import Organisation, OrganisationKind
from marketplace.domain.folding import fold
from marketplace.store.ordering import by_code_point, like_pattern
from marketplace.store.tables import OrganisationAuthorityRow, OrganisationMergerRow, OrganisationRow


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


def region_keys(session: Session, organisation_id: str) -> frozenset[str]:
    """Return the keys that an organisation's roles are bound to: its own, and those of further authorities.

    A state's coordination that is bound to nothing else is bound to its state. Whoever makes an actor asks here.
    """
    return region_keys_of(session, [organisation_id]).get(organisation_id, frozenset())


def region_keys_of(session: Session, ids: Collection[str]) -> dict[str, frozenset[str]]:
    """Return the keys that the roles of each of these organisations are bound to, in one query."""
    found: dict[str, set[str]] = {}
    rows = session.execute(
        select(
            OrganisationRow.id,
            OrganisationRow.kind,
            OrganisationRow.state,
            OrganisationRow.region_key,
            OrganisationAuthorityRow.authority_key,
        )
        .outerjoin(OrganisationAuthorityRow, OrganisationAuthorityRow.organisation_id == OrganisationRow.id)
        .where(OrganisationRow.id.in_(ids))
    )
    for row in rows:
        found.setdefault(row.id, set()).update(bound_keys(row))
    return {organisation_id: frozenset(keys) for organisation_id, keys in found.items()}


def bound_keys(row: Any) -> set[str]:
    """Return the keys in a row with an organisation's ``kind``, ``state``, ``region_key`` and an ``authority_key``."""
    own = row.region_key
    if own is None and row.kind == OrganisationKind.COORDINATION:
        own = row.state
    return {key for key in (own, row.authority_key) if key is not None}


def find_organisations(
    session: Session, kind: str | None, state: str | None, q: str | None, limit: int, offset: int
) -> tuple[list[Organisation], int]:
    """Return one page of the organisations by name, and how many there are; ``q`` is a part of the name.

    Those that went into another one are left out.
    """
    gone = exists().where(OrganisationMergerRow.organisation_id == OrganisationRow.id)
    conditions: list[ColumnElement[bool]] = [~gone]
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
        own_review=row.own_review,
    )
