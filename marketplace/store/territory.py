"""The territory of one day, as known at an instant; loaded once a process and kept.

Regions change only where a register or a confirmed succession says so. These days are the borders: between two of
them every day has the same territory. So what is kept is named by its border and by the last recording that was known.
"""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date, datetime
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, func, literal, null, select, union_all
from sqlalchemy.orm import Session

from marketplace.domain.regions import Territory, with_association_sums
from marketplace.store import regions, successions
from marketplace.store.tables import Instant, RegionVersionRow, RegisterRow, SuccessionRow

KEPT_TERRITORIES = 8
"""How many territories a process keeps for each database; one takes about 10 MB."""

# Built once: nearly every figure asks, and making the statement costs more than running it.
_BORDERS = union_all(
    select(
        RegisterRow.territory_on.label("day"),
        RegisterRow.recorded_at.label("recorded_at"),
        null().cast(Instant).label("superseded_at"),
        RegisterRow.digest.label("digest"),
        select(func.coalesce(func.max(RegionVersionRow.id), 0)).scalar_subquery().label("last_version"),
    ),
    select(
        SuccessionRow.effective_on, SuccessionRow.recorded_at, SuccessionRow.superseded_at, null(), literal(0)
    ),
)
_kept: WeakKeyDictionary[Engine, OrderedDict[Hashable, Territory]] = WeakKeyDictionary()
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Standing:
    """Which territory a question means.

    ``on`` is the border: the territory date of the register (or the day of a succession) that ruled on the day asked
    for, the first register's where the day lies before it. ``known`` is the last recording of regions that was known
    then, the first one where nothing was. ``is_register``: the border is a register's own day. ``digests`` and ``last_version_id`` tell databases of the same address apart.
    """

    on: date
    known: datetime
    is_register: bool
    digests: tuple[str, ...]
    last_version_id: int


def standing(session: Session, as_of: date, known_at: datetime) -> Standing | None:
    """Tell which border and which knowledge apply, None while no register has been imported."""
    rows = session.connection().execute(_BORDERS).all()
    registers = [row for row in rows if row.digest is not None]
    if not registers:
        return None
    known = max(known_at, min(row.recorded_at for row in registers))
    believed = [
        row for row in rows
        if row.recorded_at <= known and (row.superseded_at is None or row.superseded_at > known)
    ]  # fmt: skip
    first_on = min(row.day for row in believed if row.digest is not None)
    day = max(as_of, first_on)
    instants = [row.recorded_at for row in rows] + [row.superseded_at for row in rows if row.superseded_at]
    on = max(row.day for row in believed if row.day <= day)
    return Standing(
        on=on,
        known=max(instant for instant in instants if instant <= known),
        is_register=any(row.day == on for row in believed if row.digest is not None),
        digests=tuple(sorted(row.digest for row in registers)),
        last_version_id=max(row.last_version for row in rows),
    )


def territory_at(session: Session, as_of: date, known_at: datetime) -> Territory:
    """Return all regions that stood on ``as_of``, as known at ``known_at``.

    Before the first register its territory is used, before the first recording the first one; ``Territory.on`` says
    which register's (or succession's) day it is, None where no register has been imported. The result is shared:
    never change it.
    """
    found = standing(session, as_of, known_at)
    return Territory(None) if found is None else territory_of(session, found)


def territory_of(session: Session, found: Standing) -> Territory:
    """Return all regions of the territory that a question means; the result is shared: never change it."""
    engine = _engine(session)
    with _lock:
        kept = _kept.setdefault(engine, OrderedDict())
        if (territory := kept.get(found)) is not None:
            kept.move_to_end(found)
            return territory
    standing_then = regions.regions_in_force(session, found.on, found.known)
    territory = Territory.of(
        found.on,
        standing_then if found.is_register else with_association_sums(standing_then),
        successions.decided_by(session, found.on, found.known),
    )
    with _lock:
        kept[found] = territory
        while len(kept) > KEPT_TERRITORIES:
            kept.popitem(last=False)
    return territory


def territory_dates(session: Session) -> list[date]:
    """Return the territory dates of the imported registers, the oldest first."""
    return list(session.scalars(select(RegisterRow.territory_on).order_by(RegisterRow.territory_on)))


def first_territory_on(session: Session) -> date | None:
    """Return the territory date of the first register, None while there is none."""
    return session.scalar(select(func.min(RegisterRow.territory_on)))


def _engine(session: Session) -> Engine:
    bind = session.get_bind()
    return bind if isinstance(bind, Engine) else bind.engine
