"""Rows of authority sets: definitions kept by the two times, and the version that a writer must know.

A definition is in force from ``valid_from`` (None: since ever) until the next one (see ``domain.set_versions``); what
was believed before stays readable by its recording. The regional keys that it
names mean whom they meant when it was written: regions get other keys, and keys other regions.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from marketplace.domain.authority import Level, SetDefinition
from marketplace.domain.regions import kind_of_key
from marketplace.store import authorities
from marketplace.store.tables import AuthoritySetRow, AuthoritySetVersionRow

_V = AuthoritySetVersionRow


@dataclass(frozen=True, slots=True)
class StoredSet:
    """A definition, and the version of its set (its ETag; rises with every write)."""

    definition: SetDefinition
    version: int


def set_version(session: Session, set_id: str) -> int | None:
    """Return the version of a set, None where there is no such set."""
    return session.scalar(select(AuthoritySetRow.version).where(AuthoritySetRow.id == set_id))


def definition_at(session: Session, set_id: str, as_of: date, known_at: datetime) -> SetDefinition | None:
    """Return the definition in force on a day as known at an instant, None where there is no such set.

    Before the first recording the first one applies, before the first definition's day that definition.
    """
    row = _in_force(_rows(session, [set_id]), as_of, known_at)
    return replace(_definition(row), meant=_meant(session, row)) if row else None


def believed_definitions(session: Session, set_id: str) -> list[SetDefinition]:
    """Return all definitions of a set as believed now, planned ones too; whom their keys meant is left out."""
    return [_definition(row) for row in _rows(session, [set_id]) if row.superseded_at is None]


def definitions_at(session: Session, as_of: date, known_at: datetime) -> list[StoredSet]:
    """Return all sets with the definition in force, ordered by id; whom their keys meant is left out."""
    by_set: dict[str, list[AuthoritySetVersionRow]] = {}
    for row in _rows(session):
        by_set.setdefault(row.set_id, []).append(row)
    versions = session.execute(
        select(AuthoritySetRow.id, AuthoritySetRow.version).order_by(AuthoritySetRow.id)
    )
    return [
        StoredSet(_definition(stands), version)
        for set_id, version in versions
        if (stands := _in_force(by_set.get(set_id, []), as_of, known_at)) is not None
    ]


def save_definitions(
    session: Session, set_id: str, wanted: Sequence[SetDefinition], recorded_at: datetime, version: int
) -> None:
    """Write what a set says, under the ledger lock; what it said alike stays. ``version`` is the set's new one."""
    if version == 1:
        session.execute(insert(AuthoritySetRow).values(id=set_id, version=1))
    else:
        session.execute(update(AuthoritySetRow).where(AuthoritySetRow.id == set_id).values(version=version))
    believed = [row for row in _rows(session, [set_id]) if row.superseded_at is None]
    stays = [_definition(row) for row in believed]
    outdated = [row.id for row, one in zip(believed, stays, strict=True) if one not in wanted]
    if outdated:
        session.execute(update(_V).where(_V.id.in_(outdated)).values(superseded_at=recorded_at))
    session.execute(insert(_V), [_values(one, recorded_at) for one in wanted if one not in stays])


def _rows(session: Session, set_ids: Iterable[str] | None = None) -> list[AuthoritySetVersionRow]:
    statement = select(_V).order_by(_V.id).execution_options(populate_existing=True)
    if set_ids is not None:
        statement = statement.where(_V.set_id.in_(list(set_ids)))
    return list(session.scalars(statement))


def _meant(session: Session, row: AuthoritySetVersionRow) -> dict[str, int]:
    keys = {key for key in (*row.add, *row.remove) if kind_of_key(key) is not None}
    return authorities.identities_by_key(session, keys, row.recorded_at) if keys else {}


def _in_force(
    rows: list[AuthoritySetVersionRow], as_of: date, known_at: datetime
) -> AuthoritySetVersionRow | None:
    if not rows:
        return None
    known = max(known_at, min(row.recorded_at for row in rows))
    believed = sorted(
        (
            row for row in rows
            if row.recorded_at <= known and (row.superseded_at is None or row.superseded_at > known)
        ),
        key=lambda row: row.valid_from or date.min,
    )  # fmt: skip
    begun = [row for row in believed if (row.valid_from or date.min) <= as_of] or believed[:1]
    current = begun[-1] if begun else None
    if current is None or (current.valid_to is not None and current.valid_to <= as_of):
        return None
    return current


def _definition(row: AuthoritySetVersionRow) -> SetDefinition:
    return SetDefinition(
        id=row.set_id,
        name=row.name,
        level=_level(row.level),
        states={state: _level(level) for state, level in row.states.items()},
        add=tuple(row.add),
        remove=tuple(row.remove),
        reason=row.reason,
        source=row.source,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )


def _level(value: str | None) -> Level | None:
    return None if value is None else Level(value)


def _values(definition: SetDefinition, recorded_at: datetime) -> dict[str, Any]:
    return {
        "set_id": definition.id,
        "name": definition.name,
        "level": definition.level,
        "states": dict(definition.states),
        "add": list(definition.add),
        "remove": list(definition.remove),
        "reason": definition.reason,
        "source": definition.source,
        "valid_from": definition.valid_from,
        "valid_to": definition.valid_to,
        "recorded_at": recorded_at,
    }
