"""A process follows what others commit: entries before each answer, a new lexicon beside the answers of the old one."""

import gc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from threading import Event

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from marketplace.actions.context import Context
from marketplace.actions.paging import PageRequest
from marketplace.actions.register import import_register
from marketplace.actions.search import search
from marketplace.actions.search_items import SearchItem
from marketplace.actions.service_writing import patch_service
from marketplace.actions.suggesting import suggest
from marketplace.actions.withdrawing import withdraw
from marketplace.errors import SearchUnavailable
from marketplace.search import source
from marketplace.search.document import Document
from tests import land
from tests.conftest import Clock
from tests.registers import compact
from tests.registers import land as register_of_land
from tests.search.conftest import arrive, found
from tests.search.official_words import BUNDLE, PROCEDURE, write_catalogue

Publish = Callable[..., None]
PATIENCE_S = 30.0
"""Who waits for longer waits for somebody who waits for him."""
SAID = replace(BUNDLE, words=("Schluffi",))


@contextmanager
def one_reading_anew(ctx: Context, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], list[str]]]:
    """Somebody searches "Schluffi" and is held up while the whole catalogue is read; yields how that is let go on."""
    documents, reading, go_on = source.all_documents, Event(), Event()

    def held_up(session: Session) -> Iterator[Document]:
        every = list(documents(session))
        reading.set()
        assert go_on.wait(PATIENCE_S)
        yield from every

    with ThreadPoolExecutor() as pool, monkeypatch.context() as patched:
        patched.setattr(source, "all_documents", held_up)
        first = pool.submit(found, ctx, "Schluffi")

        def done() -> list[str]:
            go_on.set()
            return first.result(PATIENCE_S)

        try:
            assert reading.wait(PATIENCE_S)
            yield done
        finally:
            go_on.set()


def services(ctx: Context, q: str) -> tuple[SearchItem, ...]:
    """What the public is shown."""
    return search(ctx, q, "services", {}, PageRequest()).items


def soon(action: Callable[..., list[str]], *args: object) -> list[str]:
    """What another thread is answered without waiting for anybody."""
    pool = ThreadPoolExecutor()
    try:
        return pool.submit(action, *args).result(PATIENCE_S)
    finally:
        pool.shutdown(wait=False)


