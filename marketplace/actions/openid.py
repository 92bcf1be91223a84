"""Signing in at an OpenID provider: to its page, back with a code, and out again."""

import secrets
from functools import lru_cache
from typing import TYPE_CHECKING

from marketplace.actions.context import Context
from marketplace.domain.openid_account import OpenIdAccount, account_of
from marketplace.errors import InvalidInput, SignInUnavailable, Unauthenticated
from marketplace.settings import Settings

if TYPE_CHECKING:
    from marketplace.exchange.openid import OpenIdProvider

RANDOM_BYTES = 32
"""Of state, nonce and verifier; in base64 that makes 43 characters, the least that RFC 7636 allows a verifier."""


def begin(ctx: Context, back: str) -> tuple[str, dict[str, str]]:
    """Return the address of the provider's sign-in page, and what must be kept in the browser's cookie until it is back.

    Raises:
        SignInUnavailable: the provider does not answer, or none is set.
    """
    from marketplace.exchange.openid import Attempt

    attempt = Attempt(*(secrets.token_urlsafe(RANDOM_BYTES) for _ in range(3)))
    kept = {"state": attempt.state, "nonce": attempt.nonce, "verifier": attempt.verifier}
    return _provider(ctx.settings).way_in(attempt, back), kept


def finish(ctx: Context, kept: dict[str, str], state: str, code: str, back: str) -> tuple[OpenIdAccount, str]:
    """Return whose account it is that came back with a code, and the ID token that says so.

    Raises:
        SignInUnavailable: the provider does not answer, or none is set.
        Unauthenticated: the answer belongs to no attempt of this browser, or the provider vouches for nobody.
    """
    from marketplace.exchange.openid import Attempt

    try:
        attempt = Attempt(kept["state"], kept["nonce"], kept["verifier"])
    except KeyError as error:
        raise Unauthenticated("This browser has begun no sign-in") from error
    if not secrets.compare_digest(attempt.state.encode(), state.encode()):
        raise Unauthenticated("The answer belongs to another sign-in")
    found = _provider(ctx.settings).identity(attempt, code, back, ctx.clock().timestamp())
    try:
        return account_of(found.statement, ctx.settings.role_source), found.id_token
    except InvalidInput as error:
        raise Unauthenticated(error.message) from error


def way_out(ctx: Context, id_token: str, back: str) -> str | None:
    """Return the address at which the provider ends its session too, None where it offers none or does not answer."""
    if not ctx.settings.has_openid:
        return None
    try:
        return _provider(ctx.settings).way_out(id_token, back)
    except SignInUnavailable:
        return None


def _provider(settings: Settings) -> "OpenIdProvider":
    if settings.oidc_issuer is None or settings.oidc_client_id is None:
        raise SignInUnavailable("No OpenID provider is set")
    secret = settings.oidc_client_secret
    return _kept_provider(
        settings.oidc_issuer,
        settings.oidc_client_id,
        secret.get_secret_value() if secret else None,
        settings.oidc_scopes,
    )


@lru_cache(maxsize=8)
def _kept_provider(issuer: str, client_id: str, secret: str | None, scopes: str) -> "OpenIdProvider":
    """Keep what a provider publishes for the whole process."""
    # Authlib and cryptography are loaded where people sign in by it, and nowhere else.
    from marketplace.exchange.openid import Client, OpenIdProvider

    return OpenIdProvider(Client(issuer, client_id, secret, scopes))
