"""Rows of successions: what became of a region that ended, and where a new one comes from."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, exists, insert, not_, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from marketplace.domain.regions import Region
from marketplace.domain.successions import Succeeded, SuccessionKind, is_undecided
from marketplace.store.regions import known_at, latest_versions
from marketplace.store.tables import AuthorityRow, RegionRow, RegionVersionRow, SuccessionRow

_S, _V = SuccessionRow, RegionVersionRow


@dataclass(frozen=True, slots=True)
class StoredSuccession:
    """A decision: what went where (identities of regions), how, on which day, who says so."""

    id: int
    predecessor_id: int
    successor_id: int
    kind: str
    effective_on: date
    source: str


def _believed(known: datetime) -> ColumnElement[bool]:
    return and_(_S.recorded_at <= known, or_(_S.superseded_at.is_(None), _S.superseded_at > known))


def in_force(session: Session) -> list[StoredSuccession]:
    """Load all decisions as believed now."""
    rows = session.execute(
        select(_S.id, _S.predecessor_id, _S.successor_id, _S.kind, _S.effective_on, _S.source)
        .where(_S.superseded_at.is_(None))
        .order_by(_S.id)
    )
    return [StoredSuccession(*row) for row in rows]


def decided_by(session: Session, day: date, known: datetime) -> list[tuple[int, int]]:
    """Load what had gone into what by a day, as known at an instant: identities of regions."""
    rows = session.execute(
        select(_S.predecessor_id, _S.successor_id).where(_S.effective_on <= day, _believed(known))
    )
    return [(predecessor, successor) for predecessor, successor in rows]


def supersede(session: Session, ids: Iterable[int], recorded_at: datetime) -> None:
    """Take decisions back from an instant on; they stay known for what was asked before."""
    wanted = sorted(ids)
    if wanted:
        session.execute(update(_S).where(_S.id.in_(wanted)).values(superseded_at=recorded_at))


def add(session: Session, decisions: Sequence[StoredSuccession], recorded_at: datetime) -> None:
    """Write decisions; their ``id`` is not read."""
    rows = [
        {
            "predecessor_id": one.predecessor_id, "successor_id": one.successor_id, "kind": one.kind,
            "effective_on": one.effective_on, "source": one.source, "recorded_at": recorded_at,
        }
        for one in decisions
    ]  # fmt: skip
    if rows:
        session.execute(insert(_S), rows)


def successors_of(session: Session, region_id: int, known: datetime) -> list[Succeeded]:
    """Load the regions that a region was merged or split into, as known at an instant, by key."""
    return _load(session, _S.predecessor_id, _S.successor_id, region_id, known)


def predecessors_of(session: Session, region_id: int, known: datetime) -> list[Succeeded]:
    """Load the regions that a region took over or was split from, as known at an instant, by key."""
    return _load(session, _S.successor_id, _S.predecessor_id, region_id, known)


def _load(
    session: Session,
    own: InstrumentedAttribute[int],
    other: InstrumentedAttribute[int],
    region_id: int,
    known: datetime,
) -> list[Succeeded]:
    rows = session.execute(
        select(other, _S.kind, _S.effective_on, _S.source).where(own == region_id, _believed(known))
    ).all()
    decisions = {identity: (SuccessionKind(kind), on, source) for identity, kind, on, source in rows}
    return [
        Succeeded(region, *decisions[region.region_id])
        for region in latest_versions(session, decisions, known)
    ]


def predecessors_by_authority(
    session: Session, as_of: date, known: datetime
) -> Mapping[int, tuple[int, ...]]:
    """Load who took over from whom by ``as_of``, as known at an instant.

    The key is the authority of a region that a reform made (it has no version before the day it succeeded on), the
    value the authorities of all regions it was made of. A region that was there before keeps its own records and is
    left out, as is what had no authority.
    """
    was_there = exists().where(
        _V.region_id == _S.successor_id, _V.valid_from < _S.effective_on, known_at(known)
    )
    decided = session.execute(
        select(_S.successor_id, _S.predecessor_id).where(
            _S.effective_on <= as_of, _believed(known), not_(was_there)
        )
    ).all()
    if not decided:
        return {}
    # By their ids: joined in one statement, SQLite would go through all authorities twice.
    bodies = {region_id for pair in decided for region_id in pair}
    own = {
        row.region_id: row.id
        for row in session.execute(
            select(AuthorityRow.region_id, AuthorityRow.id).where(
                AuthorityRow.region_id.in_(bodies), AuthorityRow.key.is_(None)
            )
        )
    }
    found: defaultdict[int, set[int]] = defaultdict(set)
    for successor, predecessor in decided:
        if successor in own and predecessor in own:
            found[own[successor]].add(own[predecessor])
    return {successor: tuple(sorted(before)) for successor, before in sorted(found.items())}


def ended_undecided(session: Session, known: datetime) -> list[Region]:
    """Load the regions that ended and of which nobody has said what became of them, by key, as they were last.

    Pseudo associations only stand for a municipality and are left out.
    """
    stands = exists().where(_V.region_id == RegionRow.id, _V.valid_to.is_(None), known_at(known))
    decided = exists().where(_S.predecessor_id == RegionRow.id, _believed(known))
    was_known = exists().where(_V.region_id == RegionRow.id, known_at(known))
    ids = session.scalars(select(RegionRow.id).where(not_(stands), not_(decided), was_known)).all()
    return [region for region in latest_versions(session, ids, known) if is_undecided(region)]
