"""Settings of signing in: what is refused at start, and in which words."""

from datetime import timedelta
from typing import Any

import pytest

from marketplace.domain.roles import Role
from marketplace.errors import InvalidInput
from marketplace.settings import Settings, load_settings

ISSUER = "https://login.example.org/realms/verwaltung"
CLIENT = {"oidc_issuer": ISSUER, "oidc_client_id": "marketplace", "oidc_client_secret": "geheim"}
MAPPED = {
    **CLIENT, "oidc_organisation_claim": "org", "oidc_roles_claim": "groups", "oidc_role_map": "a=publisher,b=admin",
}  # fmt: skip


def given(monkeypatch: pytest.MonkeyPatch, **settings: Any) -> Settings:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"MARKETPLACE_{name.upper()}", raising=False)
    for name, value in settings.items():
        monkeypatch.setenv(f"MARKETPLACE_{name.upper()}", str(value))
    return load_settings()


def test_without_a_provider_nothing_else_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = given(monkeypatch, oidc_issuer="", oidc_client_secret="")
    assert not settings.has_openid
    assert settings.role_source is None
    assert settings.session_limits.idle == timedelta(hours=1)
    assert settings.session_limits.whole == timedelta(hours=10)


@pytest.mark.parametrize(
    "issuer", [ISSUER, "http://127.0.0.1:8180/realms/x", "http://localhost:80", ISSUER + "/"]
)
def test_a_provider_is_kept_exactly_as_it_names_itself(monkeypatch: pytest.MonkeyPatch, issuer: str) -> None:
    settings = given(monkeypatch, **CLIENT | {"oidc_issuer": issuer})
    assert settings.oidc_issuer == issuer
    assert "geheim" not in repr(settings)


def test_the_map_says_what_the_providers_values_mean(monkeypatch: pytest.MonkeyPatch) -> None:
    source = given(monkeypatch, **MAPPED, oidc_organisation_map="/dp=dataport").role_source
    assert source is not None
    assert source.roles == {"a": Role.PUBLISHER, "b": Role.ADMIN}
    assert source.organisations == {"/dp": "dataport"}


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (CLIENT | {"oidc_issuer": "http://login.example.org"}, "OIDC_ISSUER: must be https"),
        (CLIENT | {"oidc_issuer": "login.example.org"}, "OIDC_ISSUER: must be an address like https://"),
        (CLIENT | {"oidc_issuer": ISSUER + "?a=b"}, "OIDC_ISSUER: must be an address like https://"),
        (CLIENT | {"oidc_issuer": "https://u:secret@login.example.org"}, "holds a login"),
        ({"oidc_issuer": ISSUER}, "ISSUER and MARKETPLACE_OIDC_CLIENT_ID belong together"),
        ({"oidc_client_id": "marketplace"}, "ISSUER and MARKETPLACE_OIDC_CLIENT_ID belong together"),
        ({"oidc_client_secret": "secret"}, "need MARKETPLACE_OIDC_ISSUER"),
        (CLIENT | {"oidc_scopes": "profile email"}, "OIDC_SCOPES: must contain openid"),
        (CLIENT | {"oidc_roles_claim": "groups"}, "ORGANISATION_CLAIM and MARKETPLACE_OIDC_ROLES_CLAIM belong"),
        (MAPPED | {"oidc_role_map": ""}, "ROLES_CLAIM and MARKETPLACE_OIDC_ROLE_MAP belong together"),
        (MAPPED | {"oidc_role_map": "a"}, "OIDC_ROLE_MAP: 'a' is no pair"),
        (MAPPED | {"oidc_role_map": "a=king"}, "OIDC_ROLE_MAP: king: no such role"),
        (CLIENT | {"oidc_organisation_map": "a=b"}, "ORGANISATION_MAP needs MARKETPLACE_OIDC_ORGANISATION_CLAIM"),
        ({"session_idle_minutes": 90, "session_hours": 1}, "IDLE_MINUTES is longer than MARKETPLACE_SESSION_HOURS"),
        ({"session_idle_minutes": 0}, "SESSION_IDLE_MINUTES"),
        ({"session_hours": 169}, "SESSION_HOURS"),
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
