"""Rows of imported registers, and writing what one of them changes.

All of it is called under the ledger lock, with the ``recorded_at`` it gave. Everything is written by statements over
many rows at once: a register has 16,000 of them.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any, TypeVar, cast

from sqlalchemy import ColumnElement, Date, Table, insert, literal, null, select, text, update
from sqlalchemy.orm import Session

from marketplace.domain.folding import fold_place
from marketplace.domain.regions import Region
from marketplace.domain.register import RegionFacts
from marketplace.store.many_ids import among_these
from marketplace.store.regions import load_regions
from marketplace.store.rows import insert_mappings
from marketplace.store.tables import Instant, RegionRow, RegionVersionRow, RegisterRow

CHUNK = 2_000
Item = TypeVar("Item")
_V = RegionVersionRow


@dataclass(frozen=True, slots=True)
class StoredRegister:
    """An imported register: its territory date, source, fingerprint, number of records, when it was recorded."""

    territory_on: date
    source: str
    digest: str
    records: int
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Recording:
    """What all rows of one import share: from which day they hold, when they were recorded."""

    valid_from: date
    recorded_at: datetime


def registers(session: Session) -> list[StoredRegister]:
    """Load all imported registers, the oldest first."""
    rows = session.execute(
        select(
            RegisterRow.territory_on, RegisterRow.source, RegisterRow.digest, RegisterRow.records,
            RegisterRow.recorded_at,
        ).order_by(RegisterRow.territory_on)
    )  # fmt: skip
    return [StoredRegister(*row) for row in rows]


def insert_register(session: Session, register: StoredRegister) -> None:
    """Write that a register was imported."""
    session.execute(
        insert(RegisterRow).values(
            territory_on=register.territory_on,
            source=register.source,
            digest=register.digest,
            records=register.records,
            recorded_at=register.recorded_at,
        )
    )


def open_regions(session: Session) -> list[Region]:
    """Load what is in force without an end, as believed now."""
    return load_regions(session, _V.superseded_at.is_(None), _V.valid_to.is_(None))


def insert_identities(session: Session, regions: Sequence[RegionFacts]) -> list[int]:
    """Write new identities and return their ids in the same order."""
    ids: list[int] = []
    for chunk in _chunks(regions):
        ids += session.scalars(
            insert(RegionRow).returning(RegionRow.id, sort_by_parameter_order=True),
            [{"kind": region.kind.value} for region in chunk],
        )
    return ids


def close_versions(session: Session, region_ids: Iterable[int], recording: Recording) -> None:
    """End open versions on the new register's day: each is superseded, and a copy with an end is added."""
    connection = session.connection()
    for chunk in _chunks(region_ids):
        connection.execute(
            update(_V)
            .where(
                among_these(session, _V.__table__.c.region_id, chunk),
                _V.superseded_at.is_(None),
                _V.valid_to.is_(None),
            )
            .values(superseded_at=recording.recorded_at)
        )
    replaced: dict[str, ColumnElement[Any]] = {
        "valid_to": literal(recording.valid_from, Date()),
        "recorded_at": literal(recording.recorded_at, Instant()),
        "superseded_at": null(),
    }
    copied = [column for column in _V.__table__.columns if column.name != "id"]
    values = [replaced.get(column.name, column).label(column.name) for column in copied]
    session.execute(
        insert(_V).from_select(
            [column.name for column in copied],
            select(*values).where(
                _V.superseded_at == recording.recorded_at, _V.valid_to.is_(None)
            ),
        )
    )  # fmt: skip


def open_versions(
    session: Session,
    versions: Iterable[tuple[int, RegionFacts]],
    recording: Recording,
    done: Callable[[int], None],
) -> None:
    """Write versions that hold from the register's day on; ``done`` is told how many were written each time."""
    # Through the session each pattern of empty fields would be a statement of its own: 40 of them in every chunk.
    statement = insert(cast("Table", _V.__table__))
    for chunk in _chunks(versions):
        rows = [_values(region_id, facts, recording) for region_id, facts in chunk]
        insert_mappings(session, statement, rows)
        done(len(chunk))


def refresh_statistics(session: Session) -> None:
    """Tell PostgreSQL's planner how many rows there are now; by its old figures it joins regions row by row."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("ANALYZE region, region_version, authority"))


def _values(region_id: int, facts: RegionFacts, recording: Recording) -> dict[str, Any]:
    return {
        "region_id": region_id,
        "key": facts.key,
        "ags": facts.ags,
        "name": facts.name,
        "name_folded": fold_place(facts.name),
        "parent_key": facts.parent_key,
        "text_code": facts.text_code,
        "seat": facts.seat,
        "postcode": facts.postcode,
        "population": facts.population,
        "area_ha": facts.area_ha,
        "degurba": facts.degurba,
        "lon": facts.lon,
        "lat": facts.lat,
        "valid_from": recording.valid_from,
        "recorded_at": recording.recorded_at,
    }


def _chunks(items: Iterable[Item]) -> Iterator[list[Item]]:
    remaining = iter(items)
    while chunk := list(islice(remaining, CHUNK)):
        yield chunk
