"""Every version of an entry that the public saw, kept whole."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, tuple_
from sqlalchemy.orm import Session

from marketplace.domain.lifecycle import EntryStatus
from marketplace.domain.revision import ServiceVersion, VersionHead
from marketplace.domain.service_json import service_as_dict, service_from_dict
from marketplace.store.tables import ServiceVersionRow

CHUNK = 500
_NAMES = ("version", "published_at", "edited_by", "approved_by", "organisation_id", "note", "own_review")
_V = ServiceVersionRow.__table__
_HEAD = [_V.c[name] for name in ("status", *_NAMES)]


def keep(session: Session, versions: Sequence[ServiceVersion]) -> None:
    """Keep versions, many in one statement.

    Raises:
        IntegrityError: one of them is kept already.
    """
    if versions:
        session.execute(insert(ServiceVersionRow), [_values(version) for version in versions])


def newest_kept(session: Session, service_ids: Iterable[str]) -> dict[str, int]:
    """Return the newest kept version of each of some entries, of those that have one."""
    ids = list(service_ids)
    found: dict[str, int] = {}
    for start in range(0, len(ids), CHUNK):
        rows = session.execute(
            select(ServiceVersionRow.service_id, func.max(ServiceVersionRow.version).label("newest"))
            .where(ServiceVersionRow.service_id.in_(ids[start : start + CHUNK]))
            .group_by(ServiceVersionRow.service_id)
        )
        found |= {row.service_id: row.newest for row in rows}
    return found


def versions_of(
    session: Session, service_id: str, limit: int | None = None, offset: int = 0
) -> list[ServiceVersion]:
    """Return the versions of an entry, the newest first."""
    statement = select(_V).where(_V.c.service_id == service_id).order_by(_V.c.version.desc())
    return [_version(row) for row in session.execute(statement.limit(limit).offset(offset))]


def heads_of(session: Session, service_id: str, limit: int, offset: int) -> list[VersionHead]:
    """Return what is known of the versions of an entry beside what they say, the newest first."""
    statement = select(*_HEAD).where(_V.c.service_id == service_id).order_by(_V.c.version.desc())
    rows = session.execute(statement.limit(limit).offset(offset))
    return [VersionHead(status=EntryStatus(row.status), **_named(row)) for row in rows]


def count(session: Session, service_id: str) -> int:
    """Return how many versions of an entry are kept."""
    return session.scalar(select(func.count()).where(_V.c.service_id == service_id)) or 0


def numbered(session: Session, service_id: str, version: int) -> ServiceVersion | None:
    """Return one version of an entry."""
    return _one(session, _V.c.service_id == service_id, _V.c.version == version)


def numbered_of(
    session: Session, wanted: Collection[tuple[str, int]]
) -> dict[tuple[str, int], ServiceVersion]:
    """Return some versions by id of the entry and number, those that are kept."""
    listed = sorted(set(wanted))
    found: dict[tuple[str, int], ServiceVersion] = {}
    for start in range(0, len(listed), CHUNK):
        chosen = tuple_(_V.c.service_id, _V.c.version).in_(listed[start : start + CHUNK])
        for row in session.execute(select(_V).where(chosen)):
            found[row.service_id, row.version] = _version(row)
    return found


def before(session: Session, service_id: str, version: int) -> ServiceVersion | None:
    """Return the version that the public saw before this one, None where it was the first."""
    return _one(session, _V.c.service_id == service_id, _V.c.version < version)


def standing_at(session: Session, service_id: str, instant: datetime) -> ServiceVersion | None:
    """Return the version that the public saw at an instant."""
    return _one(session, _V.c.service_id == service_id, _V.c.published_at <= instant)


def published_after(session: Session, instant: datetime) -> set[str]:
    """Return the entries that were published anew, or withdrawn, after an instant."""
    return set(session.scalars(select(_V.c.service_id).where(_V.c.published_at > instant).distinct()))


def last_published_at(session: Session) -> datetime | None:
    """Return when an entry was last published or withdrawn, None before the first."""
    found: datetime | None = session.scalar(select(func.max(_V.c.published_at)))
    return found


def first_published_at(session: Session) -> datetime | None:
    """Return when the first entry of all was published, None before that."""
    found: datetime | None = session.scalar(select(func.min(_V.c.published_at)))
    return found


def standing_of_some(
    session: Session, service_ids: Collection[str], instant: datetime
) -> dict[str, ServiceVersion]:
    """Return the versions that the public saw of some entries at an instant, of those that it saw by then."""
    listed = sorted(service_ids)
    found: dict[str, ServiceVersion] = {}
    for start in range(0, len(listed), CHUNK):
        newest = (
            select(_V.c.service_id, func.max(_V.c.version).label("version"))
            .where(_V.c.service_id.in_(listed[start : start + CHUNK]), _V.c.published_at <= instant)
            .group_by(_V.c.service_id)
            .subquery()
        )
        of_newest = (_V.c.service_id == newest.c.service_id) & (_V.c.version == newest.c.version)
        for row in session.execute(select(_V).join(newest, of_newest)):
            found[row.service_id] = _version(row)
    return found


def _one(session: Session, *conditions: Any) -> ServiceVersion | None:
    row = session.execute(select(_V).where(*conditions).order_by(_V.c.version.desc()).limit(1)).one_or_none()
    return None if row is None else _version(row)


def _values(version: ServiceVersion) -> dict[str, Any]:
    return {
        **{name: getattr(version, name) for name in _NAMES},
        "service_id": version.service.id,
        "status": version.status.value,
        "fields": service_as_dict(version.service),
    }


def _version(row: Any) -> ServiceVersion:
    return ServiceVersion(
        status=EntryStatus(row.status), service=service_from_dict(row.fields), **_named(row)
    )


def _named(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _NAMES}
