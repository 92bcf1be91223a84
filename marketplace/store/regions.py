"""Rows of regions: the versions in force on a day as known at an instant, one identity's versions, search by name.

``on`` is a register's territory date (``store.territory.standing`` gives it), ``known`` an instant; both are taken as
they are, the clamping to the first register and the first recording is ``store.territory``'s.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from marketplace.domain.regions import FEDERATION_KEY, Region, RegionKind
from marketplace.store.tables import AuthorityRow, RegionRow, RegionVersionRow

_V = RegionVersionRow
_KINDS = {kind.value: kind for kind in RegionKind}


def known_at(known: datetime) -> ColumnElement[bool]:
    """The condition for what was believed at an instant."""
    return and_(_V.recorded_at <= known, or_(_V.superseded_at.is_(None), _V.superseded_at > known))


def in_force(on: date, known: datetime) -> ColumnElement[bool]:
    """The condition for what stood on a day, as believed at an instant."""
    return and_(_V.valid_from <= on, or_(_V.valid_to.is_(None), _V.valid_to > on), known_at(known))


def _versions() -> Select[*tuple[Any, ...]]:
    return (
        select(
            _V.region_id, _V.key, _V.ags, _V.name, RegionRow.kind, _V.parent_key, _V.text_code, _V.seat, _V.postcode,
            _V.population, _V.area_ha, _V.degurba, _V.lon, _V.lat, _V.valid_from, _V.valid_to, AuthorityRow.id,
        )
        .join(RegionRow, RegionRow.id == _V.region_id)
        .outerjoin(AuthorityRow, and_(AuthorityRow.region_id == _V.region_id, AuthorityRow.key.is_(None)))
    )  # fmt: skip


def _regions(session: Session, statement: Select[*tuple[Any, ...]]) -> list[Region]:
    kinds = _KINDS
    return [
        Region(
            region_id, key, ags, name, kinds[kind], parent_key, text_code, seat, postcode, population, area_ha,
            degurba, lon, lat, valid_from, valid_to, authority_id,
        )
        for (
            region_id, key, ags, name, kind, parent_key, text_code, seat, postcode, population, area_ha,
            degurba, lon, lat, valid_from, valid_to, authority_id,
        ) in session.execute(statement)
    ]  # fmt: skip


def load_regions(session: Session, *conditions: ColumnElement[bool]) -> list[Region]:
    """Load the versions that meet all conditions."""
    return _regions(session, _versions().where(*conditions))


def regions_in_force(session: Session, on: date, known: datetime) -> list[Region]:
    """Load every region that stood on a day."""
    return load_regions(session, in_force(on, known))


def versions_of(session: Session, region_id: int, known: datetime) -> list[Region]:
    """Load all versions of one identity, the latest first."""
    statement = _versions().where(_V.region_id == region_id, known_at(known)).order_by(_V.valid_from.desc())
    return _regions(session, statement)


def last_versions_by_key(session: Session, keys: Iterable[str], known: datetime) -> list[Region]:
    """Load the versions that ever had one of these keys, or one of them as AGS, the latest first."""
    wanted = sorted(set(keys))
    statement = (
        _versions()
        .where(or_(_V.key.in_(wanted), _V.ags.in_(wanted)), known_at(known))
        .order_by(_V.valid_from.desc(), _V.key)
    )
    return _regions(session, statement)


@dataclass(frozen=True, slots=True)
class RegionQuery:
    """What regions are asked for: ``name`` is folded, ``postcode`` and ``key_prefix`` are digits."""

    kind: RegionKind | None = None
    state: str | None = None
    name: str | None = None
    postcode: str | None = None
    key_prefix: str | None = None


def find(
    session: Session, query: RegionQuery, on: date, known: datetime, *, offset: int, limit: int
) -> tuple[list[Region], int]:
    """Load one page of the regions that match, and how many match in all.

    Exact names come first, then names that begin so, then larger populations; the key breaks ties.
    """
    condition = and_(in_force(on, known), *_conditions(query))
    total = session.scalar(
        select(func.count()).select_from(_V).join(RegionRow, RegionRow.id == _V.region_id).where(condition)
    )
    rank = _rank(query)
    statement = _versions().where(condition).order_by(
        *([rank] if rank is not None else []), func.coalesce(_V.population, -1).desc(), _V.key
    )  # fmt: skip
    return _regions(session, statement.offset(offset).limit(limit)), total or 0


def _conditions(query: RegionQuery) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if query.kind is not None:
        found.append(RegionRow.kind == query.kind.value)
    if query.state == FEDERATION_KEY:
        found.append(_V.key == FEDERATION_KEY)
    elif query.state is not None:
        found.append(_V.key.startswith(query.state, autoescape=True))
    anyhow: list[ColumnElement[bool]] = []
    if query.name:
        anyhow.append(_V.name_folded.contains(query.name, autoescape=True))
    if query.postcode:
        anyhow.append(_V.postcode.startswith(query.postcode, autoescape=True))
    if query.key_prefix:
        anyhow.append(_V.key.startswith(query.key_prefix, autoescape=True))
        anyhow.append(_V.ags.startswith(query.key_prefix, autoescape=True))
    if anyhow:
        found.append(or_(*anyhow))
    return found


def _rank(query: RegionQuery) -> ColumnElement[int] | None:
    ranks: list[tuple[ColumnElement[bool], int]] = []
    if query.key_prefix:
        ranks += [(or_(_V.key == query.key_prefix, _V.ags == query.key_prefix), 0)]
    if query.postcode:
        ranks += [(_V.postcode == query.postcode, 1)]
    if query.name:
        # "Flensburg, Stadt" is what people call Flensburg.
        plain = query.name
        exact = or_(_V.name_folded == plain, _V.name_folded.startswith(plain + ",", autoescape=True))
        ranks += [(exact, 2), (_V.name_folded.startswith(plain, autoescape=True), 3)]
    return case(*ranks, else_=4) if ranks else None
