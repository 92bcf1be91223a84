"""The engine for production: Elasticsearch 9. It knows ids and words; rows come from SQL."""

from collections.abc import Iterator, Sequence
from datetime import datetime

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
from marketplace.search.engines.elasticsearch_client import REBUILD, answering, connect
from marketplace.search.engines.elasticsearch_indices import Indices
from marketplace.search.engines.elasticsearch_mapping import fingerprint
from marketplace.search.engines.elasticsearch_query import search_body
from marketplace.search.engines.held import Held
from marketplace.settings import Settings
from marketplace.store.database import Database

log = structlog.get_logger(__name__)


class ElasticsearchEngine:
    """Searches in Elasticsearch. Safe to use from several threads. Pages wait shortly, bulk work long."""

    name = "elasticsearch"
    follows_changes = False

    def __init__(self, settings: Settings) -> None:
        self._pages = connect(settings, settings.elasticsearch_timeout)
        bulk = connect(settings, settings.elasticsearch_bulk_timeout)
        self.indices = Indices(bulk, settings.elasticsearch_index)
        self._page_indices = Indices(self._pages, settings.elasticsearch_index)
        self._ours = False

    @classmethod
    def from_settings(cls, settings: Settings) -> "ElasticsearchEngine":
        """Make the engine that the settings describe; nothing is asked of Elasticsearch yet."""
        return cls(settings)

    def prepare(self) -> None:
        """Refuse an index of another fingerprint. Without an answer a server starts all the same and searches later.

        Raises:
            Conflict: the index was made by another version of the software.
        """
        try:
            self._require_our_index()
        except SearchUnavailable as error:
            log.warning("search_unavailable_at_start", reason=error.message)

    def search(self, query: EngineQuery) -> Hits:
        """Answer one query."""
        try:
            self._require_our_index()
        except Conflict as error:
            raise SearchUnavailable(error.message) from error
        with answering():
            answer = self._pages.search(index=self._page_indices.read_alias, body=search_body(query))
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

        An index may join while documents are on their way; then nothing counts as held, and they are sent again. An
        index that another version of the software has made gets nothing from this one: its analysis is another.
        """
        targets = self.indices.behind(self.indices.write_alias)
        if not targets:
            raise SearchUnavailable(_unbuilt())
        foreign = [
            name for name, found in self.indices.fingerprints(*targets).items() if found != fingerprint()
        ]
        if foreign:
            raise SearchUnavailable(_made_by_another(foreign[0]))
        result = self.indices.write(documents, targets)
        if set(self.indices.behind(self.indices.write_alias)) - set(targets):
            return PutResult(frozenset(), result.failed)
        return result

    def held(self) -> Iterator[Held]:
        """Yield every document of the index that readers use, after a refresh."""
        self.indices.refresh(self.indices.read_alias)
        return self.indices.held(self.indices.read_alias)

    def status(self) -> EngineStatus:
        """Say how it does; each of the few questions waits as long as a page may."""
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
            with answering():
                answer = self._pages.count(
                    index=self._page_indices.read_alias, query={"bool": {"filter": findable}}
                )
            counts[collection] = int(answer["count"])
        return counts

    def _require_our_index(self) -> None:
        if self._ours:
            return
        found = self._page_indices.fingerprints(self._page_indices.read_alias)
        for name, made_with in found.items():
            if made_with != fingerprint():
                raise Conflict(_made_by_another(name))
        self._ours = True


def _unbuilt() -> str:
    return f"Elasticsearch has no index yet: run `{REBUILD}`"


def _made_by_another(index: str) -> str:
    return f"the search index {index} was made by another version of this software: run `{REBUILD}`"
