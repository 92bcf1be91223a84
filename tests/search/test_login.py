"""Getting in: user and password, API key, TLS. The tests' own Elasticsearch runs with its security switched on."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from marketplace.actions import search_index
from marketplace.actions.context import Context
from marketplace.errors import SearchUnavailable
from marketplace.search.engines.elasticsearch import ElasticsearchEngine
from tests.search.conftest import (
    ELASTICSEARCH_URL,
    LOGIN,
    arrive,
    elasticsearch_settings,
    found,
    only_elasticsearch,
)
from tests.search.proxy import Proxy

Publish = Callable[..., None]
# Nothing here depends on the database.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
FILES = Path(__file__).parent / "tls"
NODE, STRANGER = FILES / "node.pem", FILES / "stranger.pem"
"""A certificate for 127.0.0.1 that signs itself, with its key, and another one that signed nothing of ours."""
NO_LOGIN = dict.fromkeys(("elasticsearch_user", "elasticsearch_password"))


def protected() -> list[object]:
    """Elasticsearch, where it asks for a password."""
    return only_elasticsearch() if LOGIN else []


@contextmanager
def seen_with(elastic: Context, url: str | None = None, **settings: Any) -> Iterator[Context]:
    """The catalogue of a context as one with other settings sees it."""
    index = elastic.settings.elasticsearch_index
    changed = elasticsearch_settings(url, elasticsearch_index=index, **settings)
    engine = ElasticsearchEngine(changed, elastic.database)
    yield Context(elastic.database, changed, engine, elastic.clock)
    engine.close()


def refusal(ctx: Context) -> str:
    with pytest.raises(SearchUnavailable) as refused:
        found(ctx)
    status = ctx.engine.status()
    assert (status.ready, status.details) == (False, {"error": refused.value.message})
    return refused.value.message


@pytest.mark.parametrize("engine", protected())
def test_the_right_password_opens_and_a_wrong_one_is_said_readably(
    elastic: Context, publish: Publish, engine: str
) -> None:
    assert engine == elastic.engine.name
    assert elastic.settings.elasticsearch_password is not None
    publish(elastic, "angeln")
    arrive(elastic)
    assert found(elastic) == ["angeln"]
    for wrong in ({**LOGIN, "elasticsearch_password": "wrong"}, NO_LOGIN):
        with seen_with(elastic, **wrong) as stranger:
            assert refusal(stranger).startswith(
                "Elasticsearch refuses the login: see MARKETPLACE_ELASTICSEARCH_USER"
            )


@pytest.mark.parametrize("engine", protected())
def test_a_worker_with_a_wrong_password_loses_nothing(
    elastic: Context, publish: Publish, engine: str
) -> None:
    assert engine == elastic.engine.name
    publish(elastic, "angeln")
    with seen_with(elastic, **{**LOGIN, "elasticsearch_password": "wrong"}) as stranger:
        report = search_index.send_pending(stranger)
    assert (report.settled, report.deferred) == (0, 1)
    assert report.error is not None
    assert "refuses the login" in report.error
    assert "wrong" not in report.error


def test_an_api_key_is_sent_with_every_request_and_nothing_else(elastic: Context, proxy: Proxy) -> None:
    key = "VnVhQ2ZHY0JDZGJrUW0tZTVhT3g6dWkybHAyYXhUTm1zeWFrdzl0dk5udw=="
    proxy.overloaded = True
    with seen_with(elastic, url=proxy.url, elasticsearch_api_key=key, **NO_LOGIN) as ctx:
        assert refusal(ctx) == "Elasticsearch is overloaded"
    assert len(proxy.logins) == 2
    assert set(proxy.logins) == {f"ApiKey {key}"}


@pytest.mark.parametrize("engine", protected())
def test_an_api_key_that_elasticsearch_does_not_know_is_refused_readably(
    elastic: Context, engine: str
) -> None:
    assert engine == elastic.engine.name
    with seen_with(elastic, elasticsearch_api_key="bm9ib2R5Om5vYm9keQ==", **NO_LOGIN) as ctx:
        assert "refuses the login" in refusal(ctx)


@pytest.fixture
def over_tls() -> Iterator[Proxy]:
    """A way to Elasticsearch by https, as a node with a certificate of its own."""
    assert ELASTICSEARCH_URL is not None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(NODE)
    with Proxy(ELASTICSEARCH_URL, context) as way:
        yield way


def test_tls_needs_the_certificate_that_signed_the_nodes(
    elastic: Context, over_tls: Proxy, publish: Publish
) -> None:
    publish(elastic, "angeln")
    arrive(elastic)
    with seen_with(elastic, url=over_tls.url, elasticsearch_ca_certs=NODE) as ctx:
        assert found(ctx) == ["angeln"]
        assert search_index.check(ctx).report.clean
    asked = len(over_tls.requests)
    for wrong in (STRANGER, None):
        with seen_with(elastic, url=over_tls.url, elasticsearch_ca_certs=wrong) as ctx:
            assert refusal(ctx).startswith(
                "Elasticsearch's certificate is refused; MARKETPLACE_ELASTICSEARCH_CA_CERTS names the ones to trust"
            )
    assert len(over_tls.requests) == asked, (
        "no request, and so no login, went to a node that nobody vouches for"
    )
