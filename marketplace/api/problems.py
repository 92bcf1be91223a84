"""Problem details (RFC 9457) for everything that goes wrong under ``/api``.

``type`` names the kind of problem by a path that the interactive reference explains; ``errors`` names each field and
the rule it breaks; ``request_id`` is the id under which the request is logged.
"""

from collections.abc import Mapping
from typing import Any

import orjson
from flask import Flask, Response
from marshmallow import EXCLUDE, Schema, fields
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import RoutingException

from marketplace import errors
from marketplace.http import is_api, remember_refusal, request_id

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "/api/v1/docs#problem-"
RETRY_AFTER = "Retry-After"

# Most derived first: the first that fits decides.
_STATUS: tuple[tuple[type[errors.MarketplaceError], int, str], ...] = (
    (errors.InvalidInput, 422, "invalid-input"),
    (errors.NotFound, 404, "not-found"),
    (errors.Gone, 410, "gone"),
    (errors.Forbidden, 403, "forbidden"),
    (errors.Unauthenticated, 401, "unauthenticated"),
    (errors.Conflict, 409, "conflict"),
    (errors.VersionMismatch, 412, "version-mismatch"),
    (errors.VersionRequired, 428, "version-required"),
    (errors.TooManyRequests, 429, "too-many-requests"),
    (errors.SearchUnavailable, 503, "search-unavailable"),
)
TITLES = {
    "invalid-input": "The input breaks a rule",
    "rejected-rows": "Rows of the batch break a rule; nothing was written",
    "not-found": "There is nothing here",
    "gone": "It was there and is no more",
    "forbidden": "You may not do this",
    "unauthenticated": "A valid token is needed",
    "conflict": "It contradicts what is stored",
    "version-mismatch": "Somebody wrote in between",
    "version-required": "The write must name the version it was made from",
    "too-many-requests": "You ask too often",
    "search-unavailable": "The search does not answer",
    "internal": "An error on our side",
}


class BrokenRule(Schema):
    """One field and the rule that its value breaks."""

    field = fields.String(
        required=True, metadata={"description": "Name of the field, dotted for nested ones"}
    )
    rule = fields.String(required=True, metadata={"description": "Short name of the rule"})
    message = fields.String(required=True, metadata={"description": "What is wrong, for people"})


class Problem(Schema):
    """Problem details as of RFC 9457."""

    class Meta:
        """Written into the contract as: further members are allowed, as the standard says."""

        unknown = EXCLUDE

    type = fields.String(
        required=True, metadata={"description": "Kind of problem", "format": "uri-reference"}
    )
    title = fields.String(required=True, metadata={"description": "The kind of problem in words"})
    status = fields.Integer(required=True, metadata={"description": "HTTP status"})
    detail = fields.String(required=True, metadata={"description": "What happened this time"})
    errors = fields.List(fields.Nested(BrokenRule), metadata={"description": "The fields that break a rule"})
    withdrawn_on = fields.Date(metadata={"description": "Since when it is gone"})
    successor = fields.String(
        allow_none=True, metadata={"description": "Id of the entry that follows a withdrawn one"}
    )
    merged = fields.Boolean(metadata={"description": "Whether the withdrawn entry went into its successor"})
    request_id = fields.String(required=True, metadata={"description": "Id of the request in the logs"})


def register_problems(app: Flask) -> None:
    """Answer every error under ``/api`` with a problem, before the pages' error handlers are asked.

    Flask knows handlers by exception for the whole application, and flask-smorest takes all of them; here API and
    pages are told apart by path.
    """
    pages = app.handle_user_exception

    def answer(e: Exception) -> Any:
        if isinstance(e, RoutingException) or not is_api():
            return pages(e)
        return problem_of(app, e)

    app.handle_user_exception = answer  # type: ignore[method-assign]  # Flask's own hook for a subclass


def problem_of(app: Flask, error: Exception) -> Response:
    """Turn an error into its problem. What nobody expected is logged and says nothing of the inside."""
    if isinstance(error, errors.MarketplaceError):
        return _of_domain(error)
    if isinstance(error, HTTPException) and error.code is not None:
        return _of_http(error)
    if app.testing or app.debug:
        raise error
    app.logger.error("request failed", exc_info=error)
    return problem(500, "internal", "Please report the request id.")


def _of_domain(error: errors.MarketplaceError) -> Response:
    status, kind = next(((s, k) for cls, s, k in _STATUS if isinstance(error, cls)), (500, "internal"))
    remember_refusal(error)
    broken = [
        {"field": e.field, "rule": e.rule, "message": e.message}
        for e in (error.errors if isinstance(error, errors.InvalidInput) else ())
    ]
    response = problem(status, kind, error.message, broken, more=_more(error))
    if isinstance(error, errors.Unauthenticated):
        response.headers["WWW-Authenticate"] = 'Bearer realm="OZG Marketplace"'
    if isinstance(error, errors.SearchUnavailable | errors.TooManyRequests):
        response.headers[RETRY_AFTER] = str(error.retry_after)
    return response


def _more(error: errors.MarketplaceError) -> dict[str, object]:
    if not isinstance(error, errors.Gone) or error.withdrawn_on is None:
        return {}
    return {
        "withdrawn_on": error.withdrawn_on.isoformat(),
        "successor": error.successor,
        "merged": error.merged,
    }


def _of_http(error: HTTPException) -> Response:
    status, title = error.code or 500, error.name
    if status >= 500:
        return problem(status, "internal", "Please report the request id.")
    response = problem(status, title.lower().replace(" ", "-"), error.description or title, title=title)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def problem(
    status: int,
    kind: str,
    detail: str,
    broken: list[dict[str, str]] | None = None,
    title: str | None = None,
    more: Mapping[str, object] | None = None,
) -> Response:
    """Make a problem response; ``more`` are members beside those of the standard."""
    body: dict[str, object] = {
        "type": TYPE_PREFIX + kind,
        "title": title or TITLES[kind],
        "status": status,
        "detail": detail,
        "request_id": request_id(),
    }
    if broken:
        body["errors"] = broken
    body |= more or {}
    response = Response(orjson.dumps(body), status, content_type=MEDIA_TYPE)
    response.headers["Cache-Control"] = "no-store"
    return response
