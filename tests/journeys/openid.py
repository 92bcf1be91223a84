"""Signing in at the tests' Keycloak by a browser; its people stand in ``tests/web/keycloak/realm.json``."""

from tests.journeys.conftest import Visit
from tests.web.test_keycloak import ISSUER

SETTINGS = {
    "MARKETPLACE_DEMO": "false",
    "MARKETPLACE_SECRET_KEY": "a secret of the tests, long enough to sign",
    "MARKETPLACE_OPERATOR_EMAIL": "betrieb@example.org",
    "MARKETPLACE_OIDC_ISSUER": ISSUER,
    "MARKETPLACE_OIDC_CLIENT_ID": "marketplace",
    "MARKETPLACE_OIDC_CLIENT_SECRET": "of-the-tests-only",
}
"""The environment of a server whose people have accounts there."""
ROLES_BY_CLAIM = {
    "MARKETPLACE_OIDC_ORGANISATION_CLAIM": "organisation",
    "MARKETPLACE_OIDC_ROLES_CLAIM": "marketplace.roles",
    "MARKETPLACE_OIDC_ROLE_MAP": (
        "marktplatz-redaktion=publisher,marktplatz-pruefung=reviewer,marktplatz-verwaltung=admin"
    ),
}
"""... and where Keycloak says what they are."""


def fill_in_sign_in(visit: Visit, user: str) -> None:
    """Sign in on the provider's page; the tests' people have their names as passwords."""
    visit.page.get_by_label("Username or email").fill(user)
    visit.page.get_by_label("Password", exact=True).fill(user)
    visit.page.get_by_role("button", name="Sign In").click()


def forgive_the_provider(visit: Visit) -> None:
    """Take out of what was asked of other hosts what the provider was asked for."""
    host = ISSUER.partition("/realms")[0]
    visit.foreign[:] = [one for one in visit.foreign if not one.startswith(host)]
