"""Writing the audit log: an act in the transaction of what it records, a refusal in one of its own."""

from datetime import datetime

from sqlalchemy.orm import Session
from structlog.contextvars import get_contextvars

from marketplace.actions.context import Context
from marketplace.domain.access import Actor
from marketplace.domain.audit import entry_of
from marketplace.store import audit


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


def record_refusal(ctx: Context, actor: Actor | None, act: str, about: tuple[str, str], reason: str) -> None:
    """Append that an act was refused, in a transaction of its own: the one it was asked in is rolled back."""
    entry = entry_of(actor, ctx.clock(), act, about, refused=reason, request_id=_request_id())
    with ctx.database.writing() as session:
        audit.append(session, [entry])


def record_read(ctx: Context, actor: Actor, act: str, about: tuple[str, str]) -> None:
    """Append that something was read whose reading is logged: contacts."""
    with ctx.database.writing() as session:
        record(session, actor, ctx.clock(), act, about)


def _request_id() -> str | None:
    found = get_contextvars().get("request_id")
    return found if isinstance(found, str) else None
