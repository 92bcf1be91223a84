"""The indices of one marketplace in Elasticsearch: names, aliases, writing, scanning.

An index is called ``<prefix>-<time>-<random>``. Readers use whatever stands behind ``<prefix>-read``; everything behind
``<prefix>-write`` gets every write, which during a rebuild are two indices.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from secrets import token_hex
from typing import Any

from marketplace.search.document import Document
from marketplace.search.engines.base import Entry, PutResult
from marketplace.search.engines.elasticsearch_client import Client
from marketplace.search.engines.elasticsearch_mapping import SETTINGS, mappings, source_of
from marketplace.search.engines.held import Held
from marketplace.search.lexicon import Lexicon

SCAN = 1_000
STALE = 409
_KEEP_ALIVE = "2m"
Json = Mapping[str, Any]


class Indices:
    """The indices with one prefix. Every method raises SearchUnavailable when Elasticsearch does not answer."""

    def __init__(self, client: Client, prefix: str) -> None:
        self._client = client
        self._prefix = prefix
        self.read_alias = f"{prefix}-read"
        self.write_alias = f"{prefix}-write"

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def new_name(self, now: datetime) -> str:
        """Return a name for a new index; names sort by the time of their making."""
        return f"{self._prefix}-{now:%Y%m%dt%H%M%S}-{token_hex(3)}"

    def every(self) -> dict[str, set[str]]:
        """Return the aliases of every index of ours, by the index's name, the oldest first."""
        with self._client.answering():
            answer = self._client.asks.indices.get_alias(index=f"{self._prefix}-*", allow_no_indices=True)
        ours = re.compile(re.escape(self._prefix) + r"-\d{8}t\d{6}-[0-9a-f]{6}")
        return {
            name: set(found["aliases"]) for name, found in sorted(answer.body.items()) if ours.fullmatch(name)
        }

    def behind(self, alias: str) -> list[str]:
        """Return the indices behind an alias."""
        return [name for name, aliases in self.every().items() if alias in aliases]

    def create(self, name: str) -> None:
        """Make an empty index that gets every write from now on."""
        with self._client.answering():
            self._client.asks_once.indices.create(
                index=name, mappings=mappings(), settings=SETTINGS, aliases={self.write_alias: {}}
            )

    def join_writes(self, name: str) -> None:
        """Let an index that is there get every write from now on."""
        with self._client.answering():
            self._client.asks.indices.put_alias(index=name, name=self.write_alias)

    def leave_writes(self, name: str) -> None:
        """Let an index get no more writes."""
        with self._client.answering():
            self._client.asks_once.indices.delete_alias(index=name, name=self.write_alias)

    def promote(self, name: str) -> None:
        """Let readers and writers use this index and no other, in one step."""
        actions: list[Json] = [
            {"remove": {"index": other, "alias": alias}}
            for other, aliases in self.every().items()
            if other != name
            for alias in sorted(aliases & {self.read_alias, self.write_alias})
        ]
        actions += [{"add": {"index": name, "alias": alias}} for alias in (self.read_alias, self.write_alias)]
        with self._client.answering():
            self._client.asks_once.indices.update_aliases(actions=actions)

    def drop(self, name: str) -> None:
        """Delete an index."""
        with self._client.answering():
            self._client.asks.indices.delete(index=name, ignore_unavailable=True)

    def refresh(self, name: str) -> None:
        """Make everything written so far visible to readers."""
        with self._client.answering():
            self._client.asks.indices.refresh(index=name)

    def fingerprints(self, *names: str) -> dict[str, str | None]:
        """Return the fingerprint that each of these indices (or those behind an alias) was made with."""
        with self._client.answering():
            answer = self._client.asks.indices.get_mapping(index=list(names))
        return {
            name: found["mappings"].get("_meta", {}).get("fingerprint") for name, found in answer.body.items()
        }

    def write(
        self, documents: Sequence[Document], targets: Sequence[str], lexicon: Lexicon, *, fill: bool = False
    ) -> PutResult:
        """Write documents into every target; one that holds a later version already counts as written.

        The same version is written again, because what an entry refers to may change without it; but not by a
        ``fill`` from a snapshot, which is older than anything that was sent meanwhile.
        """
        version_type = "external" if fill else "external_gte"
        sent = [(document, target) for document in documents for target in targets]
        operations: list[Json] = []
        for document, target in sent:
            version = {"version": document.version, "version_type": version_type}
            operations.append(
                {"index": {"_index": target, "_id": f"{document.collection}/{document.id}", **version}}
            )
            operations.append(source_of(document, lexicon))
        if not operations:
            return PutResult(frozenset(), {})
        with self._client.answering():
            answer = self._client.asks.bulk(operations=operations)
        failed: dict[Entry, str] = {}
        for (document, _), item in zip(sent, answer["items"], strict=True):
            outcome = item["index"]
            if "error" in outcome and outcome["status"] != STALE:
                failed[document.collection, document.id] = _failure(outcome)
        held = {(document.collection, document.id) for document, _ in sent}
        return PutResult(frozenset(held - failed.keys()), failed)

    def held(self, name: str) -> Iterator[Held]:
        """Yield every document of an index as readers see it now."""
        with self._client.answering():
            point = self._client.asks.open_point_in_time(index=name, keep_alive=_KEEP_ALIVE).body["id"]
        after: list[Any] | None = None
        try:
            while True:
                with self._client.answering():
                    answer = self._client.asks.search(
                        pit={"id": point, "keep_alive": _KEEP_ALIVE}, size=SCAN, sort=[{"_shard_doc": "asc"}],
                        search_after=after, version=True, source=False, docvalue_fields=[{"field": "withdrawn"}],
                        track_total_hits=False,
                    )  # fmt: skip
                hits = answer["hits"]["hits"]
                for hit in hits:
                    collection, _, entry_id = hit["_id"].partition("/")
                    yield Held(collection, entry_id, hit["_version"], hit["fields"]["withdrawn"][0])
                if len(hits) < SCAN:
                    return
                after = hits[-1]["sort"]
        finally:
            with self._client.answering():
                self._client.asks.close_point_in_time(id=point)


def _failure(outcome: Json) -> str:
    error = outcome["error"]
    return f"{outcome['status']} {error.get('type')}: {error.get('reason')}"
