"""Elasticsearch goes and comes back: down, slow, full, overloaded, its index deleted. Each has a defined answer.

Readers get SearchUnavailable (503 with Retry-After, and the page offers browsing); writes go on and are owed.
"""

import time
from collections.abc import Callable, Iterator

import pytest

from marketplace import worker
from marketplace.actions import search_index
from marketplace.actions.context import Context
from marketplace.actions.paging import PageRequest
from marketplace.actions.search_both import BothResults, search_both
from marketplace.errors import Conflict, SearchUnavailable
from marketplace.search.engines.elasticsearch import ElasticsearchEngine
from marketplace.search.engines.elasticsearch_indices import Indices
from marketplace.store.outbox import OutboxState
from tests.conftest import Clock
from tests.search.conftest import arrive, elasticsearch_settings, found
from tests.search.proxy import Proxy

Publish = Callable[..., None]
# Nothing here depends on the database.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
LIMIT_S = 1.0
"""What settings give a page unless told otherwise."""
SLACK_S = 0.5


def owed(ctx: Context) -> OutboxState:
    status = search_index.status(ctx)
    assert status.outbox is not None
    return status.outbox


def indices_of(ctx: Context) -> Indices:
    assert isinstance(ctx.engine, ElasticsearchEngine)
    return ctx.engine.indices


def set_block(ctx: Context, block: str, value: bool | None) -> None:
    """Block the writes of the index that readers use, as a full disk does, or let them again."""
    indices = indices_of(ctx)
    with indices._client.answering():
        indices._client.asks.indices.put_settings(
            index=indices.read_alias, settings={f"index.blocks.{block}": value}
        )


@pytest.fixture
def impatient(behind_proxy: Context, proxy: Proxy) -> Iterator[Context]:
    """The same catalogue as a page of a production server sees it: with the time limit that it has by default."""
    assert behind_proxy.settings.elasticsearch_nodes == (proxy.url,)
    settings = behind_proxy.settings.model_copy(update={"elasticsearch_timeout": LIMIT_S})
    engine = ElasticsearchEngine(settings, behind_proxy.database)
    ctx = Context(behind_proxy.database, settings, engine, behind_proxy.clock)
    assert found(ctx) == []
    engine._ours_until = 0.0
    proxy.requests.clear()
    yield ctx
    engine.close()


def refused_within(ctx: Context, seconds: float) -> str:
    begun = time.perf_counter()
    with pytest.raises(SearchUnavailable) as refusal:
        found(ctx)
    assert time.perf_counter() - begun < seconds
    return refusal.value.message


@pytest.mark.parametrize(("trouble", "asked"), [("cut", 2), ("overloaded", 1)])
def test_no_answer_and_no_room_are_one_error_for_readers(
    behind_proxy: Context, proxy: Proxy, trouble: str, asked: int
) -> None:
    """A connection that breaks may only have been kept too long, so it is tried once more; an answer is believed."""
    assert found(behind_proxy) == []
    setattr(proxy, trouble, True)
    proxy.requests.clear()
    with pytest.raises(SearchUnavailable):
        found(behind_proxy)
    assert len(proxy.requests) == asked
    assert not behind_proxy.engine.status().ready
    setattr(proxy, trouble, False)
    assert found(behind_proxy) == []


def test_writes_go_on_while_elasticsearch_is_away_and_arrive_afterwards(
    behind_proxy: Context, proxy: Proxy, publish: Publish, clock: Clock
) -> None:
    proxy.cut = True
    publish(behind_proxy, "angeln")
    report = search_index.send_pending(behind_proxy)
    assert (report.settled, report.deferred) == (0, 1)
    status = search_index.status(behind_proxy)
    assert status.outbox is not None
    assert (status.outbox.size, status.outbox.failing, status.engine.ready) == (1, 1, False)
    proxy.cut = False
    assert search_index.send_pending(behind_proxy).settled == 0, "it waits for its pause to end"
    clock.tick(seconds=1)
    assert search_index.send_pending(behind_proxy).settled == 1
    assert search_index.check(behind_proxy).report.clean


def test_a_silent_server_costs_a_page_one_time_limit_and_one_request(
    impatient: Context, proxy: Proxy
) -> None:
    proxy.silent = True
    assert refused_within(impatient, LIMIT_S + SLACK_S) == "Elasticsearch does not answer (ConnectionTimeout)"
    assert len(proxy.requests) == 1


def test_all_questions_of_a_page_share_one_time_limit(impatient: Context, proxy: Proxy) -> None:
    """Each of the two, the index's fingerprint and the search, would keep the limit by itself."""
    proxy.delay = 0.7 * LIMIT_S
    refused_within(impatient, LIMIT_S + SLACK_S)
    assert len(proxy.requests) == 2


def search_page(ctx: Context, q: str) -> BothResults:
    return search_both(
        ctx, q, "services", {}, PageRequest(1, 20), sort="relevance", region=None, live_here=False, verbatim=False
    )  # fmt: skip


