"""What only Elasticsearch can do wrong: versions, mappings, aliases, no answer."""

import threading
from collections.abc import Callable

import pytest
from elasticsearch import BadRequestError

from marketplace.actions import search_index
from marketplace.actions.context import Context
from marketplace.actions.service_writing import patch_service
from marketplace.errors import Conflict, SearchUnavailable
from marketplace.search.document import Document
from marketplace.search.engines import elasticsearch_mapping
from marketplace.search.engines.base import PutResult
from marketplace.search.engines.elasticsearch import ElasticsearchEngine
from marketplace.search.engines.held import Held
from tests import land
from tests.search.conftest import (
    arrive,
    elasticsearch_engine,
    elasticsearch_settings,
    found,
    only_elasticsearch,
    unbothered,
)
from tests.search.proxy import Proxy

Publish = Callable[..., None]


# Nothing here depends on the database.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def engine_of(ctx: Context) -> ElasticsearchEngine:
    assert isinstance(ctx.engine, ElasticsearchEngine)
    return ctx.engine


def document(version: int, withdrawn: bool = False) -> Document:
    name = "" if withdrawn else f"Fassung {version}"
    return Document(collection="services", id="angeln", version=version, name=name, withdrawn=withdrawn)


def test_an_older_version_never_displaces_a_later_one_and_counts_as_done(elastic: Context) -> None:
    engine = engine_of(elastic)
    for version in (5, 3, 5):
        result = engine.put([document(version)])
        assert result == PutResult(frozenset({("services", "angeln")}), {})
    assert list(engine.held()) == [Held("services", "angeln", 5, withdrawn=False)]


def test_an_older_write_does_not_bring_a_withdrawn_entry_back(elastic: Context) -> None:
    engine = engine_of(elastic)
    engine.put([document(4)])
    engine.put([document(5, withdrawn=True)])
    engine.put([document(4)])
    assert list(engine.held()) == [Held("services", "angeln", 5, withdrawn=True)]


def test_the_mapping_is_closed(elastic: Context) -> None:
    indices = engine_of(elastic).indices
    (name,) = indices.behind(indices.read_alias)
    with (
        pytest.raises(BadRequestError, match="strict_dynamic_mapping_exception"),
        indices._client.within(),
    ):
        indices._client.asks.index(index=name, document={"colour": "blue"})


def test_a_document_that_is_refused_fails_alone_with_the_reason(elastic: Context) -> None:
    wrong = Document(collection="services", id="wrong", version=1, name="x", facets={"colour": ("blue",)})
    result = engine_of(elastic).put([document(1), wrong])
    assert result.held == {("services", "angeln")}
    assert "strict_dynamic_mapping_exception" in result.failed["services", "wrong"]


def test_an_index_of_another_version_is_refused_with_the_command_that_mends_it(
    elastic: Context, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(elastic, "angeln")
    arrive(elastic)
    monkeypatch.setattr(elasticsearch_mapping, "digest_of_sample", lambda: "another")
    later = ElasticsearchEngine(elastic.settings, elastic.database)
    ctx = Context(elastic.database, elastic.settings, later, elastic.clock)
    with pytest.raises(Conflict, match="run `marketplace search rebuild`"):
        later.prepare()
    with pytest.raises(SearchUnavailable, match="run `marketplace search rebuild`"):
        found(ctx)
    with pytest.raises(SearchUnavailable, match="another version"):
        later.put([document(1)])
    search_index.rebuild(ctx, unbothered)
    later.prepare()
    assert found(ctx) == ["angeln"]
    later.close()


@pytest.mark.parametrize("engine", only_elasticsearch())
def test_without_an_index_search_does_not_answer_and_says_what_to_do(elastic: Context, engine: str) -> None:
    assert engine == elastic.engine.name
    settings = elasticsearch_settings()
    with elasticsearch_engine(settings, elastic.database) as bare:
        ctx = Context(elastic.database, settings, bare, elastic.clock)
        with pytest.raises(SearchUnavailable, match="run `marketplace search rebuild`"):
            found(ctx)
        with pytest.raises(SearchUnavailable, match="run `marketplace search rebuild`"):
            bare.put([document(1)])
        status = bare.status()
        assert (status.ready, status.unbuilt) == (False, True)
        bare.prepare()


def test_a_write_during_the_sending_keeps_its_debt(
    behind_proxy: Context, proxy: Proxy, publish: Publish
) -> None:
    publish(behind_proxy, "angeln")
    proxy.hold()
    sender = threading.Thread(target=search_index.send_pending, args=(behind_proxy,))
    sender.start()
    assert proxy.held.wait(20)
    patch_service(behind_proxy, land.OPERATOR, "angeln", {"name": "Angelschein"}, 1)
    proxy.released.set()
    sender.join()
    status = search_index.status(behind_proxy)
    assert status.outbox is not None
    assert status.outbox.size == 1
    assert not search_index.check(behind_proxy).report.clean
    arrive(behind_proxy)
    assert found(behind_proxy, "Angelschein") == ["angeln"]
    assert search_index.check(behind_proxy).report.clean
