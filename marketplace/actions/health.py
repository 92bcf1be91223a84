"""Whether this process can serve: database, migrations, search, and what the index is owed."""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from marketplace.actions.context import Context
from marketplace.actions.worker_status import WorkerStatus, status_in
from marketplace.errors import SearchUnavailable
from marketplace.store import outbox, schema

UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Readiness:
    """How the parts are.

    ``ok`` needs the database at the newest migration. A search engine that is down does not take the process out
    of service, because everything but search goes on: ``search`` then says ``unavailable``. ``outbox_lag_seconds``
    is the age of the oldest debt to the index (None: no debt), ``outbox_size`` how many there are. ``worker`` says
    what waits for the worker, None where the database cannot. ``degraded``: requests are served, but search is away or
    the worker fails at something.
    """

    ok: bool
    database: str
    migrations_at_head: bool
    search: str
    outbox_lag_seconds: float | None
    outbox_size: int
    worker: WorkerStatus | None

    @property
    def degraded(self) -> bool:
        """Whether somebody should look, though requests are served."""
        return self.search == UNAVAILABLE or (self.worker is not None and self.worker.is_degraded)


def readiness(ctx: Context) -> Readiness:
    """Look at every part; never raises for one that is down."""
    search = _search(ctx)
    try:
        with ctx.database.reading() as session:
            session.execute(text("SELECT 1"))
            if not schema.is_at_head(session.connection()):
                return Readiness(False, "ok", False, search, None, 0, None)
            lag, size = _debt(ctx, session)
            worker = status_in(ctx, session)
    except SQLAlchemyError:
        return Readiness(False, UNAVAILABLE, False, search, None, 0, None)
    return Readiness(True, "ok", True, search, lag, size, worker)


def _debt(ctx: Context, session: Session) -> tuple[float | None, int]:
    if ctx.engine.follows_changes:
        # Its outbox rows are kept for a change of engines and owed to nobody (ADR 4).
        return None, 0
    owed = outbox.state(session)
    lag = None if owed.oldest is None else max(0.0, (ctx.clock() - owed.oldest).total_seconds())
    return lag, owed.size


def _search(ctx: Context) -> str:
    try:
        status = ctx.engine.status()
    except SearchUnavailable:
        return UNAVAILABLE
    return f"{status.name}: {'ready' if status.ready else 'not ready'}"
