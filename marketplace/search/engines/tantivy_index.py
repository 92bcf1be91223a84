"""One collection in a tantivy index in RAM: filled from documents, changed in place, renewed when changes blur it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import tantivy

from marketplace.search.document import FACETS
from marketplace.search.engines.base import RESULT_WINDOW, EngineQuery, Hits
from marketplace.search.engines.tantivy_query import translate
from marketplace.search.plan import KEY_FIELD, PHRASE_FIELD, TEXT_FIELDS
from marketplace.search.state import Prepared

WRITER_BYTES = 15_000_000
"""The least that tantivy's writer accepts."""
MOST_VALUES = 1_000
SUPERSEDED_SHARE = 0.01
TIE_MARGIN = 32


@dataclass(frozen=True, slots=True)
class _Entry:
    """What a renewal and a list by name need of an entry: no document has to be read or analysed twice."""

    version: int
    sort_name: str
    fields: Mapping[str, str]
    facets: Mapping[str, tuple[str, ...]]


class TantivyIndex:
    """An index of the findable entries of one collection.

    tantivy counts a replaced document in the rarity of its words until it merges segments, whenever that is. So the
    index is made anew, from what is kept here, once replaced documents exceed a hundredth of all; until then a word's
    frequency is too high by at most as many. Readers work on the searcher they took: a change never disturbs them.
    Writing is for one thread at a time; the caller sees to it.
    """

    def __init__(self, collection: str, documents: Iterable[Prepared]) -> None:
        self._facets = FACETS[collection]
        self._schema = _schema(self._facets)
        self._entries = {one[0].id: _entry(one) for one in documents if not one[0].withdrawn}
        self._reader = self._renewed()

    def __len__(self) -> int:
        return len(self._entries)

    def apply(self, documents: Iterable[Prepared]) -> None:
        """Take over the newest state of some entries."""
        gone, fresh = set(), {}
        for document, analysed in documents:
            if self._entries.pop(document.id, None) is not None:
                gone.add(document.id)
            if not document.withdrawn:
                fresh[document.id] = _entry((document, analysed))
        self._entries |= fresh
        self._superseded |= gone
        if len(self._superseded) > SUPERSEDED_SHARE * len(self._entries):
            self._reader = self._renewed()
            return
        writer = self._index.writer(WRITER_BYTES, 1)
        for entry_id in gone:
            writer.delete_documents_by_term("id", entry_id)
        for entry_id in fresh:
            self._add(writer, entry_id)
        writer.commit()
        writer.wait_merging_threads()
        self._reader = self._opened()

    def search(self, query: EngineQuery) -> Hits:
        """Answer a query."""
        reader = self._reader
        asked = translate(self._schema, query.plan, query.filters, query.only)
        end = query.offset + query.limit if query.offset + query.limit <= RESULT_WINDOW else 0
        if query.plan.groups:
            total, ranked = reader.ranked(asked, end)
            page = ranked[query.offset : end]
        else:
            total, ordered = reader.by_name(asked, filtered=bool(query.filters) or query.only is not None)
            page = [(0.0, entry_id) for entry_id in ordered[query.offset : end]]
        return Hits(
            tuple(entry_id for _, entry_id in page),
            total,
            self._facet_counts(reader, query, asked),
            tuple(score for score, _ in page),
        )

    def _facet_counts(
        self, reader: "_Reader", query: EngineQuery, asked: tantivy.Query
    ) -> dict[str, dict[str, int]]:
        filtered = [facet for facet in query.facets if facet in query.filters]
        counts = _counted(reader, asked, [facet for facet in query.facets if facet not in filtered])
        for facet in filtered:
            others = {name: values for name, values in query.filters.items() if name != facet}
            counts |= _counted(reader, translate(self._schema, query.plan, others, query.only), [facet])
        return {facet: counts[facet] for facet in query.facets}

    def _renewed(self) -> "_Reader":
        self._index = tantivy.Index(self._schema)
        self._index.register_tokenizer("stems", _analyzer(tantivy.Tokenizer.whitespace()))
        self._index.register_fast_field_tokenizer("raw", _analyzer(tantivy.Tokenizer.raw()))
        self._ids: list[str] = []
        self._superseded: set[str] = set()
        writer = self._index.writer(WRITER_BYTES, 1)
        for entry_id in sorted(self._entries):
            self._add(writer, entry_id)
        writer.commit()
        writer.wait_merging_threads()
        return self._opened()

    def _opened(self) -> "_Reader":
        self._index.reload()
        ordered = sorted(self._entries, key=lambda entry_id: (self._entries[entry_id].sort_name, entry_id))
        return _Reader(self._index.searcher(), self._ids, ordered)

    def _add(self, writer: tantivy.IndexWriter, entry_id: str) -> None:
        entry = self._entries[entry_id]
        document = tantivy.Document()
        document.add_text("id", entry_id)
        document.add_unsigned("serial", len(self._ids))
        self._ids.append(entry_id)
        for name, text in entry.fields.items():
            document.add_text(name, text)
        for facet in self._facets:
            for value in entry.facets.get(facet, ()):
                document.add_text(facet, value)
        writer.add_document(document)


