"""The debt of messages: which changes nobody has been told of yet, shared out among workers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, func, select, update
from sqlalchemy.orm import Session, aliased

from marketplace.store.database import serialise
from marketplace.store.tables import ChangeJobRow as Job
from marketplace.store.tables import ChangeRow

OFTEN = 2
"""A change that failed so often failed alone too."""
MAX_ERROR = 500
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class ChangeJob:
    """A change that nobody has been told of; ``attempts`` is how often that failed, alone or with others."""

    position: int
    attempts: int


@dataclass(frozen=True, slots=True)
class ChangeJobState:
    """How many changes wait, when the oldest was recorded, how many fail again and again, and the newest reason."""

    size: int
    oldest: datetime | None
    failing: int
    last_error: str | None


def is_due(session: Session, now: datetime) -> bool:
    """Tell whether a change waits to be told."""
    return session.execute(select(exists().where(Job.due_at <= now))).scalar_one()


def due(session: Session, now: datetime, limit: int) -> list[ChangeJob]:
    """Hold the right to take jobs until the transaction ends, and return up to ``limit`` that are due, in order.

    A change waits while an earlier one of its object is taken or put off: of one object one is told after the other.
    One that failed before is returned alone.
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
    return list(takewhile(lambda one: one.attempts == 0, found)) or found[:1]


def take(session: Session, jobs: Sequence[ChangeJob], until: datetime) -> None:
    """Put jobs off until an instant: whoever takes them ends or renews them before, or they are due again."""
    _change(session, [one.position for one in jobs], due_at=until)


def renew(session: Session, positions: Sequence[int], held_until: datetime, until: datetime) -> None:
    """Put those jobs off further that were held until an instant and that nobody ended or took since."""
    _change(session, positions, Job.due_at == held_until, due_at=until)


def fail(
    session: Session, positions: Sequence[int], held_until: datetime, due_at: datetime, error: str
) -> None:
    """Note why jobs that are still held as they were could not be ended, and when they are due again."""
    _change(
        session, positions, Job.due_at == held_until,
        due_at=due_at, attempts=Job.attempts + 1, last_error=error[:MAX_ERROR],
    )  # fmt: skip


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
    last_error = session.scalar(
        select(Job.last_error).where(Job.attempts >= OFTEN).order_by(Job.due_at.desc()).limit(1)
    )
    return ChangeJobState(size, oldest, failing, last_error)


def _change(
    session: Session, positions: Sequence[int], *conditions: ColumnElement[bool], **values: Any
) -> None:
    for start in range(0, len(positions), _CHUNK):
        its = Job.position.in_(positions[start : start + _CHUNK])
        session.execute(
            update(Job).where(its, *conditions).values(**values).execution_options(synchronize_session=False)
        )
