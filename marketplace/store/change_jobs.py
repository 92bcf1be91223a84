"""The debt of messages: which changes nobody has been told of yet, shared out among workers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.orm import Session, aliased

from marketplace.store.database import serialise
from marketplace.store.tables import ChangeJobRow as Job
from marketplace.store.tables import ChangeRow

OFTEN = 2
"""A change that was taken so often without end is taken alone: it must not hold up others."""
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class ChangeJob:
    """A change that nobody has been told of; ``attempts`` is how often a worker took it before."""

    position: int
    attempts: int


@dataclass(frozen=True, slots=True)
class ChangeJobState:
    """How many changes wait, when the oldest was recorded, and how many of them were taken often without end."""

    size: int
    oldest: datetime | None
    failing: int


def is_due(session: Session, now: datetime) -> bool:
    """Tell whether a change waits to be told."""
    return session.execute(select(exists().where(Job.due_at <= now))).scalar_one()


def due(session: Session, now: datetime, limit: int) -> list[ChangeJob]:
    """Hold the right to take jobs until the transaction ends, and return up to ``limit`` that are due, in order.

    A change waits while an earlier one of its object is taken or put off: of one object one is told after the other.
    """
    serialise(session, "change_job")
    earlier = aliased(Job)
    waits = exists().where(
        earlier.object == Job.object, earlier.position < Job.position, earlier.due_at > now
    )
    rows = session.execute(
        select(Job.position, Job.attempts)
        .where(Job.due_at <= now, ~waits)
        .order_by(Job.position)
        .limit(limit)
    )
    found = [ChangeJob(row.position, row.attempts) for row in rows]
    return list(takewhile(lambda one: one.attempts < OFTEN, found)) or found[:1]


def take(session: Session, jobs: Sequence[ChangeJob], until: datetime) -> None:
    """Put jobs off until an instant: whoever takes them ends them before, or they are due again."""
    for start in range(0, len(jobs), _CHUNK):
        positions = [one.position for one in jobs[start : start + _CHUNK]]
        session.execute(
            update(Job).where(Job.position.in_(positions)).values(due_at=until, attempts=Job.attempts + 1)
        )


def end(session: Session, positions: Sequence[int]) -> set[int]:
    """Remove jobs in the transaction that makes their messages; return those that were still there.

    What is not among them another worker has told meanwhile.
    """
    ended: set[int] = set()
    for start in range(0, len(positions), _CHUNK):
        chunk = positions[start : start + _CHUNK]
        ended.update(session.scalars(delete(Job).where(Job.position.in_(chunk)).returning(Job.position)))
    return ended


def state(session: Session) -> ChangeJobState:
    """Say how far the telling is behind."""
    size, oldest, failing = session.execute(
        select(
            func.count(Job.position),
            func.min(ChangeRow.recorded_at),
            func.count().filter(Job.attempts >= OFTEN),
        ).join_from(Job, ChangeRow, ChangeRow.position == Job.position)
    ).one()
    return ChangeJobState(size, oldest, failing)
