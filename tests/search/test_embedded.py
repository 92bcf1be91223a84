"""What only the engine in RAM has to do."""

import threading
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import text

from marketplace.actions import search_index
from marketplace.actions.context import Context
from marketplace.actions.paging import PageRequest
from marketplace.actions.search import search
from marketplace.actions.service_writing import patch_service
from marketplace.search.analysis import analyse
from marketplace.search.document import Document
from marketplace.search.engines.base import EngineQuery
from marketplace.search.engines.embedded import EmbeddedEngine
from marketplace.search.engines.tantivy_index import TantivyIndex
from marketplace.search.language import Language
from marketplace.search.lexicon import Lexicon
from marketplace.search.planning import plan_query
from marketplace.search.state import Prepared
from marketplace.settings import Settings
from marketplace.store.database import Database, open_engine
from tests import land
from tests.conftest import Clock

Publish = Callable[..., None]
LEXICON = Lexicon()
LANGUAGE = Language(LEXICON)


def ids(ctx: Context, q: str) -> list[str]:
    return [item.id for item in search(ctx, q, "services", {}, PageRequest(1, 200)).items]


def prepared(entry_id: str, name: str, version: int = 1, withdrawn: bool = False) -> Prepared:
    document = Document(collection="services", id=entry_id, version=version, name=name, withdrawn=withdrawn)
    return document, analyse(document, LEXICON)


def scores(index: TantivyIndex, q: str, limit: int = 50) -> dict[str, float]:
    hits = index.search(EngineQuery(plan_query(q, LANGUAGE), "services", limit=limit))
    return dict(zip(hits.ids, hits.scores, strict=True))


def test_another_process_reads_what_this_one_committed(
    embedded: Context, publish: Publish, settings: Settings, clock: Clock
) -> None:
    database = Database(open_engine(embedded.database.engine.url.render_as_string(hide_password=False)))
    other = Context(database, settings, EmbeddedEngine(database), clock)
    assert ids(other, "") == []
    publish(embedded, "angeln", name="Angelschein")
    assert ids(other, "Angelschein") == ["angeln"]
    database.dispose()


def test_it_owes_nothing_and_its_debts_are_removed(embedded: Context, publish: Publish) -> None:
    publish(embedded, "angeln")
    publish(embedded, "jagen")
    assert search_index.send_pending(embedded).settled == 2
    assert search_index.send_pending(embedded).settled == 0
    assert ids(embedded, "") == ["angeln", "jagen"]


def test_scores_do_not_drift_however_often_an_entry_is_updated() -> None:
    entries = [prepared(f"e{number:03}", f"Wort{number} Genehmigung") for number in range(400)]
    index, fresh = TantivyIndex("services", entries), TantivyIndex("services", entries)
    after_one = TantivyIndex("services", entries)
    after_one.apply([prepared("e007", "Wort7 Genehmigung", 2)])
    for version in range(2, 60):
        index.apply([prepared("e007", "Wort7 Genehmigung", version)])
        # At most one replaced copy counts, however many there were.
        assert scores(index, "Wort7")["e007"] >= scores(after_one, "Wort7")["e007"] * 0.99
    for number in range(10, 14):
        index.apply([prepared(f"e{number:03}", f"Wort{number} Genehmigung", 2)])
    # More than a hundredth of the entries was replaced: the index is as new.
    assert scores(index, "Wort7 Genehmigung") == scores(fresh, "Wort7 Genehmigung")


def test_a_small_catalogue_is_exact_after_every_update() -> None:
    entries = [prepared(f"e{number}", f"Wort{number} Genehmigung") for number in range(50)]
    index, fresh = TantivyIndex("services", entries), TantivyIndex("services", entries)
    for version in range(2, 30):
        index.apply([prepared("e7", "Wort7 Genehmigung", version)])
        index.apply([prepared(f"e{version}", f"Wort{version} Genehmigung", version)])
    assert scores(index, "Wort7 Genehmigung") == scores(fresh, "Wort7 Genehmigung")


def test_equal_scores_are_ordered_by_id_whatever_the_order_of_writing() -> None:
    index = TantivyIndex(
        "services", [prepared(f"e{number:03}", "Genehmigung") for number in range(300, 0, -1)]
    )
    for number in (5, 299, 17):
        index.apply([prepared(f"e{number:03}", "Genehmigung", 2)])
    hits = index.search(EngineQuery(plan_query("Genehmigung", LANGUAGE), "services", limit=40))
    assert len(set(hits.scores)) == 1
    assert list(hits.ids) == [f"e{number:03}" for number in range(1, 41)]
    second = index.search(EngineQuery(plan_query("Genehmigung", LANGUAGE), "services", offset=40, limit=40))
    assert second.ids[0] == "e041"


def test_a_withdrawn_entry_leaves_the_index_and_may_come_back() -> None:
    index = TantivyIndex("services", [prepared("angeln", "Angelschein")])
    index.apply([prepared("angeln", "", 2, withdrawn=True)])
    assert scores(index, "Angelschein") == {}
    index.apply([prepared("angeln", "Angelschein", 3)])
    assert list(scores(index, "Angelschein")) == ["angeln"]


def test_no_entry_is_asked_for_with_a_limit_of_nothing() -> None:
    index = TantivyIndex("services", [prepared("angeln", "Angelschein")])
    hits = index.search(EngineQuery(plan_query("Angelschein", LANGUAGE), "services", limit=0))
    assert (hits.ids, hits.total) == ((), 1)


def test_many_threads_search_while_others_write(embedded: Context, publish: Publish) -> None:
    for number in range(5):
        publish(embedded, f"angeln-{number}", name=f"Angelschein {number}")
    failures: list[BaseException] = []
    stopped = threading.Event()

    def read() -> None:
        try:
            while not stopped.is_set():
                assert len(ids(embedded, "Angelschein")) == 5
        except BaseException as failure:  # noqa: BLE001  # a panic of the library is no Exception; the test reports it
            failures.append(failure)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for version in range(1, 16):
        patch_service(embedded, land.OPERATOR, "angeln-0", {"summary": f"Fassung {version}."}, version)
    stopped.set()
    for reader in readers:
        reader.join()
    assert failures == []
    assert ids(embedded, "Fassung 15") == ["angeln-0"]


def test_a_feed_that_starts_anew_means_another_database(embedded: Context, publish: Publish) -> None:
    publish(embedded, "angeln")
    publish(embedded, "jagen")
    assert ids(embedded, "") == ["angeln", "jagen"]
    with embedded.database.writing() as session:
        session.execute(text("DELETE FROM search_change"))
        session.execute(text("UPDATE service SET status = 'withdrawn' WHERE id = 'jagen'"))
    assert ids(embedded, "") == ["angeln"]


def test_a_database_without_tables_is_a_search_that_does_not_answer(tmp_path: Path) -> None:
    database = Database(open_engine(f"sqlite:///{tmp_path / 'empty.sqlite'}"))
    status = EmbeddedEngine(database).status()
    assert not status.ready
    database.dispose()
