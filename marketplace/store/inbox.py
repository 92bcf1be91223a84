"""Inboxes: what somebody was told and may still read, read or not, by their own order."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from marketplace.domain.change import MessageKind, ObjectKind
from marketplace.domain.lifecycle import EntryStatus
from marketplace.domain.message import Message
from marketplace.store.notifications import READ, message
from marketplace.store.tables import FollowerRow, MembershipRow, ServiceRow
from marketplace.store.tables import NotificationRow as N

MOST_COUNTED = 100
"""Unread messages are counted up to here: nobody needs to know more, and every page asks."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose inbox is read. ``organisation_id``: of what was told because of organisations, only this one's; None: all."""

    person_id: str | BindParameter[str]
    organisation_id: str | None = None


@dataclass(frozen=True, slots=True)
class InboxFilter:
    """Which messages are listed: those not read yet, those of some kinds (empty: of all)."""

    unread: bool = False
    kinds: frozenset[MessageKind] = frozenset()


def page(session: Session, reader: Reader, wanted: InboxFilter, limit: int, offset: int) -> list[Message]:
    """Return messages, the one that tells of the latest change first."""
    query = select(*READ).where(*_listed(reader, wanted)).order_by(N.position.desc(), N.id.desc())
    return [message(row) for row in session.execute(query.limit(limit).offset(offset)).mappings()]


def count(session: Session, reader: Reader, wanted: InboxFilter) -> int:
    """Return how many messages are listed in all."""
    return session.scalar(select(func.count()).select_from(N).where(*_listed(reader, wanted))) or 0


def count_unread(session: Session, reader: Reader) -> int:
    """Return how many messages are unread, ``MOST_COUNTED`` at most."""
    if reader.organisation_id is None:
        # Every page asks: the statement is made once and run past the ORM.
        found: int = session.connection().execute(_UNREAD, {"person": reader.person_id}).scalar_one()
        return found
    return session.scalar(_unread(reader)) or 0


def mark_read(session: Session, reader: Reader, ids: Collection[int], now: datetime) -> int:
    """Mark messages as read and return how many were unread; what is not in this inbox stays as it is."""
    return _mark(session, reader, N.id.in_(ids), now)


def mark_read_until(session: Session, reader: Reader, position: int, now: datetime) -> int:
    """Mark as read what tells of no change after ``position``, and return how many messages were unread."""
    return _mark(session, reader, N.position <= position, now)


def _mark(session: Session, reader: Reader, which: ColumnElement[bool], now: datetime) -> int:
    readable = select(N.id).where(which, *_listed(reader, InboxFilter(unread=True)))
    marked = session.execute(
        update(N)
        .where(N.id.in_(readable), N.read_at.is_(None))
        .values(read_at=now)
        .returning(N.id)
        .execution_options(synchronize_session=False)
    )
    return len(marked.all())


def _unread(reader: Reader) -> Select[int]:
    some = select(N.id).where(*_listed(reader, InboxFilter(unread=True))).limit(MOST_COUNTED).subquery()
    return select(func.count()).select_from(some)


def _listed(reader: Reader, wanted: InboxFilter) -> list[ColumnElement[bool]]:
    """Return what holds for a message in the list: to this person, still to be read by them, as the filter wants."""
    follower = select(FollowerRow.id).where(FollowerRow.person_id == reader.person_id).scalar_subquery()
    conditions = [
        N.follower_id == follower,
        _of_own_organisations(reader),
        _public(),
    ]
    if wanted.unread:
        conditions.append(N.read_at.is_(None))
    if wanted.kinds:
        conditions.append(N.kind.in_(sorted(wanted.kinds)))
    return conditions


def _of_own_organisations(reader: Reader) -> ColumnElement[bool]:
    own = select(MembershipRow.organisation_id).where(MembershipRow.person_id == reader.person_id)
    if reader.organisation_id is not None:
        own = own.where(MembershipRow.organisation_id == reader.organisation_id)
    return or_(N.organisation_id.is_(None), N.organisation_id.in_(own))


def _public() -> ColumnElement[bool]:
    """What ``domain.message_rights.is_public`` says, for a list that is counted and paged by the database."""
    status = select(ServiceRow.status).where(ServiceRow.id == N.object_id).scalar_subquery()
    return or_(
        N.object_kind != ObjectKind.SERVICE.value,
        status == EntryStatus.PUBLISHED.value,
        and_(N.kind == MessageKind.SERVICE_WITHDRAWN.value, status == EntryStatus.WITHDRAWN.value),
    )


_UNREAD = _unread(Reader(bindparam("person")))
