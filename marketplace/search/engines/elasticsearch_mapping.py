"""The index in Elasticsearch: its closed mapping, its fingerprint, and a document in it.

Texts arrive analysed, so that a cluster needs no dictionary and no language plug-in. Each collection has text fields of
its own: how rare a word is among the services has nothing to do with the procedures.
"""

import hashlib
import json
from functools import cache
from typing import Any

from marketplace.search.analysis import analyse
from marketplace.search.document import COLLECTIONS, FACETS, Document
from marketplace.search.lexicon import Lexicon
from marketplace.search.plan import KEY_FIELD, PHRASE_FIELD, TEXT_FIELDS
from marketplace.search.sample import constants, sample_documents, sample_lexicon
from marketplace.search.weights import BM25_B, BM25_K1

_TEXT = {"type": "text", "analyzer": "whitespace", "index_options": "freqs"}
_KEYWORD = {"type": "keyword"}
SETTINGS: dict[str, Any] = {
    "index": {
        "number_of_shards": 1,
        "auto_expand_replicas": "0-1",
        "refresh_interval": "1s",
        "similarity": {"default": {"type": "BM25", "k1": BM25_K1, "b": BM25_B}},
    }
}
"""One shard: a catalogue is small, and the rarity of words is counted a shard."""


def mappings() -> dict[str, Any]:
    """Return the mapping with the fingerprint of everything that a document's form depends on."""
    closed = _mappings()
    return {**closed, "_meta": {"fingerprint": fingerprint()}}


def fingerprint() -> str:
    """Return a digest that changes with the mapping, the settings, and what document and analysis make of a text."""
    return _digest([_mappings(), SETTINGS, digest_of_sample()])


def written_sample() -> dict[str, Any]:
    """Return the sample as it would be sent, and the constants of its analysis."""
    words = sample_lexicon()
    return {
        "constants": constants(),
        "documents": [source_of(one, words) for one in sample_documents()],
    }


@cache
def digest_of_sample() -> str:
    """Return a digest of the written sample; the same in every process of this version."""
    return _digest(written_sample())


def _digest(whole: object) -> str:
    written = json.dumps(whole, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()[:16]


def source_of(document: Document, lexicon: Lexicon) -> dict[str, Any]:
    """Return a document as it is sent, its compounds cut by a lexicon."""
    source: dict[str, Any] = {
        "collection": document.collection,
        "id": document.id,
        "withdrawn": document.withdrawn,
    }
    if document.withdrawn:
        return source
    fields = analyse(document, lexicon).fields
    return {
        **source,
        "sort_name": document.sort_name,
        KEY_FIELD: fields.pop(KEY_FIELD).split(),
        PHRASE_FIELD: fields.pop(PHRASE_FIELD).split(),
        **{facet: list(values) for facet, values in document.facets.items()},
        document.collection: fields,
    }


def _mappings() -> dict[str, Any]:
    texts = {"dynamic": "strict", "properties": dict.fromkeys(TEXT_FIELDS, _TEXT)}
    facets = {facet for names in FACETS.values() for facet in names}
    return {
        "dynamic": "strict",
        "properties": {
            "collection": _KEYWORD,
            "id": _KEYWORD,
            "withdrawn": {"type": "boolean"},
            "sort_name": _KEYWORD,
            KEY_FIELD: _KEYWORD,
            PHRASE_FIELD: _KEYWORD,
            **dict.fromkeys(sorted(facets), _KEYWORD),
            **dict.fromkeys(COLLECTIONS, texts),
        },
    }