def test_a_page_shows_what_it_has_when_the_time_for_the_rest_has_run_out(
    impatient: Context, proxy: Proxy, publish: Publish
) -> None:
    """A page asks up to seven questions: what was looked for comes first, and what stands beside it is left out."""
    publish(impatient, "angeln")
    assert search_index.send_pending(impatient).settled == 1
    impatient.engine.prepare()
    for text in ("angeln", "etwas ganz anderes"):
        proxy.delay = 0.7 * LIMIT_S
        begun = time.perf_counter()
        page = search_page(impatient, text)
        assert time.perf_counter() - begun < LIMIT_S + SLACK_S
        assert [item.id for item in page.main.items] == (["angeln"] if text == "angeln" else [])
        assert (page.beside, page.is_offered, page.main.is_miss) == (None, True, False)
        proxy.delay = 0.0
        assert search_page(impatient, text).beside is not None


def test_the_state_of_the_search_is_told_within_one_time_limit(impatient: Context, proxy: Proxy) -> None:
    proxy.delay = 0.4 * LIMIT_S
    begun = time.perf_counter()
    assert not impatient.engine.status().ready
    assert time.perf_counter() - begun < LIMIT_S + SLACK_S


def test_a_page_asks_the_next_node_when_one_is_gone_and_never_after_a_timeout(
    behind_proxy: Context, proxy: Proxy
) -> None:
    settings = elasticsearch_settings(
        f"http://127.0.0.1:9,{proxy.url}",
        elasticsearch_index=behind_proxy.settings.elasticsearch_index,
        elasticsearch_timeout=LIMIT_S,
    )
    engine = ElasticsearchEngine(settings, behind_proxy.database)
    ctx = Context(behind_proxy.database, settings, engine, behind_proxy.clock)
    for _ in range(3):
        assert found(ctx) == []
    proxy.requests.clear()
    proxy.silent = True
    refused_within(ctx, LIMIT_S + SLACK_S)
    assert len(proxy.requests) == 1
    engine.close()


@pytest.mark.parametrize(
    ("block", "reason"), [("write", "403 cluster_block"), ("read_only_allow_delete", "429 cluster_block")]
)
def test_a_full_engine_keeps_its_debts_with_attempts_and_reason_until_there_is_room(
    elastic: Context, publish: Publish, clock: Clock, block: str, reason: str
) -> None:
    set_block(elastic, block, value=True)
    publish(elastic, "angeln")
    for attempt in (1, 2, 3):
        report = search_index.send_pending(elastic)
        assert (report.settled, report.deferred) == (0, 1)
        assert report.error is not None
        assert report.error.startswith(reason)
        assert owed(elastic).last_error == report.error
        assert search_index.send_pending(elastic).deferred == 0, "it waits for its pause to end"
        clock.tick(seconds=2**attempt)
    assert found(elastic) == [], "readers go on reading"
    set_block(elastic, block, value=None)
    arrive(elastic)
    assert (found(elastic), owed(elastic).size) == (["angeln"], 0)
    assert search_index.check(elastic).report.clean


def test_an_overloaded_engine_keeps_its_debts_until_it_answers_again(
    behind_proxy: Context, proxy: Proxy, publish: Publish, clock: Clock
) -> None:
    publish(behind_proxy, "angeln")
    proxy.overloaded = True
    assert search_index.send_pending(behind_proxy).error == "Elasticsearch is overloaded"
    assert owed(behind_proxy).failing == 1
    proxy.overloaded = False
    clock.tick(seconds=1)
    arrive(behind_proxy)
    assert found(behind_proxy) == ["angeln"]


def delete_every_index(ctx: Context) -> None:
    for name in indices_of(ctx).every():
        indices_of(ctx).drop(name)


def test_pages_say_that_the_index_is_gone_and_the_worker_builds_it_anew(
    elastic: Context, publish: Publish, clock: Clock
) -> None:
    publish(elastic, "angeln")
    arrive(elastic)
    assert found(elastic) == ["angeln"]
    delete_every_index(elastic)
    with pytest.raises(SearchUnavailable, match="no index yet: run `marketplace search rebuild`"):
        found(elastic)
    with pytest.raises(SearchUnavailable, match="no index yet"):
        search_index.check(elastic)
    publish(elastic, "jagen")
    assert search_index.send_pending(elastic).error is not None
    assert indices_of(elastic).every() == {}, "a write makes no index of its own, with a mapping of its own"
    clock.tick(seconds=60)
    worker.run(elastic, once=True)
    assert sorted(found(elastic)) == ["angeln", "jagen"]
    assert search_index.check(elastic).report.clean


def test_an_index_deleted_while_documents_are_on_their_way_leaves_them_owed(
    elastic: Context, publish: Publish, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    """Elasticsearch makes an index of its own guess for a write without one; nothing in it counts as held."""
    publish(elastic, "angeln")
    behind = Indices.behind
    calls: list[str] = []

    def deleted_after_the_look(indices: Indices, alias: str) -> list[str]:
        found_now = behind(indices, alias)
        calls.append(alias)
        if len(calls) == 1:
            known = indices.fingerprints(*found_now)
            monkeypatch.setattr(Indices, "fingerprints", lambda _indices, *_names: known)
            delete_every_index(elastic)
        return found_now

    monkeypatch.setattr(Indices, "behind", deleted_after_the_look)
    report = search_index.send_pending(elastic)
    assert (report.settled, report.deferred) == (0, 1)
    monkeypatch.undo()
    with pytest.raises(Conflict):
        search_index.rollback(elastic)
    clock.tick(seconds=1)
    worker.run(elastic, once=True)
    assert found(elastic) == ["angeln"]
    assert len(indices_of(elastic).every()) == 1, "what Elasticsearch made by itself is gone"
