"""``/livez`` and ``/readyz`` for whoever runs the marketplace; plain JSON outside ``/api``."""

from dataclasses import asdict

from flask import Blueprint, Response, jsonify

from marketplace.actions.health import readiness
from marketplace.actions.worker_status import WorkerStatus
from marketplace.domain.access import Action
from marketplace.http import context, needs

blueprint = Blueprint("health", __name__)


@blueprint.get("/livez")
@needs(Action.READ_PUBLIC)
def live() -> Response:
    """Say that the process answers; nothing else is looked at."""
    return _uncached({"ok": True}, 200)


@blueprint.get("/readyz")
@needs(Action.READ_PUBLIC)
def ready() -> Response:
    """Say whether requests may be sent here: 200, or 503 with the part that is not ready.

    ``degraded`` with 200: they are served, but somebody should look at search or worker.
    """
    found = readiness(context())
    body = {
        "ok": found.ok,
        "degraded": found.degraded,
        "database": found.database,
        "migrations_at_head": found.migrations_at_head,
        "search": found.search,
        "outbox_lag_seconds": found.outbox_lag_seconds,
        "outbox_size": found.outbox_size,
        "worker": _worker(found.worker) if found.worker else None,
    }
    return _uncached(body, 200 if found.ok else 503)


def _worker(status: WorkerStatus) -> dict[str, object]:
    """Return how the worker does; why something failed is for the logs and the command line alone."""
    said = {name: value for name, value in asdict(status).items() if name != "change_error"}
    return said | {
        "failing_steps": [
            {"lane": one.lane, "step": one.step, "failures": one.failures, "since": one.since.isoformat()}
            for one in status.failing_steps
        ]
    }


def _uncached(body: dict[str, object], status: int) -> Response:
    response = jsonify(body)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response
