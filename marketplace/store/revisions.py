"""What is in work on entries: one open revision an entry, read and written whole."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from marketplace.domain.lifecycle import EntryStatus
from marketplace.domain.revision import Revision, was_published
from marketplace.domain.service import Service
from marketplace.domain.service_json import service_as_dict, service_from_dict
from marketplace.store.tables import ServiceRevisionRow, ServiceRow

CHUNK = 500
_NAMES = (
    "base_version", "edited_at", "edited_by", "organisation_id", "note", "submitted_at", "submitted_by",
    "returned_at", "returned_by", "returned_reason",
)  # fmt: skip


def lock_entry(session: Session, service_id: str) -> None:
    """Let nobody else write this entry until the transaction ends; events about it may be recorded meanwhile.

    Who needs the ledger lock too takes it before, as everybody does.
    """
    session.execute(select(ServiceRow.id).where(ServiceRow.id == service_id).with_for_update(key_share=True))


def revision_of(session: Session, service: Service) -> Revision:
    """Return what is in work on an entry, or the entry as it stands where nothing is."""
    return revisions_of(session, [service]).get(service.id) or _at_rest(service)


def revisions_of(session: Session, services: Iterable[Service]) -> dict[str, Revision]:
    """Return the open revisions of some entries, those that have one; one query for up to 500."""
    known = {service.id: service for service in services}
    ids = list(known)
    found: dict[str, Revision] = {}
    for start in range(0, len(ids), CHUNK):
        rows = session.execute(
            select(ServiceRevisionRow.__table__).where(
                ServiceRevisionRow.service_id.in_(ids[start : start + CHUNK])
            )
        )
        found |= {row.service_id: _revision(row, known[row.service_id]) for row in rows}
    return found


def waiting_ids(session: Session, organisation_id: str | None, limit: int) -> list[str]:
    """Return the entries of an organisation (None: of all) whose revision waits for review, the oldest first."""
    statement = (
        select(ServiceRevisionRow.service_id)
        .join(ServiceRow, ServiceRow.id == ServiceRevisionRow.service_id)
        .where(ServiceRevisionRow.state == EntryStatus.IN_REVIEW)
        .order_by(ServiceRevisionRow.submitted_at, ServiceRevisionRow.service_id)
        .limit(limit)
    )
    if organisation_id is not None:
        statement = statement.where(ServiceRow.publisher_id == organisation_id)
    return list(session.scalars(statement))


def save(session: Session, revisions: Sequence[Revision]) -> None:
    """Write open revisions, each in place of the one before it."""
    if not revisions:
        return
    upsert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = upsert(ServiceRevisionRow)
    fresh = {name: statement.excluded[name] for name in (*_NAMES, "state", "fields", "editors")}
    session.execute(
        statement.on_conflict_do_update(index_elements=[ServiceRevisionRow.service_id], set_=fresh),
        [_values(revision) for revision in revisions],
    )


def remove(session: Session, service_id: str) -> None:
    """End what is in work on an entry."""
    session.execute(
        delete(ServiceRevisionRow)
        .where(ServiceRevisionRow.service_id == service_id)
        .execution_options(synchronize_session=False)
    )


def _at_rest(service: Service) -> Revision:
    return Revision(
        service=service,
        base_version=service.version if was_published(service) else 0,
        edited_at=service.updated_at,
        organisation_id=service.publisher,
        is_open=False,
    )


def _values(revision: Revision) -> dict[str, Any]:
    return {
        **{name: getattr(revision, name) for name in _NAMES},
        "service_id": revision.service.id,
        "state": revision.service.status.value,
        "fields": service_as_dict(revision.service),
        "editors": list(revision.editors),
    }


def _revision(row: Any, service: Service) -> Revision:
    """``service`` is the entry as it stands: a version is its own, and never the one a revision was written at."""
    said = {
        **row.fields,
        "id": service.id,
        "status": row.state,
        "version": row.base_version or service.version,
        "created_at": service.created_at.isoformat() if service.created_at else None,
        "updated_at": row.edited_at.isoformat(),
    }
    return Revision(
        service=service_from_dict(said),
        editors=tuple(row.editors),
        **{name: getattr(row, name) for name in _NAMES},
    )
