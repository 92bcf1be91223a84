"""The default engine: tantivy in the RAM of each process, made from the database and following its change feed.

No directory, no lock, nothing to send: before each answer it looks whether the feed has moved and takes over what
changed, so that every process reads what any process has committed. Meant for catalogues to about 10,000 entries.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from marketplace.errors import SearchUnavailable
from marketplace.search import check, source
from marketplace.search.document import COLLECTIONS, Document
from marketplace.search.engines.base import (
    EngineQuery,
    EngineStatus,
    Hits,
    Progress,
    PutResult,
    RebuildReport,
)
from marketplace.search.engines.held import Held
from marketplace.search.engines.tantivy_index import TantivyIndex
from marketplace.store import outbox
from marketplace.store.database import Database


@dataclass(slots=True)
class _State:
    """The indices of both collections as of a position in the feed, and every entry's version there."""

    indices: dict[str, TantivyIndex]
    position: int
    held: dict[tuple[str, str], Held]


class EmbeddedEngine:
    """Searches in RAM. Safe to use from several threads."""

    name = "embedded"
    follows_changes = True

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = Lock()
        self._state: _State | None = None

    def prepare(self) -> None:
        """Fill the indices from the database (else the first answer does)."""
        self._current()

    def search(self, query: EngineQuery) -> Hits:
        """Answer one query, including every change committed before it."""
        return self._current().indices[query.collection].search(query)

    def put(self, documents: Sequence[Document]) -> PutResult:
        """Take nothing: the engine reads the feed. Every document counts as held."""
        return PutResult(frozenset((one.collection, one.id) for one in documents), {})

    def held(self) -> Iterator[Held]:
        """Yield what the indices hold."""
        yield from tuple(self._current().held.values())

    def status(self) -> EngineStatus:
        """Say how many entries there are; not ready when the database does not answer."""
        try:
            state = self._current()
        except SearchUnavailable as error:
            return EngineStatus(self.name, ready=False, entries={}, details={"error": error.message})
        entries = {collection: len(index) for collection, index in state.indices.items()}
        return EngineStatus(self.name, ready=True, entries=entries, details={"position": str(state.position)})

    def rebuild(
        self, database: Database, now: datetime, progress: Progress, *, take_over: bool
    ) -> RebuildReport:
        """Fill the indices of this process anew; other processes do so at their start."""
        del now, take_over
        with self._lock:
            self._state = None
        total = len(self._current().held)
        progress(total, total)
        with database.reading() as session:
            found = check.compare(source.expected(session), self.held())
        return RebuildReport("in RAM", total, found)

    def rollback(self, database: Database) -> RebuildReport:
        """Refuse: nothing is kept in RAM to go back to.

        Raises:
            SearchUnavailable: always.
        """
        raise SearchUnavailable("the embedded engine keeps no earlier index: it is made anew at every start")

    def _current(self) -> _State:
        """Return the state that includes every committed change.

        Raises:
            SearchUnavailable: the database does not answer.
        """
        try:
            state = self._state
            if state is not None and state.position == outbox.newest_position(self._database):
                return state
            with self._lock, self._database.reading() as session:
                # A snapshot taken inside the lock is never older than the state another thread left behind.
                self._state = _followed(session, self._state)
                return self._state
        except DBAPIError as error:
            raise SearchUnavailable("the database of the embedded search does not answer") from error


def _followed(session: Session, state: _State | None) -> _State:
    newest = outbox.last_position(session)
    if state is None or newest < state.position:
        # Behind us, the feed was replaced: another database took this one's place.
        return _filled(session, newest)
    if newest == state.position:
        return state
    entries = outbox.changes_after(session, state.position)
    found = source.documents(session, entries)
    changed: dict[str, list[Document]] = defaultdict(list)
    for collection, entry_id in entries:
        gone = Document(collection=collection, id=entry_id, version=0, withdrawn=True)
        document = found.get((collection, entry_id), gone)
        changed[collection].append(document)
        if document is gone:
            state.held.pop((collection, entry_id), None)
        else:
            state.held[collection, entry_id] = _held(document)
    for collection, documents in changed.items():
        state.indices[collection].apply(documents)
    return _State(state.indices, newest, state.held)


def _filled(session: Session, position: int) -> _State:
    documents: dict[str, list[Document]] = {collection: [] for collection in COLLECTIONS}
    for document in source.all_documents(session):
        documents[document.collection].append(document)
    held = {(one.collection, one.id): _held(one) for group in documents.values() for one in group}
    indices = {collection: TantivyIndex(collection, group) for collection, group in documents.items()}
    return _State(indices, position, held)


def _held(document: Document) -> Held:
    return Held(document.collection, document.id, document.version, document.withdrawn)
