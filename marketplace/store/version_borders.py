"""Borders between versions of regions: reading those that can move, and moving them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, or_, select, update
from sqlalchemy.orm import Session

from marketplace.domain.borders import Move, Version
from marketplace.store.tables import RegionVersionRow

_V = RegionVersionRow
_CHUNK = 500


def movable_versions(session: Session, first_register: date) -> list[Version]:
    """Load the versions believed now that begin after the first register or have an end."""
    rows = session.execute(
        select(_V.id, _V.region_id, _V.key, _V.text_code, _V.valid_from, _V.valid_to).where(
            _V.superseded_at.is_(None), or_(_V.valid_from > first_register, _V.valid_to.is_not(None))
        )
    )
    return [Version(*row) for row in rows]


def move(session: Session, moves: Sequence[Move], recorded_at: datetime) -> None:
    """Supersede versions by copies with other borders."""
    copied = [column for column in _V.__table__.columns if column.name != "id"]
    for start in range(0, len(moves), _CHUNK):
        chunk = {one.version_id: one for one in moves[start : start + _CHUNK]}
        rows = session.execute(select(_V.id, *copied).where(_V.id.in_(chunk))).mappings().all()
        session.execute(update(_V).where(_V.id.in_(chunk)).values(superseded_at=recorded_at))
        copies: list[dict[str, Any]] = []
        for row in rows:
            wanted = chunk[row["id"]]
            copies.append(
                {
                    **{column.name: row[column.name] for column in copied},
                    "valid_from": wanted.valid_from, "valid_to": wanted.valid_to,
                    "recorded_at": recorded_at, "superseded_at": None,
                }
            )  # fmt: skip
        session.execute(insert(_V), copies)
