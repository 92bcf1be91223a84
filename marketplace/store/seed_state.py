"""What was loaded from the seed, by digest."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from marketplace.store.tables import SeedStateRow


def digests(session: Session) -> dict[str, str]:
    """Return the digest of every step and entry that was loaded, by name."""
    return {row.name: row.digest for row in session.execute(select(SeedStateRow.name, SeedStateRow.digest))}


def remember(session: Session, loaded: Mapping[str, str], now: datetime) -> None:
    """Keep the digests of what was just loaded; who loads the same at the same time keeps the same."""
    if not loaded:
        return
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(SeedStateRow)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[SeedStateRow.name],
            set_={"digest": statement.excluded.digest, "loaded_at": statement.excluded.loaded_at},
        ),
        [{"name": name, "digest": digest, "loaded_at": now} for name, digest in sorted(loaded.items())],
    )


def forget(session: Session, names: Sequence[str]) -> None:
    """Drop digests of what the seed holds no more."""
    for name in names:
        session.execute(delete(SeedStateRow).where(SeedStateRow.name == name))
