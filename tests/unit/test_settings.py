"""Settings of Elasticsearch: what is refused at start, and in which words."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from marketplace.cli import main
from marketplace.cli.settings import shown
from marketplace.errors import InvalidInput
from marketplace.settings import Settings, load_settings

CERTIFICATE = Path(__file__).parents[1] / "search" / "tls" / "node.pem"
HERE, THERE, OVER_TLS = "http://127.0.0.1:9200", "http://elasticsearch:9200", "https://es.example.org:9200"
PASSWORD = {"user": "marketplace", "password": "geheim"}


def given(monkeypatch: pytest.MonkeyPatch, **elasticsearch: Any) -> Settings:
    """Load settings from an environment with these and no others of Elasticsearch."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"MARKETPLACE_{name.upper()}", raising=False)
    for name, value in elasticsearch.items():
        monkeypatch.setenv(f"MARKETPLACE_ELASTICSEARCH_{name.upper()}", str(value))
    return load_settings()


@pytest.mark.parametrize(
    ("settings", "nodes"),
    [
        ({}, ()),
        ({"url": ""}, ()),
        ({"url": f"{HERE}/"}, (HERE,)),
        ({"url": f"{OVER_TLS}, https://es2.example.org:9200,"}, (OVER_TLS, "https://es2.example.org:9200")),
        ({"url": "https://es.example.org:443/behind/a/path"}, ("https://es.example.org:443/behind/a/path",)),
        ({"url": HERE, **PASSWORD}, (HERE,)),
        ({"url": "http://[::1]:9200", "api_key": "a"}, ("http://[::1]:9200",)),
        ({"url": THERE}, (THERE,)),
        ({"url": THERE, "plain_login": "true", **PASSWORD}, (THERE,)),
        ({"url": OVER_TLS, "ca_certs": CERTIFICATE, **PASSWORD}, (OVER_TLS,)),
        ({"url": OVER_TLS, "api_key": "a", "user": "", "password": ""}, (OVER_TLS,)),
    ],
)
def test_what_fits_together_is_taken(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, Any], nodes: tuple[str, ...]
) -> None:
    assert given(monkeypatch, **settings).elasticsearch_nodes == nodes


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"url": "elasticsearch:9200"}, "ELASTICSEARCH_URL: must look like https://host:9200"),
        ({"url": "ftp://es.example.org:9200"}, "'ftp://es.example.org:9200' is no http or https address"),
        ({"url": "https://es.example.org"}, "'https://es.example.org' names no port"),
        ({"url": "https://es.example.org:high"}, "must look like https://host:9200"),
        ({"url": "https://es.example.org:9200?pretty"}, "has a query or fragment"),
        ({"url": "https://u:secret@es.example.org:9200"}, "holds a login: use MARKETPLACE_ELASTICSEARCH_USER"),
        ({"url": ","}, "names no address"),
        ({"url": f"{HERE},{HERE}/"}, "names an address twice"),
        ({"url": f"{OVER_TLS},{HERE}"}, "must be all http or all https"),
        ({"url": HERE, "user": "marketplace"}, "_USER and MARKETPLACE_ELASTICSEARCH_PASSWORD belong together"),
        ({"url": HERE, "password": "secret"}, "_USER and MARKETPLACE_ELASTICSEARCH_PASSWORD belong together"),
        ({"url": HERE, "api_key": "secret", **PASSWORD}, "API_KEY and MARKETPLACE_ELASTICSEARCH_USER are two logins"),
        ({"url": THERE, **PASSWORD}, "the login would be sent unencrypted"),
        ({"url": f"{HERE},{THERE}", "api_key": "secret"}, "the login would be sent unencrypted"),
        ({"url": HERE, "ca_certs": CERTIFICATE}, "CA_CERTS is for https, but MARKETPLACE_ELASTICSEARCH_URL is http"),
        ({"url": OVER_TLS, "ca_certs": "nowhere.pem"}, "ELASTICSEARCH_CA_CERTS: nowhere.pem is no file"),
        ({"url": OVER_TLS, "ca_certs": __file__}, "holds no certificates in PEM form"),
        ({"url": HERE, "timeout": "20"}, "ELASTICSEARCH_TIMEOUT"),
        ({"url": HERE, "timeout": "5", "bulk_timeout": "2"}, "TIMEOUT is longer than"),
        ({"url": HERE, "ca_cert": CERTIFICATE}, "did you mean MARKETPLACE_ELASTICSEARCH_CA_CERTS"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_in_words_that_name_it(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, Any], said: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        given(monkeypatch, **settings)
    message = "; ".join(f"{error.field}: {error.message}" for error in refused.value.errors)
    assert said in message
    assert "secret" not in message


def test_a_key_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = given(monkeypatch, url=OVER_TLS, api_key="geheim")
    assert shown(settings.elasticsearch_api_key) == "****"
    assert "geheim" not in repr(settings)


@pytest.mark.parametrize(
    "variable", ["MARKETPLACE_ELASTICSEARCH_CA_CERTS", "MARKETPLACE_ELASTICSEARCH_PLAIN_LOGIN"]
)
def test_each_is_listed_by_the_command(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    given(monkeypatch, url=OVER_TLS, ca_certs=CERTIFICATE)
    listed = CliRunner().invoke(main, ["settings"]).output
    assert f"{variable} = " in listed
