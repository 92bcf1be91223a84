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

from marketplace.actions.context import Context
from marketplace.domain.access import Action, Actor, decide
from marketplace.errors import Forbidden, Unauthenticated

API_PREFIX = "/api"
MAX_LOGGED_PATH = 200
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
View = TypeVar("View", bound=Callable[..., Any])
log = structlog.get_logger(__name__)


def context() -> Context:
    """Return the context the application was made with."""
    return cast("Context", current_app.extensions["marketplace"])


def is_api() -> bool:
    """Tell whether the request is for the API: it then gets problem details, otherwise a page."""
    return request.path == API_PREFIX or request.path.startswith(API_PREFIX + "/")


def actor() -> Actor | None:
    """Return who acts, None for the public; set by the API's token or the pages' session."""
    return cast("Actor | None", g.get("actor"))


def request_id() -> str:
    """Return the id under which this request is logged."""
    return cast("str", g.request_id)


def needs(action: Action) -> Callable[[View], View]:
    """Declare the action a view takes, and refuse whoever may not take it. A view without it fails a test.

    Raises:
        Unauthenticated: nobody is signed in and the action needs it.
        Forbidden: the role may not.
    """

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            decision = decide(actor(), action)
            if decision.needs_sign_in:
                raise Unauthenticated(decision.reason)
            if not decision.allowed:
                raise Forbidden(decision.reason)
            return view(*args, **kwargs)

        guarded.needs = action  # type: ignore[attr-defined]  # read by the test that walks all routes
        return cast("View", guarded)

    return declare


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

    @app.after_request
    def return_name(response: Response) -> Response:
        response.headers["X-Request-ID"] = g.get("request_id", "")
        if response.status_code >= HTTPStatus.BAD_REQUEST:
            _log_refusal(response.status_code)
        return response


def _log_refusal(status: int) -> None:
    """Log method, path and status; the query and the headers stay out: they hold what people search, and tokens."""
    failed = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    # Quoted, because a decoded path may hold line breaks and so forge a line of the log.
    path = quote(request.path)[:MAX_LOGGED_PATH]
    (log.error if failed else log.info)(
        "request_failed" if failed else "request_refused", method=request.method, path=path, status=status
    )
