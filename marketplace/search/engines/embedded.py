"""The default engine: tantivy in the RAM of each process, made from the database and following its change feed.

No directory, no lock, nothing to send: before each answer it looks whether the feed has moved and takes over what
changed, so that every process reads what any process has committed. Meant for catalogues to about 10,000 entries.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime

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
from marketplace.search.state import Follower, Prepared, State
from marketplace.store.database import Database


@dataclass(frozen=True, slots=True)
class EmbeddedReader:
    """The state with its marks, and the indices that belong to it."""

    state: State
    marks: tuple[int, int]
    indices: dict[str, TantivyIndex]

    def search(self, query: EngineQuery) -> Hits:
        """Answer one query."""
        return self.indices[query.collection].search(query)


class EmbeddedEngine:
    """Searches in RAM. Safe to use from several threads."""

    name = "embedded"
    follows_changes = True

    def __init__(self, database: Database) -> None:
        self._follower = Follower(database, self._fill, self._change)
        self._indices: dict[str, TantivyIndex] = {}
        self._held: dict[tuple[str, str], Held] = {}

    def prepare(self) -> None:
        """Fill the indices from the database (else the first answer does)."""
        self._follower.look()

    def reader(self) -> EmbeddedReader:
        """Take a look that includes every change committed before it."""
        return EmbeddedReader(*self._follower.look(), self._indices)

    def in_time(self) -> AbstractContextManager[None]:
        """Ask without a limit: nothing is waited for."""
        return nullcontext()

    def put(self, documents: Sequence[Document]) -> PutResult:
        """Take nothing: the engine reads the feed. Every document counts as held."""
        return PutResult(frozenset((one.collection, one.id) for one in documents), {})

    def held(self) -> Iterator[Held]:
        """Yield what the indices hold."""
        self._follower.look()
        yield from tuple(self._held.values())

    def status(self) -> EngineStatus:
        """Say how many entries there are; not ready when the database does not answer."""
        try:
            state = self._follower.look().state
        except SearchUnavailable as error:
            return EngineStatus(self.name, ready=False, entries={}, details={"error": error.message})
        entries = {collection: len(index) for collection, index in self._indices.items()}
        return EngineStatus(self.name, ready=True, entries=entries, details={"position": str(state.position)})

    def rebuild(
        self, database: Database, now: datetime, progress: Progress, *, take_over: bool
    ) -> RebuildReport:
        """Fill the indices of this process anew; other processes do so at their start."""
        del now, take_over
        self._follower.forget()
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

    def _fill(self, prepared: Iterable[Prepared]) -> None:
        groups: dict[str, list[Prepared]] = {collection: [] for collection in COLLECTIONS}
        held = {}
        for document, analysed in prepared:
            groups[document.collection].append((document, analysed))
            held[document.collection, document.id] = _held(document)
        # Whole new objects: whoever reads the old ones goes on reading them.
        self._indices = {collection: TantivyIndex(collection, group) for collection, group in groups.items()}
        self._held = held

    def _change(self, prepared: Sequence[Prepared]) -> None:
        changed: dict[str, list[Prepared]] = defaultdict(list)
        for document, analysed in prepared:
            changed[document.collection].append((document, analysed))
            if document.withdrawn and document.version == 0:
                self._held.pop((document.collection, document.id), None)
            else:
                self._held[document.collection, document.id] = _held(document)
        for collection, documents in changed.items():
            self._indices[collection].apply(documents)


def _held(document: Document) -> Held:
    return Held(document.collection, document.id, document.version, document.withdrawn)
