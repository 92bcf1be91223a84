"""What API and pages share of a request: the context, who acts, which action a view needs, the request id."""

import re
import uuid
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar, cast
from urllib.parse import quote

import structlog
from flask import Flask, Response, current_app, g, request
from structlog.contextvars import bind_contextvars, clear_contextvars
from werkzeug.exceptions import NotFound
from werkzeug.middleware.proxy_fix import ProxyFix

from marketplace.actions.context import Context
from marketplace.actions.rights import require
from marketplace.domain.access import Action, Actor, decide
from marketplace.errors import Forbidden, InvalidInput, Unauthenticated

API_PREFIX = "/api"
AUTHORIZATION = "Authorization"
NUL = "\x00"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
MAX_LOGGED_PATH = 200
SECRET_ARGUMENTS = frozenset({"secret", "token", "code"})
"""Parts of an address, by their name in the route, that are secrets: no log holds them."""
_SECRET_PATH = re.compile(
    r"(?<=^/einladung/)[^/]+|(?<=^/abbestellen/)[^/]+|(?<=^/abonnieren/bestaetigen/)[^/]+"
)
"""The secret of a link that was handed over or mailed, also where a slash too many makes an address of it that no route has."""
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
View = TypeVar("View", bound=Callable[..., Any])
log = structlog.get_logger(__name__)


class Application(Flask):
    """Flask that takes every view and hook for a plain function: none of ours is a coroutine."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function; Flask looks into it, a dozen times a request."""
        return func


def context() -> Context:
    """Return the context the application was made with."""
    return cast("Context", current_app.extensions["marketplace"])


def is_api() -> bool:
    """Tell whether the request is for the API: it then gets problem details, otherwise a page."""
    return request.path == API_PREFIX or request.path.startswith(API_PREFIX + "/")


def writes() -> bool:
    """Tell whether the request is one that may change something (RFC 9110, 9.2.1)."""
    return request.method not in SAFE_METHODS


def actor() -> Actor | None:
    """Return who acts, None for the public; set by the API's token or the pages' session."""
    return cast("Actor | None", g.get("actor"))


def request_id() -> str:
    """Return the id under which this request is logged."""
    return cast("str", g.request_id)


def declared_action() -> Action | None:
    """Return the action that the view of this request needs, None where no view is meant."""
    view = current_app.view_functions.get(request.endpoint or "")
    cls = getattr(view, "view_class", None)
    declared = getattr(cls, request.method.lower(), None) if cls is not None else view
    return cast("Action | None", getattr(declared, "needs", None))


def named_path() -> str:
    """Return the path of this request without secrets, quoted: a decoded one may hold line breaks."""
    path = request.path
    for name, value in (request.view_args or {}).items():
        if name in SECRET_ARGUMENTS:
            path = path.replace(str(value), f"<{name}>")
    path = _SECRET_PATH.sub("<secret>", path)
    return quote(path, safe="/<>")[:MAX_LOGGED_PATH]


def remember_refusal(error: Exception) -> None:
    """Keep why the request is refused, for the audit log."""
    if isinstance(error, Forbidden | Unauthenticated):
        g.refused_because = error.message


def needs(action: Action) -> Callable[[View], View]:
    """Declare the action a view takes, and refuse whoever may not take it. A view without it fails a test.

    Raises:
        Unauthenticated: nobody is signed in and the action needs it.
        Forbidden: the role may not.
    """

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            require(decide(actor(), action))
            return view(*args, **kwargs)

        guarded.needs = action  # type: ignore[attr-defined]  # read by the test that walks all routes
        return cast("View", guarded)

    return declare


def trust_proxies(app: Flask, count: int) -> None:
    """Take address and scheme of a request from what the last ``count`` proxies say; none: from the connection."""
    if count:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count)  # type: ignore[method-assign]  # Flask's own way to add a middleware


def follow_requests(app: Flask) -> None:
    """Give every request an id, taken from a proxy's ``X-Request-ID`` where it is plain, and return it.

    What is refused or fails is logged under it, so that the id on an error page leads to a line in the logs.
    """

    @app.before_request
    def name_request() -> None:
        given = request.headers.get("X-Request-ID", "")
        g.request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        clear_contextvars()
        bind_contextvars(request_id=g.request_id)

    @app.before_request
    def refuse_nul() -> None:
        """Refuse the one character that no database keeps as text, before anybody looks it up."""
        if NUL in request.path:
            raise NotFound
        # Reading a form costs something even where there is none, and only requests that write have one.
        if writes() and not is_api():
            broken = [name for name, values in request.form.lists() if NUL in "".join((name, *values))]
            if broken:
                field = broken[0].replace(NUL, "")[:MAX_LOGGED_PATH]
                raise InvalidInput.one(field, "characters", "control characters are not allowed")

    @app.after_request
    def return_name(response: Response) -> Response:
        response.headers["X-Request-ID"] = g.get("request_id", "")
        if response.status_code >= HTTPStatus.BAD_REQUEST:
            _log_refusal(response.status_code)
        return response


def _log_refusal(status: int) -> None:
    """Log method, path and status; the query and the headers stay out: they hold what people search, and tokens."""
    failed = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    path = named_path()
    (log.error if failed else log.info)(
        "request_failed" if failed else "request_refused", method=request.method, path=path, status=status
    )
