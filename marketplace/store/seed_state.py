"""What was loaded from the seed, by digest."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from marketplace.store.tables import SeedStateRow


def digests(session: Session) -> dict[str, str]:
    """Return the digest of every step and entry that was loaded, by name."""
    return {row.name: row.digest for row in session.execute(select(SeedStateRow.name, SeedStateRow.digest))}


def remember(session: Session, loaded: Mapping[str, str], now: datetime) -> None:
    """Keep the digests of what was just loaded."""
    if not loaded:
        return
    session.execute(
        delete(SeedStateRow)
        .where(SeedStateRow.name.in_(list(loaded)))
        .execution_options(synchronize_session=False)
    )
    session.execute(
        insert(SeedStateRow),
        [{"name": name, "digest": digest, "loaded_at": now} for name, digest in loaded.items()],
    )
