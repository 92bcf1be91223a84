"""Rows of authorities: the identities that the ledger knows."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from marketplace.domain.authority import NamedAuthority
from marketplace.domain.regions import RegionKind, Territory
from marketplace.store import regions
from marketplace.store.many_ids import among_these
from marketplace.store.tables import AuthorityRow, RegionVersionRow

_MAX_KEYS = 5_000


@dataclass(frozen=True, slots=True)
class NewAuthority:
    """An authority without a regional key on its way in; ``region_key`` is the key of its region today."""

    region_id: int
    region_key: str
    key: str
    name: str
    kind: str


def named_authorities(session: Session, territory: Territory | None = None) -> list[NamedAuthority]:
    """Load the authorities that have a key of their own, ordered by it.

    ``region_key`` is the key of their region in ``territory``, or of the region that holds its place there; without
    one, or where there is none, the key of the region's latest version.
    """
    latest = (
        select(RegionVersionRow.key)
        .where(RegionVersionRow.region_id == AuthorityRow.region_id, RegionVersionRow.superseded_at.is_(None))
        .order_by(RegionVersionRow.valid_from.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            AuthorityRow.id, AuthorityRow.key, AuthorityRow.name, AuthorityRow.kind, AuthorityRow.region_id,
            latest.label("region_key"),
        )
        .where(AuthorityRow.key.is_not(None))
        .order_by(AuthorityRow.key)
    ).all()  # fmt: skip
    wanted = {row.region_id for row in rows}
    then: dict[int, str] = {}
    if territory and wanted:
        then = territory.places | {r.region_id: r.key for r in territory if r.region_id in wanted}
    return [
        NamedAuthority(row.id, row.key, row.name, row.kind, then.get(row.region_id, row.region_key))
        for row in rows
    ]


def region_ids(session: Session) -> dict[str, int]:
    """Return the identities of the regions that authorities with a key of their own are on record in, by that key."""
    rows = session.execute(
        select(AuthorityRow.key, AuthorityRow.region_id).where(AuthorityRow.key.is_not(None))
    )
    return {key: region_id for key, region_id in rows if key is not None}


def identities_by_key(session: Session, keys: Collection[str], known: datetime) -> dict[str, int]:
    """Return the identities of the administrations of the regions that had these keys last, as known at an instant."""
    found: dict[str, int] = {}
    wanted = sorted(keys)
    for start in range(0, len(wanted), _MAX_KEYS):
        rows = session.execute(
            select(RegionVersionRow.key, AuthorityRow.id)
            .join(AuthorityRow, AuthorityRow.region_id == RegionVersionRow.region_id)
            .where(
                AuthorityRow.key.is_(None),
                RegionVersionRow.key.in_(wanted[start : start + _MAX_KEYS]),
                regions.known_at(known),
            )
            .order_by(RegionVersionRow.valid_from)
        )
        found.update((key, identity) for key, identity in rows)
    return found


def insert_own(session: Session, new: Sequence[tuple[int, RegionKind]]) -> None:
    """Give regions (identity and kind) an administration of their own."""
    if new:
        session.execute(
            insert(AuthorityRow),
            [{"region_id": region_id, "kind": kind.value} for region_id, kind in new],
        )


def insert_named(session: Session, new: Sequence[NewAuthority]) -> None:
    """Add authorities that have no regional key."""
    if new:
        session.execute(
            insert(AuthorityRow),
            [{"region_id": one.region_id, "key": one.key, "name": one.name, "kind": one.kind} for one in new],
        )


def rename(session: Session, names: Mapping[str, str]) -> None:
    """Give authorities, by their own keys, other names."""
    for key, name in names.items():
        session.execute(update(AuthorityRow).where(AuthorityRow.key == key).values(name=name))


def count(session: Session) -> int:
    """Count all authorities."""
    return session.scalar(select(func.count()).select_from(AuthorityRow)) or 0


def names_by_id(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """Return the names of authorities by identity: their own, or that of their region's latest version."""
    latest = (
        select(RegionVersionRow.name)
        .where(RegionVersionRow.region_id == AuthorityRow.region_id, RegionVersionRow.superseded_at.is_(None))
        .order_by(RegionVersionRow.valid_from.desc())
        .limit(1)
        .scalar_subquery()
    )
    wanted = among_these(session, AuthorityRow.__table__.c.id, sorted(set(ids)))
    rows = session.execute(select(AuthorityRow.id, func.coalesce(AuthorityRow.name, latest)).where(wanted))
    return {row[0]: row[1] for row in rows}
