"""Which steps of running workers fail."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from marketplace.store.tables import StepFailureRow as Row

MAX_ERROR = 500
_KEY = ("worker", "lane", "step")


@dataclass(frozen=True, slots=True)
class StepFailure:
    """A step that failed ``failures`` times in a row since ``since``; it is tried again at ``retry_at``."""

    worker: str
    lane: str
    step: str
    failures: int
    since: datetime
    retry_at: datetime
    error: str


def note(session: Session, failure: StepFailure) -> None:
    """Keep how a step fails now."""
    upsert: Any = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    values: Mapping[str, Any] = {
        "worker": failure.worker, "lane": failure.lane, "step": failure.step, "failures": failure.failures,
        "since": failure.since, "retry_at": failure.retry_at, "error": failure.error[:MAX_ERROR],
    }  # fmt: skip
    changed = {name: value for name, value in values.items() if name not in _KEY}
    session.execute(upsert(Row).values(values).on_conflict_do_update(index_elements=_KEY, set_=changed))


def forget(session: Session, worker: str, lane: str, step: str) -> None:
    """Forget that a step failed: it succeeded."""
    session.execute(delete(Row).where(Row.worker == worker, Row.lane == lane, Row.step == step))


def forget_gone(session: Session, before: datetime) -> None:
    """Forget what was to be tried again before an instant and was not: the worker is gone."""
    session.execute(delete(Row).where(Row.retry_at < before))


def standing(session: Session, since: datetime) -> list[StepFailure]:
    """Return what fails and is or was to be tried again after an instant, by lane and step."""
    rows = session.execute(
        select(Row.worker, Row.lane, Row.step, Row.failures, Row.since, Row.retry_at, Row.error)
        .where(Row.retry_at >= since)
        .order_by(Row.lane, Row.step, Row.since)
    )
    return [StepFailure(*row) for row in rows]
