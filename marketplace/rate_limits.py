"""How often somebody may ask: counted by token, account or address, in the memory of each server process."""

import time
from typing import cast

from flask import Flask, current_app, request
from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.strategies import SlidingWindowCounterRateLimiter

from marketplace.domain.access import Action
from marketplace.errors import TooManyRequests
from marketplace.http import AUTHORIZATION, SECRET_ARGUMENTS, actor, declared_action, is_api, writes
from marketplace.request_counts import Counts
from marketplace.settings import Settings

EXTENSION = "marketplace-rate-limits"
SIGN_IN, REFUSAL, NEED, WRITE, SEARCH, EXPORT = (
    "sign-in",
    "refused token",
    "need",
    "write",
    "search",
    "export",
)
MAIL = "mail"
HOURLY = {Action.REPORT_NEED: NEED, Action.FOLLOW_BY_MAIL: MAIL}
SEARCHES = ("/suche", "/suche.atom", "/api/v1/search", "/api/v1/search/suggest")
EXPORTS = ("/api/v1/changes/export",)


class RateLimits:
    """The counts of one application."""

    def __init__(self, settings: Settings) -> None:
        self._limiter = SlidingWindowCounterRateLimiter(Counts())
        allowed: dict[str, RateLimitItem] = {
            SIGN_IN: RateLimitItemPerMinute(settings.sign_ins_per_minute),
            REFUSAL: RateLimitItemPerMinute(settings.refused_tokens_per_minute),
            NEED: RateLimitItemPerHour(settings.needs_per_hour),
            MAIL: RateLimitItemPerHour(settings.mails_asked_per_hour),
            WRITE: RateLimitItemPerMinute(settings.writes_per_minute),
            SEARCH: RateLimitItemPerMinute(settings.searches_per_minute),
            EXPORT: RateLimitItemPerHour(settings.exports_per_hour),
        }
        self._allowed = {kind: item for kind, item in allowed.items() if item.amount and settings.rate_limits}
        self._once = RateLimitItemPerMinute(1)

    def count(self, kind: str, who: str) -> None:
        """Count one request of a kind.

        Raises:
            TooManyRequests: there were as many as the settings allow.
        """
        item = self._allowed.get(kind)
        if item is not None and not self._limiter.hit(item, kind, who):
            raise self._too_many(item, kind, who)

    def require_left(self, kind: str, who: str) -> None:
        """Refuse who has used up a count, without counting.

        Raises:
            TooManyRequests: there were as many as the settings allow.
        """
        item = self._allowed.get(kind)
        if item is not None and not self._limiter.test(item, kind, who):
            raise self._too_many(item, kind, who)

    def note(self, kind: str, who: str) -> None:
        """Count something that happened already, whatever the settings allow."""
        if (item := self._allowed.get(kind)) is not None:
            self._limiter.hit(item, kind, who)

    def is_first_this_minute(self, what: str) -> bool:
        """Tell whether this was not asked within the last minute, whatever the settings say."""
        return self._limiter.hit(self._once, "once", what)

    def _too_many(self, item: RateLimitItem, kind: str, who: str) -> TooManyRequests:
        reset = self._limiter.get_window_stats(item, kind, who).reset_time
        return TooManyRequests(
            f"More than {item.amount} of this kind within {item.get_expiry()} seconds: try again later.",
            max(1, round(reset - time.time())),
        )


def rate_limits() -> RateLimits:
    """Return the counts of the application."""
    return cast("RateLimits", current_app.extensions[EXTENSION])


def limit_guesses(app: Flask) -> None:
    """Make the counts, and stop who tries one token after the other; call before tokens are looked up."""
    app.extensions[EXTENSION] = RateLimits(app.extensions["marketplace"].settings)

    @app.before_request
    def stop_guessing() -> None:
        if is_api() and AUTHORIZATION in request.headers:
            rate_limits().require_left(REFUSAL, address())


def limit_requests(app: Flask) -> None:
    """Count what is asked; call after it is known who asks."""

    @app.before_request
    def count_request() -> None:
        kind = kind_of_request()
        if kind is not None:
            rate_limits().count(kind, address() if kind in (SIGN_IN, NEED, MAIL) else account_or_address())


def kind_of_request() -> str | None:
    """Return as what the request counts; None: it is not limited."""
    action = declared_action()
    if action is Action.SIGN_IN and (writes() or _brings_secret()):
        return SIGN_IN
    if writes():
        return WRITE if action is None else HOURLY.get(action, WRITE)
    if request.path in EXPORTS:
        return EXPORT
    return SEARCH if request.path in SEARCHES else None


def _brings_secret() -> bool:
    return "code" in request.args or not SECRET_ARGUMENTS.isdisjoint(request.view_args or {})


def account_or_address() -> str:
    """Return what stands for who asks: the person or the token, otherwise the address."""
    who = actor()
    return address() if who is None else f"{who.organisation_id} {who.id}"


def address() -> str:
    """Return from where the request comes: the peer, or what the trusted proxies say (``trusted_proxies``)."""
    return request.remote_addr or "unknown"
