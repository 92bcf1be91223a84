"""What tells an index of this version from one that another version has made."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import fields, replace

import pytest

from marketplace.domain.service import Service
from marketplace.search import analysis, german, lexicon
from marketplace.search.document import Document, References, document_of_service
from marketplace.search.engines import elasticsearch_mapping
from marketplace.search.engines.elasticsearch_mapping import digest_of_sample, fingerprint
from marketplace.search.part_list import NO_HEADS, PARTS
from marketplace.search.sample import BUNDLE, PROCEDURES, SERVICE

Patch = Callable[[pytest.MonkeyPatch], None]


@pytest.fixture(autouse=True)
def computed_anew() -> Iterator[None]:
    yield
    digest_of_sample.cache_clear()


def fresh() -> str:
    digest_of_sample.cache_clear()
    return fingerprint()


def with_a_stop_word(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(german, "STOP_WORDS", german.STOP_WORDS | {"mithin"})


def with_a_part(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("marketplace.search.lexicon.PARTS", (*PARTS, "flosser"))


def without_an_ending_that_is_no_word(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("marketplace.search.lexicon.NO_HEADS", NO_HEADS - {"nis"})


def with_dearer_links(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(lexicon, "LINK_COST", lexicon.LINK_COST + 0.1)


def with_other_stems(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(analysis, "stem", lambda word: german.stem(word)[:12])


def with_the_kind_in_the_text(patch: pytest.MonkeyPatch) -> None:

    def told(service: Service, references: References) -> Document:
        document = document_of_service(service, references)
        return document if document.withdrawn else replace(document, body=f"{document.body} {service.kind}")

    patch.setattr("marketplace.search.sample.document_of_service", told)


def with_the_stage_as_a_facet(patch: pytest.MonkeyPatch) -> None:

    def told(service: Service, references: References) -> Document:
        document = document_of_service(service, references)
        stage = (service.stage.value,) if service.stage else ()
        return replace(document, facets={**document.facets, "kind": stage})

    patch.setattr("marketplace.search.sample.document_of_service", told)


def with_another_similarity(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(elasticsearch_mapping, "SETTINGS", {"index": {"number_of_shards": 2}})


@pytest.mark.parametrize(
    "changed",
    [
        with_a_stop_word,
        with_a_part,
        without_an_ending_that_is_no_word,
        with_dearer_links,
        with_other_stems,
        with_the_kind_in_the_text,
        with_the_stage_as_a_facet,
        with_another_similarity,
    ],
)
def test_another_index_has_another_fingerprint(changed: Patch, monkeypatch: pytest.MonkeyPatch) -> None:
    before = fresh()
    changed(monkeypatch)
    assert fresh() != before


def test_what_only_queries_are_read_with_needs_no_other_index(monkeypatch: pytest.MonkeyPatch) -> None:
    before = fresh()
    monkeypatch.setattr(german, "GENERIC_STEMS", german.GENERIC_STEMS | {"hund"})
    assert fresh() == before


@pytest.mark.parametrize("seed", ["1", "2"])
def test_every_process_has_the_same_fingerprint(seed: str) -> None:
    code = "from marketplace.search.engines.elasticsearch_mapping import fingerprint; print(fingerprint())"
    run = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert run.stdout.strip() == fresh()


@pytest.mark.parametrize("entry", [SERVICE, BUNDLE, *PROCEDURES], ids=lambda entry: type(entry).__name__)
def test_the_sample_has_every_field_of_an_entry(entry: object) -> None:
    """A field that documents begin to read must show in the sample."""
    assert [one.name for one in fields(entry) if not getattr(entry, one.name)] == []  # type: ignore[arg-type]  # all are dataclasses
