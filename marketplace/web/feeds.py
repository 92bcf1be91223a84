"""Feeds that belong to pages."""

from flask import Response, request
from flask_babel import gettext as _

from marketplace.actions.feeds import services_feed
from marketplace.domain.access import Action
from marketplace.http import context, needs
from marketplace.web.blueprint import web


@web.get("/dienste.atom")
@needs(Action.READ_PUBLIC)
def feed_of_services() -> Response:
    """Answer the latest changes of the catalogue as an Atom feed, or 304 where nothing changed."""
    document = services_feed(context(), _("Onlinedienste: neue und geänderte Einträge"), "OZG Marketplace")
    response = Response(document, content_type="application/atom+xml; charset=utf-8")
    response.add_etag()
    response.make_conditional(request)
    return response
