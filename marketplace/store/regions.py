"""Rows of regions: the versions in force on a day as known at an instant, one identity's versions, search by name.

``on`` is a register's territory date (``store.territory.standing`` gives it), ``known`` an instant; both are taken as
they are, the clamping to the first register and the first recording is ``store.territory``'s.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from marketplace.domain.authority_key import unpadded
from marketplace.domain.regions import PSEUDO_ASSOCIATION, Region, RegionKind
from marketplace.store.tables import AuthorityRow, RegionRow, RegionVersionRow

_V = RegionVersionRow
_MAX_KEYS = 5_000
_KINDS = {kind.value: kind for kind in RegionKind}
_Name = TypeVar("_Name", str, int)


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
    # The connection's rows cost half of the session's, and a territory has 16,000 of them.
    rows = session.connection().execute(statement)
    return [
        Region(
            region_id, key, ags, name, kinds[kind], parent_key, text_code, seat, postcode, population, area_ha,
            degurba, lon, lat, valid_from, valid_to, authority_id,
        )
        for (
            region_id, key, ags, name, kind, parent_key, text_code, seat, postcode, population, area_ha,
            degurba, lon, lat, valid_from, valid_to, authority_id,
        ) in rows
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
    found: dict[tuple[int, date | None], Region] = {}
    for chunk in _chunks(keys):
        asked = or_(_V.key.in_(chunk), _V.ags.in_(chunk))
        for version in _regions(session, _versions().where(asked, known_at(known))):
            found[version.region_id, version.valid_from] = version
    return sorted(sorted(found.values(), key=lambda v: v.key), key=_begin, reverse=True)


def histories(session: Session, region_ids: Iterable[int], known: datetime) -> dict[int, list[Region]]:
    """Load all versions of each of these identities, the latest first."""
    found: defaultdict[int, list[Region]] = defaultdict(list)
    for chunk in _chunks(region_ids):
        latest_first = (
            _versions().where(_V.region_id.in_(chunk), known_at(known)).order_by(_V.valid_from.desc())
        )
        for version in _regions(session, latest_first):
            found[version.region_id].append(version)
    return dict(found)


def latest_versions(session: Session, region_ids: Iterable[int], known: datetime) -> list[Region]:
    """Load the latest version of each of these identities, ordered by key."""
    wanted = sorted(set(region_ids))
    if not wanted:
        return []
    versions = _regions(
        session, _versions().where(_V.region_id.in_(wanted), known_at(known)).order_by(_V.valid_from)
    )
    return sorted({v.region_id: v for v in versions}.values(), key=lambda region: region.key)


def keys_with_administration(session: Session, keys: Iterable[str], known: datetime) -> set[str]:
    """Return those of the keys that a region with an administration of its own has or ever had."""
    found: set[str] = set()
    for chunk in _chunks(keys):
        versions = _regions(session, _versions().where(_V.key.in_(chunk), known_at(known)))
        found |= {version.key for version in versions if version.has_administration}
    return found


def _begin(version: Region) -> date:
    return version.valid_from or date.min


def _chunks(named: Iterable[_Name]) -> Iterator[list[_Name]]:
    wanted = sorted(set(named))
    for start in range(0, len(wanted), _MAX_KEYS):
        yield wanted[start : start + _MAX_KEYS]


@dataclass(frozen=True, slots=True)
class RegionQuery:
    """What regions are asked for.

    ``names`` are the spellings a folded name may have, the typed one first; ``digits`` begin a postcode, key or AGS.
    Pseudo associations, which only stand for a municipality, are found when associations are asked for.
    """

    kind: RegionKind | None = None
    state: str | None = None
    names: tuple[str, ...] = ()
    digits: str | None = None


def find(
    session: Session, query: RegionQuery, on: date, known: datetime, *, offset: int, limit: int
) -> tuple[list[Region], int]:
    """Load one page of the regions that match, and how many match in all.

    Exact keys and names come first, then names that begin so, then larger populations; the key breaks ties.
    """
    condition = and_(in_force(on, known), *_conditions(query))
    total = session.scalar(
        select(func.count()).select_from(_V).join(RegionRow, RegionRow.id == _V.region_id).where(condition)
    )
    statement = _versions().where(condition).order_by(*_order(query))
    return _regions(session, statement.offset(offset).limit(limit)), total or 0


def find_earlier(session: Session, query: RegionQuery, on: date, known: datetime) -> list[Region]:
    """Load the versions from before a day that had the whole key or AGS, or a name that began so, the latest first.

    Beside a name the digits may be a whole postcode. Regions that match as they stand on that day are left out.
    """
    match_now = (
        select(_V.region_id)
        .join(RegionRow, RegionRow.id == _V.region_id)
        .where(in_force(on, known), *_conditions(query))
        .correlate(None)
    )
    conditions = [_V.valid_to <= on, known_at(known), _V.region_id.not_in(match_now), *_scope(query)]
    if query.names:
        conditions.append(or_(*(_V.name_folded.startswith(name, autoescape=True) for name in query.names)))
    if query.digits:
        keys = [query.digits, *unpadded(query.digits)]
        of_name = [_V.postcode == query.digits] if query.names else []
        conditions.append(or_(_V.key.in_(keys), _V.ags == query.digits, *of_name))
    return _regions(session, _versions().where(*conditions).order_by(_V.valid_from.desc(), _V.key))


def _scope(query: RegionQuery) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if query.kind is not None:
        found.append(RegionRow.kind == query.kind.value)
    else:
        found.append(or_(_V.text_code.is_(None), _V.text_code != PSEUDO_ASSOCIATION))
    if query.state is not None:
        found.append(_V.key.startswith(query.state, autoescape=True))
    return found


def _conditions(query: RegionQuery) -> list[ColumnElement[bool]]:
    found = _scope(query)
    if query.names:
        found.append(or_(*(_V.name_folded.contains(name, autoescape=True) for name in query.names)))
    if query.digits:
        columns = (_V.postcode, _V.key, _V.ags)
        found.append(or_(*(column.startswith(query.digits, autoescape=True) for column in columns)))
    return found


def _order(query: RegionQuery) -> list[ColumnElement[Any]]:
    """Exact keys and names first, then beginnings, then the larger; of namesakes the municipality first."""
    ranks: list[tuple[ColumnElement[bool], int]] = []
    if query.digits:
        ranks.append((or_(_V.key == query.digits, _V.ags == query.digits, _V.postcode == query.digits), 0))
    for number, name in enumerate(query.names):
        # "Flensburg, Stadt" is what people call Flensburg.
        exact = or_(_V.name_folded == name, _V.name_folded.startswith(name + ",", autoescape=True))
        ranks.append((exact, 1 + number))
    if query.names:
        ranks.append((_V.name_folded.startswith(query.names[0], autoescape=True), 8))
    rank = [case(*ranks, else_=9)] if ranks else []
    return [*rank, func.coalesce(_V.population, -1).desc(), func.length(_V.key).desc(), _V.key.asc()]