def test_others_are_answered_and_find_what_is_written_while_one_reads_the_catalogue_with_new_words(
    either: Context, publish: Publish, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_catalogue(either, BUNDLE, PROCEDURE)
    publish(either, "kraftrad", name="Kraftrad", ozg_ids=[BUNDLE.ozg_id])
    publish(either, "karussell", name="Karussell")
    publish(either, "giraffe", name="Giraffe")
    arrive(either)
    assert found(either) == ["giraffe", "karussell", "kraftrad"]
    clock.tick(seconds=1)
    publish(either, "lavendel", name="Lavendel")
    write_catalogue(either, SAID, PROCEDURE)
    arrive(either)
    with one_reading_anew(either, monkeypatch) as done:
        assert soon(found, either, "Karussell") == ["karussell"]
        assert soon(found, either, "Lavendel") == ["lavendel"]
        publish(either, "zitrone", name="Zitrone")
        patch_service(either, land.OPERATOR, "karussell", {"name": "Trompete"}, 1)
        withdraw(either, land.OPERATOR, "giraffe", either.today(), "Ended.", None)
        arrive(either)
        assert soon(found, either, "Zitrone") == ["zitrone"]
        assert soon(found, either, "Trompete") == ["karussell"]
        assert soon(found, either, "Giraffe") == []
        assert done() == ["kraftrad"]
    assert found(either, "Schluffi") == ["kraftrad"]
    assert found(either) == ["kraftrad", "lavendel", "karussell", "zitrone"]
    assert found(either, "Zitrone") == ["zitrone"]
    assert found(either, "Giraffe") == []
    assert found(either, "Trompete") == ["karussell"]


def test_words_that_change_again_while_they_are_read_are_read_again(
    embedded: Context, publish: Publish, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_catalogue(embedded, BUNDLE, PROCEDURE)
    publish(embedded, "kraftrad", ozg_ids=[BUNDLE.ozg_id])
    assert found(embedded) == ["kraftrad"]
    write_catalogue(embedded, replace(BUNDLE, words=("Wumbel",)), PROCEDURE)
    with one_reading_anew(embedded, monkeypatch) as done:
        clock.tick(seconds=1)
        write_catalogue(embedded, SAID, PROCEDURE)
        assert done() == ["kraftrad"]
    assert found(embedded, "Wumbel") == []


def test_rows_shown_with_the_old_words_are_not_shown_with_the_new_ones(
    embedded: Context, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No entry changes between the two answers, only how its name is cut."""
    write_catalogue(embedded, BUNDLE, PROCEDURE)
    publish(embedded, "fremd", name="Schluffiwumbel")
    assert found(embedded) == ["fremd"]
    write_catalogue(embedded, replace(BUNDLE, words=("Schluffi", "Wumbel")), PROCEDURE)
    with one_reading_anew(embedded, monkeypatch) as done:
        assert soon(lambda: [item.id for item in services(embedded, "Schluffiwumbel")]) == ["fremd"]
        done()
    assert services(embedded, "Wumbel")[0].name_highlight == (("Schluffiwumbel", True),)


def test_who_has_nothing_to_go_by_waits_for_the_first_reading(
    embedded: Context, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(embedded, "karussell", name="Karussell")
    with one_reading_anew(embedded, monkeypatch) as done, ThreadPoolExecutor() as pool:
        second = pool.submit(found, embedded, "Karussell")
        assert not second.done()
        assert done() == []
        assert second.result(PATIENCE_S) == ["karussell"]


def test_a_reading_that_fails_is_tried_again_with_the_next_answer(
    embedded: Context, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_catalogue(embedded, BUNDLE, PROCEDURE)
    publish(embedded, "kraftrad", ozg_ids=[BUNDLE.ozg_id])
    assert found(embedded) == ["kraftrad"]
    write_catalogue(embedded, SAID, PROCEDURE)

    def failing(_session: Session) -> Iterator[Document]:
        raise OperationalError("SELECT", None, Exception("the connection is gone"))

    with monkeypatch.context() as patched:
        patched.setattr(source, "all_documents", failing)
        with pytest.raises(SearchUnavailable):
            found(embedded)
    assert found(embedded, "Schluffi") == ["kraftrad"]


def test_new_regions_are_known_without_reading_any_entry_anew(
    embedded: Context, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(embedded, "karussell", name="Karussell")
    assert found(embedded) == ["karussell"]
    assert suggest(embedded, "Unterd") == ()
    import_register(embedded, compact(register_of_land()), "Test")

    def never(_session: Session) -> Iterator[Document]:
        raise AssertionError("a register changes no entry")

    monkeypatch.setattr(source, "all_documents", never)
    assert [one.name for one in suggest(embedded, "Unterd")] == ["Unterdorf"]
    assert "unterdorf" in embedded.engine.reader().state.language.places
    assert found(embedded, "Karussell") == ["karussell"]


def test_the_catalogue_is_read_in_a_stream(embedded: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept of a document are its terms; the text itself goes before the next one comes."""
    most = 0

    def stream(_session: Session) -> Iterator[Document]:
        nonlocal most
        for number in range(20):
            yield Document(collection="services", id=f"e{number:02}", version=1, name="Karussell")
            most = max(most, sum(isinstance(one, Document) for one in gc.get_objects()))

    before = sum(isinstance(one, Document) for one in gc.get_objects())
    monkeypatch.setattr(source, "all_documents", stream)
    assert len(found(embedded, "Karussell")) == 20
    assert most <= before + 3
