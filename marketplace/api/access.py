"""Who calls: the bearer token of a request, and nothing else. A page's session never counts under ``/api``.

So a foreign page cannot make a browser write: browsers send cookies by themselves, tokens they do not.
"""

from flask import Flask, Request, g, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

from marketplace.actions.tokens import actor_of_token
from marketplace.domain.access import Actor
from marketplace.errors import Unauthenticated
from marketplace.http import API_PREFIX, actor, context, is_api

SCHEME = "bearer"
__all__ = ["actor", "identify", "register_access"]


class SessionsOfPages(SecureCookieSessionInterface):
    """Flask's sessions, which do not exist under ``/api``."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Open the session of a page."""
        if request.path.startswith(f"{API_PREFIX}/"):
            return self.make_null_session(app)
        return super().open_session(app, request)


def register_access(app: Flask) -> None:
    """Find out who calls before any view of the API runs."""
    app.session_interface = SessionsOfPages()

    @app.before_request
    def know_caller() -> None:
        if is_api():
            g.actor = identify(request.headers.get("Authorization"))


def identify(header: str | None) -> Actor | None:
    """Return whose token the ``Authorization`` header holds, None without one.

    Raises:
        Unauthenticated: another scheme, an unknown, revoked or expired token.
    """
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    if scheme.lower() != SCHEME:
        raise Unauthenticated("Only bearer tokens are known: Authorization: Bearer ozgm_...")
    found = actor_of_token(context(), token.strip())
    if found is None:
        raise Unauthenticated("The token is unknown, revoked or expired.")
    return found
