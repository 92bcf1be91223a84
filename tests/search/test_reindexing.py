"""Names and everyday words of the catalogue change: every entry that refers to them is found by them, on each engine."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from marketplace import worker
from marketplace.actions import search_index
from marketplace.actions.context import Context
from marketplace.search import source
from tests.conftest import Clock
from tests.search.conftest import arrive, found, unbothered
from tests.search.official_words import BUNDLE, PROCEDURE, write_catalogue

Publish = Callable[..., None]


def test_an_everyday_word_added_to_a_bundle_finds_its_services_and_objects(
    either: Context, publish: Publish, clock: Clock
) -> None:
    write_catalogue(either, BUNDLE, PROCEDURE)
    publish(either, "fahrzeuge", ozg_ids=[BUNDLE.ozg_id])
    publish(either, "angeln")
    worker.run(either, once=True)
    arrive(either)
    assert found(either, "Schluffi") == found(either, "Schluffi", "procedures") == []
    clock.tick(seconds=1)
    write_catalogue(either, replace(BUNDLE, words=("Schluffi",)), PROCEDURE)
    worker.run(either, once=True)
    arrive(either)
    assert found(either, "Schluffi") == ["fahrzeuge"]
    assert found(either, "Schluffi", "procedures") == ["99036008"]
    assert search_index.check(either).report.clean


def test_a_word_taken_away_finds_nothing_any_more(either: Context, publish: Publish, clock: Clock) -> None:
    write_catalogue(either, replace(BUNDLE, words=("Schluffi",)), PROCEDURE)
    publish(either, "fahrzeuge", ozg_ids=[BUNDLE.ozg_id])
    worker.run(either, once=True)
    arrive(either)
    assert found(either, "Schluffi") == ["fahrzeuge"]
    clock.tick(seconds=1)
    write_catalogue(either, BUNDLE, PROCEDURE)
    worker.run(either, once=True)
    arrive(either)
    assert found(either, "Schluffi") == found(either, "Schluffi", "procedures") == []


def test_a_compound_is_cut_anew_everywhere_once_its_parts_are_known(
    either: Context, publish: Publish, clock: Clock
) -> None:
    """The lexicon cuts by the catalogue's own words: with new ones, entries that never changed are cut another way."""
    write_catalogue(either, BUNDLE, PROCEDURE)
    publish(either, "fremd", name="Schluffiwumbel")
    worker.run(either, once=True)
    arrive(either)
    assert found(either, "Wumbel") == []
    clock.tick(seconds=1)
    write_catalogue(either, replace(BUNDLE, words=("Schluffi", "Wumbel")), PROCEDURE)
    worker.run(either, once=True)
    arrive(either)
    assert found(either, "Wumbel") == ["fremd"]


def test_words_that_change_while_a_new_index_is_filled_stay_changed(
    elastic: Context, publish: Publish, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The versions of the entries do not change with the words, so that versions alone cannot tell old from new."""
    write_catalogue(elastic, BUNDLE, PROCEDURE)
    publish(elastic, "fahrzeuge", ozg_ids=[BUNDLE.ozg_id])
    worker.run(elastic, once=True)
    clock.tick(seconds=1)
    documents = source.all_documents

    def changed_meanwhile(session: object) -> object:
        """The snapshot is read; then the words change and are sent; then the snapshot arrives."""
        old = list(documents(session))  # type: ignore[arg-type]  # it is the session that the filling has opened
        write_catalogue(elastic, replace(BUNDLE, words=("Schluffi",)), PROCEDURE)
        assert search_index.send_pending(elastic).settled == 2
        return iter(old)

    with monkeypatch.context() as patched:
        patched.setattr(source, "all_documents", changed_meanwhile)
        assert search_index.rebuild(elastic, unbothered).check.clean
    assert found(elastic, "Schluffi") == ["fahrzeuge"]
    assert found(elastic, "Schluffi", "procedures") == ["99036008"]
