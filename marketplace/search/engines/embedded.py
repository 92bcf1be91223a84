"""The default engine: tantivy in the RAM of each process, made from the database and following its change feed.

No directory, no lock, nothing to send: before each answer it looks whether the feed has moved and takes over what
changed, so that every process reads what any process has committed. Meant for catalogues to about 10,000 entries.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

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
from marketplace.search.following import Follower
from marketplace.search.state import Prepared, State
from marketplace.store.database import Database


class _Indices:
    """The index of each collection, and what they hold."""

    def __init__(self, prepared: Iterable[Prepared]) -> None:
        """Fill them from a stream that ends with one collection before it begins with the next."""
        self.held: dict[tuple[str, str], Held] = {}
        self.of: dict[str, TantivyIndex] = {}
        for collection, documents in groupby(self._noted(prepared), key=_collection):
            self.of[collection] = TantivyIndex(collection, documents)
        for collection in COLLECTIONS:
            self.of.setdefault(collection, TantivyIndex(collection, ()))

    def change(self, prepared: Sequence[Prepared]) -> None:
        """Take over the newest state of some entries."""
        for collection, documents in groupby(self._noted(sorted(prepared, key=_collection)), key=_collection):
            self.of[collection].apply(documents)

    def _noted(self, prepared: Iterable[Prepared]) -> Iterator[Prepared]:
        for one in prepared:
            document, _ = one
            entry = (document.collection, document.id)
            if document.withdrawn and document.version == 0:
                self.held.pop(entry, None)
            else:
                self.held[entry] = Held(*entry, document.version, document.withdrawn)
            yield one


@dataclass(frozen=True, slots=True)
class EmbeddedReader:
    """The state with its marks, and the indices that belong to it."""

    state: State
    marks: tuple[int, int]
    indices: _Indices

    def search(self, query: EngineQuery) -> Hits:
        """Answer one query."""
        return self.indices.of[query.collection].search(query)


class EmbeddedEngine:
    """Searches in RAM. Safe to use from several threads."""

    name = "embedded"
    follows_changes = True

    def __init__(self, database: Database) -> None:
        self._follower = Follower(database, _Indices)

    def prepare(self) -> None:
        """Fill the indices from the database (else the first answer does)."""
        self._follower.look()

    def reader(self) -> EmbeddedReader:
        """Take a look that includes every change committed before it."""
        return EmbeddedReader(*self._follower.look())

    def in_time(self) -> AbstractContextManager[None]:
        """Ask without a limit: nothing is waited for."""
        return nullcontext()

    def put(self, documents: Sequence[Document]) -> PutResult:
        """Take nothing: the engine reads the feed. Every document counts as held."""
        return PutResult(frozenset((one.collection, one.id) for one in documents), {})

    def held(self) -> Iterator[Held]:
        """Yield what the indices hold."""
        yield from tuple(self._follower.look().indices.held.values())

    def status(self) -> EngineStatus:
        """Say how many entries there are; not ready when the database does not answer."""
        try:
            look = self._follower.look()
        except SearchUnavailable as error:
            return EngineStatus(self.name, ready=False, entries={}, details={"error": error.message})
        entries = {collection: len(index) for collection, index in look.indices.of.items()}
        position = str(look.state.position)
        return EngineStatus(self.name, ready=True, entries=entries, details={"position": position})

    def rebuild(
        self, database: Database, now: datetime, progress: Progress, *, take_over: bool
    ) -> RebuildReport:
        """Fill the indices of this process anew; other processes do so at their start."""
        del now, take_over
        self._follower.renew()
        held = list(self.held())
        progress(len(held), len(held))
        with database.reading() as session:
            found = check.compare(source.expected(session), held)
        return RebuildReport("in RAM", len(held), found)

    def rollback(self, database: Database) -> RebuildReport:
        """Refuse: nothing is kept in RAM to go back to.

        Raises:
            SearchUnavailable: always.
        """
        raise SearchUnavailable("the embedded engine keeps no earlier index: it is made anew at every start")


def _collection(prepared: Prepared) -> str:
    return prepared[0].collection
