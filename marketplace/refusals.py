"""Refusals in the audit log: acts that somebody known may not take, and tokens that are not good."""

import re

from flask import Flask, Response, g, request

from marketplace.actions.auditing import record_refusal
from marketplace.actions.tokens import MARK
from marketplace.domain.access import Actor
from marketplace.http import AUTHORIZATION, actor, context, declared_action, is_api, named_path
from marketplace.rate_limits import REFUSAL, address, rate_limits

FORBIDDEN, UNAUTHENTICATED = 403, 401
_PREFIX = re.compile(rf"Bearer {MARK}[A-Za-z0-9_-]{{6}}", re.IGNORECASE)


def record_refusals(app: Flask) -> None:
    """Record what is refused, once a request: call before the API's and pages' own hooks."""

    @app.after_request
    def record(response: Response) -> Response:
        if response.status_code == FORBIDDEN and (who := actor()) is not None:
            _record(who)
        elif response.status_code == UNAUTHENTICATED and is_api() and AUTHORIZATION in request.headers:
            _record_token()
        return response


def _record_token() -> None:
    """Record a token that is not good by what may be known of it; at most once a minute, or it would fill the log."""
    rate_limits().note(REFUSAL, address())
    found = _PREFIX.match(request.headers[AUTHORIZATION])
    prefix = found.group().partition(" ")[2] if found else "none of ours"
    # Both must be new: neither many prefixes from one address nor one prefix from many addresses fill the log.
    if rate_limits().is_first_this_minute(prefix) and rate_limits().is_first_this_minute(address()):
        _record(None, f"{prefix}: ")


def _record(who: Actor | None, given: str = "") -> None:
    action = declared_action()
    act = str(action) if action is not None else "route.unknown"
    about = ("route", f"{request.method} {named_path()}")
    record_refusal(context(), who, act, about, given + g.get("refused_because", "refused"))
