"""When what all entries are read with has changed: every entry is owed to the engines again, in its present version."""

from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.search import source
from marketplace.search.state import LEXICON
from marketplace.store import outbox


def owe_everything(session: Session, now: datetime) -> None:
    """Announce a changed lexicon and owe every entry.

    Names and everyday words reach the entries that refer to them, and decide how compounds are cut everywhere.
    """
    owed: dict[str, list[tuple[str, int]]] = {"services": [], "procedures": []}
    for one in source.expected(session):
        owed[one.collection].append((one.id, one.version))
    for collection, entries in owed.items():
        outbox.enqueue(session, collection, entries, now)
    outbox.announce(session, LEXICON, now)
