"""Rows of attributes of authorities: kept by when they were recorded, read by statistics that group by them.

An attribute has no day from which it is so: it holds from its recording until a later one takes it back. Before its
first recording it is unknown, so what is recorded today changes no figure at an earlier ``known_at``.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, insert, or_, select, update
from sqlalchemy.orm import Session

from marketplace.store.tables import AuthorityAttributeRow as A

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Attribute:
    """One value that a source gives for an authority."""

    id: int
    authority_id: int
    name: str
    value: str
    source: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class NewAttribute:
    """A value on its way in."""

    authority_id: int
    name: str
    value: str
    source: str


def _known(at: datetime | None) -> ColumnElement[bool]:
    if at is None:
        return A.superseded_at.is_(None)
    return and_(A.recorded_at <= at, or_(A.superseded_at.is_(None), A.superseded_at > at))


def values_of(session: Session, name: str, known_at: datetime) -> dict[int, tuple[str, ...]]:
    """Return the values of one attribute by authority identity, as known at an instant: each once, in order.

    Authorities of which nothing is known are left out. Several sources may give an authority several values.
    """
    found: dict[int, set[str]] = defaultdict(set)
    query = select(A.authority_id, A.value).where(A.name == name, _known(known_at))
    for authority_id, value in session.execute(query):
        found[authority_id].add(value)
    return {authority_id: tuple(sorted(values)) for authority_id, values in found.items()}


def of_authorities(
    session: Session, authority_ids: Collection[int], known_at: datetime | None = None
) -> list[Attribute]:
    """Return what is on record for some authorities (None: as believed now), by name, value and source."""
    found: list[Attribute] = []
    wanted = sorted(authority_ids)
    for start in range(0, len(wanted), _CHUNK):
        query = select(A.id, A.authority_id, A.name, A.value, A.source, A.recorded_at).where(
            A.authority_id.in_(wanted[start : start + _CHUNK]), _known(known_at)
        )
        found += [Attribute(*row) for row in session.execute(query)]
    return sorted(found, key=lambda one: (one.name, one.value, one.source, one.authority_id))


def write(
    session: Session, new: Sequence[NewAttribute], outdated: Iterable[int], recorded_at: datetime
) -> None:
    """Take values back by row id and add others, under the ledger lock."""
    ids = sorted(outdated)
    for start in range(0, len(ids), _CHUNK):
        chunk = ids[start : start + _CHUNK]
        session.execute(update(A).where(A.id.in_(chunk)).values(superseded_at=recorded_at))
    if new:
        rows: list[Mapping[str, object]] = [
            {
                "authority_id": one.authority_id, "name": one.name, "value": one.value, "source": one.source,
                "recorded_at": recorded_at,
            }
            for one in new
        ]  # fmt: skip
        session.execute(insert(A), rows)
