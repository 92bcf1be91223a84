"""What lies on a publisher's desk: the entries of an organisation with what is in work, withdrawn or old about them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from marketplace.domain.lifecycle import EntryStatus
from marketplace.store.ordering import by_code_point
from marketplace.store.tables import (
    RevisionCommentRow,
    ServiceRevisionRow,
    ServiceRow,
    ServiceWithdrawalRow,
)


@dataclass(frozen=True, slots=True)
class RevisionInWork:
    """What is in work on an entry: where it stands, who wrote in it, and what was said about it."""

    state: EntryStatus
    editors: tuple[str, ...]
    edited_at: datetime
    edited_by: str
    submitted_at: datetime | None
    submitted_by: str | None
    returned_at: datetime | None
    returned_by: str | None
    returned_reason: str | None


@dataclass(frozen=True, slots=True)
class PublishedEntry:
    """An entry of a publisher with what stands beside it. ``withdrawn_on`` may lie ahead: then it is planned."""

    id: str
    name: str
    status: EntryStatus
    part_of: str | None
    updated_at: datetime
    reviewed_at: datetime | None
    revision: RevisionInWork | None
    open_remarks: int
    withdrawn_on: date | None
    successor_id: str | None


def entries_of(session: Session, publisher: str) -> list[PublishedEntry]:
    """Return all entries of a publisher by name; two queries, however many there are."""
    remarks = _open_remarks(session, publisher)
    query = (
        select(ServiceRow, ServiceRevisionRow, ServiceWithdrawalRow)
        .outerjoin(ServiceRevisionRow, ServiceRevisionRow.service_id == ServiceRow.id)
        .outerjoin(ServiceWithdrawalRow, ServiceWithdrawalRow.service_id == ServiceRow.id)
        .where(ServiceRow.publisher_id == publisher)
        .order_by(by_code_point(session, ServiceRow.name_folded), by_code_point(session, ServiceRow.id))
    )
    return [_entry(*row, remarks) for row in session.execute(query)]


def mark_reviewed(session: Session, service_id: str, now: datetime) -> None:
    """Keep that all of an entry still holds; neither its version nor its day of change moves."""
    session.execute(
        update(ServiceRow)
        .where(ServiceRow.id == service_id)
        .values(reviewed_at=now)
        .execution_options(synchronize_session=False)
    )


def _entry(
    entry: ServiceRow,
    revision: ServiceRevisionRow | None,
    withdrawal: ServiceWithdrawalRow | None,
    remarks: Mapping[str, int],
) -> PublishedEntry:
    return PublishedEntry(
        id=entry.id,
        name=entry.name,
        status=EntryStatus(entry.status),
        part_of=entry.part_of,
        updated_at=entry.updated_at,
        reviewed_at=entry.reviewed_at,
        revision=None if revision is None else _in_work(revision),
        open_remarks=remarks.get(entry.id, 0),
        withdrawn_on=None if withdrawal is None else withdrawal.withdrawn_on,
        successor_id=None if withdrawal is None else withdrawal.successor_id,
    )


def _in_work(row: ServiceRevisionRow) -> RevisionInWork:
    return RevisionInWork(
        EntryStatus(row.state), tuple(row.editors), row.edited_at, row.edited_by, row.submitted_at,
        row.submitted_by, row.returned_at, row.returned_by, row.returned_reason,
    )  # fmt: skip


def _open_remarks(session: Session, publisher: str) -> Mapping[str, int]:
    query = (
        select(RevisionCommentRow.service_id, func.count().label("remarks"))
        .join(ServiceRow, ServiceRow.id == RevisionCommentRow.service_id)
        .where(ServiceRow.publisher_id == publisher, RevisionCommentRow.resolved_at.is_(None))
        .group_by(RevisionCommentRow.service_id)
    )
    return {row.service_id: row.remarks for row in session.execute(query)}
