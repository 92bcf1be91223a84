"""Writing the audit log: an act in the transaction of what it records, a refusal in one of its own."""

from collections.abc import Collection
from datetime import datetime

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from structlog.contextvars import get_contextvars

from marketplace.actions.context import Context
from marketplace.domain.access import Actor, Role
from marketplace.domain.audit import entry_of
from marketplace.store import audit

COMMAND_LINE = Actor.of("command line", "marketplace-operator", Role.OPERATOR)
"""Who acts by a command on the machine: an operator."""
FEW = 5
WAIT_MS = 2_000
"""How long a refusal waits for other writers: longer would let refused requests hold up the server."""
log = structlog.get_logger(__name__)


def record(
    session: Session,
    actor: Actor | None,
    now: datetime,
    act: str,
    about: tuple[str, str],
    *,
    on_behalf_of: str | None = None,
    **detail: object,
) -> None:
    """Append what was done to the log, in the caller's transaction: both stand, or neither.

    Args:
        session: the writing session of the act.
        actor: who did it; None for the public.
        now: when.
        act: its name, "<object>.<verb>": ``service.approved``, ``token.revoked``.
        about: kind and id of the object.
        on_behalf_of: the authority for which the actor acted by delegation.
        detail: plain values that say what changed; no secrets, contacts or typed texts.
    """
    audit.append(
        session,
        [
            entry_of(
                actor, now, act, about, detail=detail, on_behalf_of=on_behalf_of, request_id=_request_id()
            )
        ],
    )


def few(keys: Collection[str]) -> list[str]:
    """Return the first keys of a batch, in order: an entry names some, its count says how many there are."""
    return sorted(keys)[:FEW]


def record_refusal(ctx: Context, actor: Actor | None, act: str, about: tuple[str, str], reason: str) -> None:
    """Append that an act was refused, in a transaction of its own: the one it was asked in is rolled back.

    Where the database is too busy to take it, it stands in the server's logs instead: the refusal itself holds.
    """
    entry = entry_of(actor, ctx.clock(), act, about, refused=reason, request_id=_request_id())
    try:
        with ctx.database.writing(WAIT_MS) as session:
            audit.append(session, [entry])
    except OperationalError:
        log.exception("refusal_not_recorded", actor=entry.actor, act=act, object_id=entry.object_id)


def record_read(ctx: Context, actor: Actor, act: str, about: tuple[str, str]) -> None:
    """Append that something was read whose reading is logged: contacts."""
    with ctx.database.writing() as session:
        record(session, actor, ctx.clock(), act, about)


def _request_id() -> str | None:
    found = get_contextvars().get("request_id")
    return found if isinstance(found, str) else None