@dataclass(frozen=True, slots=True)
class _Reader:
    """One state of the index: ``ids`` by serial number (it only grows), ``ordered`` the entries by name."""

    searcher: tantivy.Searcher
    ids: list[str]
    ordered: Sequence[str]

    def ranked(self, query: tantivy.Query, wanted: int) -> tuple[int, list[tuple[float, str]]]:
        """Return how many match and the best ``wanted`` (score, id), equal scores by id.

        tantivy leaves the order of equal scores to chance, so it is asked for more until the last of them is worse.
        """
        limit = wanted + TIE_MARGIN
        while True:
            total, hits = self._hits(query, limit)
            if len(hits) < limit or not wanted or hits[wanted - 1][0] > hits[-1][0]:
                return total, sorted(hits, key=lambda hit: (-hit[0], hit[1]))[:wanted]
            limit *= 4

    def by_name(self, query: tantivy.Query, *, filtered: bool) -> tuple[int, Sequence[str]]:
        """Return how many match and all of them in the order of their names."""
        if not filtered:
            return len(self.ordered), self.ordered
        total, hits = self._hits(query, self.searcher.num_docs + 1)
        matching = {entry_id for _, entry_id in hits}
        return total, [entry_id for entry_id in self.ordered if entry_id in matching]

    def _hits(self, query: tantivy.Query, limit: int) -> tuple[int, list[tuple[float, str]]]:
        found = self.searcher.search(query, limit=limit)
        serials = self.searcher.fast_field_values("serial", [address for _, address in found.hits])
        hits = [
            (float(score), self.ids[int(serial)])
            for (score, _), serial in zip(found.hits, serials, strict=True)
            if serial is not None
        ]
        return int(found.count), hits  # type: ignore[attr-defined]  # the stub of tantivy 0.27 forgets it


def _counted(reader: _Reader, asked: tantivy.Query, facets: Sequence[str]) -> dict[str, dict[str, int]]:
    if not facets:
        return {}
    wanted = {facet: {"terms": {"field": facet, "size": MOST_VALUES}} for facet in facets}
    answer = reader.searcher.aggregate(asked, wanted)
    return {
        facet: {bucket["key"]: int(bucket["doc_count"]) for bucket in answer[facet]["buckets"]}
        for facet in facets
    }


def _schema(facets: Iterable[str]) -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("serial", fast=True)
    for name in TEXT_FIELDS:
        builder.add_text_field(name, tokenizer_name="stems", index_option="freq")
    for name in (KEY_FIELD, PHRASE_FIELD):
        builder.add_text_field(name, tokenizer_name="stems", index_option="basic")
    for facet in facets:
        builder.add_text_field(facet, fast=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


def _analyzer(tokenizer: tantivy.Tokenizer) -> tantivy.TextAnalyzer:
    return tantivy.TextAnalyzerBuilder(tokenizer).build()


def _entry(prepared: Prepared) -> _Entry:
    document, analysed = prepared
    return _Entry(document.version, document.sort_name, analysed.fields, document.facets)
