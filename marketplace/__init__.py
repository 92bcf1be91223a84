"""OZG Marketplace: a catalogue of reusable public online services with a ledger of who has adopted them."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from marketplace.actions.context import Context

__version__ = "0.1.0"


def create_app(context: "Context | None" = None) -> "Flask":
    """Wire the application: context, API, pages."""
    from marketplace import api, http, logs, rate_limits, refusals, web, wiring

    if context is None:
        context = wiring.make_context()
        wiring.warm_up(context)
    logs.configure_logs(context.settings.log_format)
    app = http.Application(__name__, static_folder=None, template_folder=None)
    app.secret_key = context.settings.signing_key
    app.config["MAX_CONTENT_LENGTH"] = context.settings.max_request_bytes
    app.extensions["marketplace"] = context
    http.trust_proxies(app, context.settings.trusted_proxies)
    http.follow_requests(app)
    refusals.record_refusals(app)
    rate_limits.limit_guesses(app)
    api.register(app)
    web.register(app)
    rate_limits.limit_requests(app)
    return app
