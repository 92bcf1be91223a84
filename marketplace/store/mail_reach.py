"""Where mails to followers go, and whether they arrive there."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from marketplace.store.tables import FollowerRow, PersonRow

MAX_REASON = 300


def people(session: Session, person_ids: Collection[str]) -> dict[str, tuple[str, str | None]]:
    """Return name and mail address (None: unknown) of people by their ids."""
    rows = session.execute(
        select(PersonRow.id, PersonRow.name, PersonRow.email).where(PersonRow.id.in_(person_ids))
    )
    return {row.id: (row.name, row.email) for row in rows}


def write_reach(
    session: Session, follower_id: str, failures: int, paused_because: str | None, now: datetime
) -> None:
    """Keep how many mails in a row did not arrive; with a reason no more are sent."""
    session.execute(
        update(FollowerRow)
        .where(FollowerRow.id == follower_id)
        .values(
            failures=failures,
            paused_at=None if paused_because is None else now,
            paused_reason=None if paused_because is None else paused_because[:MAX_REASON],
        )
    )


def forget_address(session: Session, follower_id: str) -> None:
    """Delete a mail address with all that was kept for it; a person or an organisation stays."""
    session.execute(
        delete(FollowerRow)
        .where(FollowerRow.id == follower_id, FollowerRow.email.is_not(None))
        .execution_options(synchronize_session=False)
    )
