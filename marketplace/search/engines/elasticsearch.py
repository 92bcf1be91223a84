"""The engine for production: Elasticsearch 9. It knows ids and words; rows come from SQL."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

import structlog

from marketplace.errors import Conflict, SearchUnavailable
from marketplace.search import rebuild
from marketplace.search.document import COLLECTIONS, Document
from marketplace.search.engines.base import (
    EngineQuery,
    EngineStatus,
    Hits,
    Progress,
    PutResult,
    RebuildReport,
)
from marketplace.search.engines.elasticsearch_client import REBUILD, Client
from marketplace.search.engines.elasticsearch_indices import Indices
from marketplace.search.engines.elasticsearch_mapping import fingerprint
from marketplace.search.engines.elasticsearch_query import search_body
from marketplace.search.engines.held import Held
from marketplace.search.following import Follower, LexiconFollower, NoIndex
from marketplace.search.state import State
from marketplace.settings import Settings
from marketplace.store.database import Database

RECHECK_S = 10.0
"""How long a process believes that the index is still the one of its own version: another may rebuild it meanwhile."""
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ElasticsearchReader:
    """The state of this process with its marks, and the index behind the readers' alias."""

    state: State
    marks: tuple[int, int]
    ask: Callable[[EngineQuery], Hits]

    def search(self, query: EngineQuery) -> Hits:
        """Answer one query.

        Raises:
            SearchUnavailable: Elasticsearch does not answer, or its index is not ours.
        """
        return self.ask(query)


class ElasticsearchEngine:
    """Searches in Elasticsearch. Safe to use from several threads. Pages wait shortly, bulk work long."""

    name = "elasticsearch"
    follows_changes = False

    def __init__(self, settings: Settings, database: Database) -> None:
        self._pages = Client(settings, settings.elasticsearch_timeout)
        bulk = Client(settings, settings.elasticsearch_bulk_timeout)
        self.indices = Indices(bulk, settings.elasticsearch_index)
        self._page_indices = Indices(self._pages, settings.elasticsearch_index)
        self._follower = Follower(database, NoIndex)
        self._lexicon = LexiconFollower(database)
        self._ours_until = 0.0

    def prepare(self) -> None:
        """Refuse an index of another fingerprint. Without an answer a server starts all the same and searches later.

        Raises:
            Conflict: the index was made by another version of the software.
        """
        try:
            self._require_our_index()
        except SearchUnavailable as error:
            log.warning("search_unavailable_at_start", reason=error.message)

    def reader(self) -> ElasticsearchReader:
        """Take a look; the index itself is behind by what the worker has not sent yet."""
        look = self._follower.look()
        return ElasticsearchReader(look.state, look.marks, self._search)

    def in_time(self) -> AbstractContextManager[None]:
        """Give everything that is asked inside one time limit in all, that of a page."""
        return self._pages.within()

    def _search(self, query: EngineQuery) -> Hits:
        with self._pages.within():
            try:
                self._require_our_index()
            except Conflict as error:
                raise SearchUnavailable(error.message) from error
            with self._pages.answering():
                answer = self._pages.asks.search(index=self._page_indices.read_alias, body=search_body(query))
        found = answer["hits"]
        return Hits(
            tuple(hit["_id"].partition("/")[2] for hit in found["hits"]),
            found["total"]["value"],
            {
                facet: {
                    bucket["key"]: bucket["doc_count"]
                    for bucket in answer["aggregations"][facet]["values"]["buckets"]
                }
                for facet in query.facets
            },
            tuple(hit["_score"] or 0.0 for hit in found["hits"]),
        )

    def put(self, documents: Sequence[Document]) -> PutResult:
        """Write into every index that gets writes.

        An index may join or all may be deleted while documents are on their way; then nothing counts as held, and they
        are sent again. An index that another version of the software has made gets nothing from this one: its analysis
        is another.
        """
        targets = self.indices.behind(self.indices.write_alias)
        if not targets:
            raise SearchUnavailable(_unbuilt())
        foreign = [
            name for name, found in self.indices.fingerprints(*targets).items() if found != fingerprint()
        ]
        if foreign:
            raise SearchUnavailable(_made_by_another(foreign[0]))
        result = self.indices.write(documents, targets, self._lexicon.current())
        afterwards = set(self.indices.behind(self.indices.write_alias))
        if not afterwards or afterwards - set(targets):
            return PutResult(frozenset(), result.failed)
        return result

    def held(self) -> Iterator[Held]:
        """Yield every document of the index that readers use, after a refresh."""
        self.indices.refresh(self.indices.read_alias)
        return self.indices.held(self.indices.read_alias)

    def status(self) -> EngineStatus:
        """Say how it does, within the time a page may wait."""
        with self._pages.within():
            return self._status()

    def _status(self) -> EngineStatus:
        try:
            every = self._page_indices.every()
            behind = [name for name, aliases in every.items() if self._page_indices.read_alias in aliases]
            if not behind:
                return EngineStatus(
                    self.name, ready=False, entries={}, details={"error": _unbuilt()}, unbuilt=True
                )
            self._require_our_index()
            counts = self._counts()
        except (SearchUnavailable, Conflict) as error:
            return EngineStatus(self.name, ready=False, entries={}, details={"error": error.message})
        details = {
            "index": ", ".join(behind),
            "fingerprint": fingerprint(),
            "kept": ", ".join(sorted(set(every) - set(behind))),
        }
        return EngineStatus(self.name, ready=True, entries=counts, details=details)

    def rebuild(
        self, database: Database, now: datetime, progress: Progress, *, take_over: bool
    ) -> RebuildReport:
        """Fill a new index, check it, let readers use it, keep the old one."""
        return rebuild.rebuild(
            database, self.indices, self.indices.new_name(now), progress, take_over=take_over
        )

    def rollback(self, database: Database) -> RebuildReport:
        """Go back to the index that the last rebuild replaced."""
        return rebuild.rollback(database, self.indices, fingerprint())

    def close(self) -> None:
        """Close the connections."""
        self._pages.close()
        self.indices.close()

    def _counts(self) -> dict[str, int]:
        counts = {}
        for collection in COLLECTIONS:
            findable = [{"term": {"collection": collection}}, {"term": {"withdrawn": False}}]
            with self._pages.answering():
                answer = self._pages.asks.count(
                    index=self._page_indices.read_alias, query={"bool": {"filter": findable}}
                )
            counts[collection] = int(answer["count"])
        return counts

    def _require_our_index(self) -> None:
        if monotonic() < self._ours_until:
            return
        found = self._page_indices.fingerprints(self._page_indices.read_alias)
        for name, made_with in found.items():
            if made_with != fingerprint():
                raise Conflict(_made_by_another(name))
        self._ours_until = monotonic() + RECHECK_S


def _unbuilt() -> str:
    return f"Elasticsearch has no index yet: run `{REBUILD}`"


def _made_by_another(index: str) -> str:
    return f"the search index {index} was made by another version of this software: run `{REBUILD}`"
