"""A new index beside the old one, and back."""

import threading
from collections.abc import Callable

import pytest

from marketplace.actions import search_index
from marketplace.actions.context import Context
from marketplace.actions.service_writing import patch_service
from marketplace.errors import Conflict, SearchUnavailable
from marketplace.search import source
from marketplace.search.check import Drift
from marketplace.search.document import Document
from marketplace.search.engines import elasticsearch_mapping
from marketplace.search.engines.elasticsearch import ElasticsearchEngine
from marketplace.search.engines.elasticsearch_indices import Indices
from tests import land
from tests.conftest import Clock
from tests.search.conftest import arrive, found, unbothered
from tests.search.proxy import Proxy

Publish = Callable[..., None]


def indices_of(ctx: Context) -> Indices:
    assert isinstance(ctx.engine, ElasticsearchEngine)
    return ctx.engine.indices


def readers_use(ctx: Context) -> str:
    (name,) = indices_of(ctx).behind(indices_of(ctx).read_alias)
    return name


def test_a_rebuild_fills_checks_and_swaps_and_keeps_the_index_before(
    elastic: Context, publish: Publish, clock: Clock
) -> None:
    first = readers_use(elastic)
    publish(elastic, "angeln")
    clock.tick(seconds=1)
    seen: list[tuple[int, int]] = []
    report = search_index.rebuild(elastic, lambda done, total: seen.append((done, total)))
    assert readers_use(elastic) == report.index != first
    assert indices_of(elastic).behind(indices_of(elastic).write_alias) == [report.index]
    assert set(indices_of(elastic).every()) == {first, report.index}
    assert (report.documents, report.check.clean, seen) == (1, True, [(0, 1), (1, 1)])
    assert found(elastic) == ["angeln"]


def test_only_one_earlier_index_is_kept(elastic: Context, clock: Clock) -> None:
    names = []
    for _ in range(3):
        clock.tick(seconds=1)
        names.append(search_index.rebuild(elastic, unbothered).index)
    assert set(indices_of(elastic).every()) == set(names[-2:])


def test_a_rollback_brings_the_earlier_index_up_to_date_before_readers_use_it(
    elastic: Context, publish: Publish, clock: Clock
) -> None:
    publish(elastic, "angeln")
    arrive(elastic)
    first = readers_use(elastic)
    clock.tick(seconds=1)
    second = search_index.rebuild(elastic, unbothered).index
    publish(elastic, "jagen")
    patch_service(elastic, land.OPERATOR, "angeln", {"status": "withdrawn"}, 1)
    arrive(elastic)
    assert search_index.rollback(elastic).index == first == readers_use(elastic)
    assert found(elastic) == ["jagen"]
    assert search_index.check(elastic).report.clean
    assert search_index.rollback(elastic).index == second


def test_a_rollback_needs_an_index_to_go_back_to(elastic: Context) -> None:
    with pytest.raises(Conflict, match="no earlier index is kept"):
        search_index.rollback(elastic)


def test_a_rollback_to_an_index_of_another_version_is_refused(
    elastic: Context, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.tick(seconds=1)
    monkeypatch.setattr(elasticsearch_mapping, "digest_of_sample", lambda: "another")
    newest = search_index.rebuild(elastic, unbothered).index
    with pytest.raises(Conflict, match="roll back with that version"):
        search_index.rollback(elastic)
    assert readers_use(elastic) == newest


def test_a_withdrawal_during_the_filling_wins(
    elastic: Context, publish: Publish, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(elastic, "angeln")
    publish(elastic, "jagen")
    arrive(elastic)
    clock.tick(seconds=1)
    documents = source.all_documents

    def withdrawn_meanwhile(session: object) -> object:
        """The snapshot is read; then the entry is withdrawn and sent; then the snapshot arrives."""
        old = list(documents(session))  # type: ignore[arg-type]  # it is the session that the filling has opened
        patch_service(elastic, land.OPERATOR, "angeln", {"status": "withdrawn"}, 1)
        assert search_index.send_pending(elastic).settled == 1
        return iter(old)

    with monkeypatch.context() as patched:
        patched.setattr(source, "all_documents", withdrawn_meanwhile)
        report = search_index.rebuild(elastic, unbothered)
    assert report.check.clean
    assert found(elastic) == ["jagen"]


def test_a_write_that_nobody_has_sent_yet_is_in_the_new_index_too(
    elastic: Context, publish: Publish, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.tick(seconds=1)
    documents = source.all_documents

    def written_meanwhile(session: object) -> object:
        old = list(documents(session))  # type: ignore[arg-type]  # it is the session that the filling has opened
        publish(elastic, "angeln")
        return iter(old)

    with monkeypatch.context() as patched:
        patched.setattr(source, "all_documents", written_meanwhile)
        assert search_index.rebuild(elastic, unbothered).check.clean
    assert found(elastic) == ["angeln"]


def test_documents_on_their_way_while_an_index_joins_are_sent_again(
    behind_proxy: Context, proxy: Proxy, publish: Publish, clock: Clock
) -> None:
    publish(behind_proxy, "angeln")
    proxy.hold()
    sent: list[search_index.SendReport] = []
    sender = threading.Thread(target=lambda: sent.append(search_index.send_pending(behind_proxy)))
    sender.start()
    assert proxy.held.wait(20)
    clock.tick(seconds=1)
    indices = indices_of(behind_proxy)
    indices.create(indices.new_name(clock()))
    proxy.released.set()
    sender.join()
    assert [(report.settled, report.deferred, report.error) for report in sent] == [(0, 1, None)]
    assert search_index.send_pending(behind_proxy).settled == 1
    for name in indices.every():
        indices.refresh(name)
        assert [one.id for one in indices.held(name)] == ["angeln"]


def test_a_rebuild_that_fails_leaves_readers_and_writers_where_they_were(
    elastic: Context, publish: Publish, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(elastic, "angeln")
    arrive(elastic)
    before = indices_of(elastic).every()
    clock.tick(seconds=1)
    wrong = Document(collection="services", id="angeln", version=1, name="x", facets={"colour": ("blue",)})
    monkeypatch.setattr(source, "all_documents", lambda _session: iter([wrong]))
    with pytest.raises(Conflict, match="services/angeln: 400"):
        search_index.rebuild(elastic, unbothered)
    monkeypatch.undo()
    assert indices_of(elastic).every() == before
    assert found(elastic) == ["angeln"]


def test_a_swap_whose_answer_got_lost_is_a_swap_all_the_same(
    behind_proxy: Context, proxy: Proxy, publish: Publish, clock: Clock
) -> None:
    first = readers_use(behind_proxy)
    publish(behind_proxy, "angeln")
    clock.tick(seconds=1)
    proxy.lose_answer = "POST /_aliases"
    with pytest.raises(SearchUnavailable):
        search_index.rebuild(behind_proxy, unbothered)
    assert readers_use(behind_proxy) != first, "the index that readers use already is not thrown away"
    assert found(behind_proxy) == ["angeln"]
    assert search_index.rollback(behind_proxy).index == first


def test_the_index_of_a_rebuild_that_died_is_named_and_taken_over(elastic: Context, clock: Clock) -> None:
    clock.tick(seconds=1)
    unfinished = indices_of(elastic).new_name(clock())
    indices_of(elastic).create(unfinished)
    clock.tick(seconds=1)
    with pytest.raises(Conflict, match=f"{unfinished}.*--take-over"):
        search_index.rebuild(elastic, unbothered)
    search_index.rebuild(elastic, unbothered, take_over=True)
    assert unfinished not in indices_of(elastic).every()


def test_a_check_names_the_drift_and_repairs_nothing(elastic: Context, publish: Publish) -> None:
    publish(elastic, "angeln")
    publish(elastic, "jagen")
    arrive(elastic)
    publish(elastic, "reiten")
    patch_service(elastic, land.OPERATOR, "angeln", {"name": "Angelschein"}, 1)
    elastic.engine.put([Document(collection="services", id="geist", version=1, name="Geist")])
    for _ in range(2):
        found = search_index.check(elastic)
        assert found.owed == 2
        assert {drift: count for drift, count in found.report.counts.items() if count} == {
            Drift.MISSING: 1, Drift.STALE: 1, Drift.EXTRA: 1,
        }  # fmt: skip
        assert found.report.examples[Drift.MISSING] == ("services/reiten",)
