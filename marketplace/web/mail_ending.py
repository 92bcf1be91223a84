"""Ending subscriptions by the links in mails: a page with one button, or one click in the mail program (RFC 8058)."""

from flask import make_response, render_template
from werkzeug.wrappers import Response

from marketplace.actions import mail_ending
from marketplace.actions.mail_ending import Ending
from marketplace.domain.access import Action
from marketplace.errors import NotFound
from marketplace.http import context, needs
from marketplace.web.blueprint import web
from marketplace.web.invitations import NOT_KEPT
from marketplace.web.language import language


@web.get("/abbestellen/<token>")
@needs(Action.USE_MAIL_LINK)
def end_by_mail_page(token: str) -> Response:
    """Ask whether to end what the link names; opening it ends nothing."""
    try:
        found = mail_ending.ending(context(), token, language())
    except NotFound:
        return _unknown()
    return _page(token, found, done=False)


@web.post("/abbestellen/<token>")
@needs(Action.USE_MAIL_LINK)
def end_by_mail(token: str) -> Response:
    """End it, whether a person pressed the button or a mail program sent ``List-Unsubscribe=One-Click``."""
    try:
        found = mail_ending.end(context(), token, language())
    except NotFound:
        return _unknown()
    return _page(token, found, done=True)


def _page(token: str, found: Ending, *, done: bool) -> Response:
    page = render_template("mail/end.html", ending=found, token=token, done=done)
    return make_response(page, 200, NOT_KEPT)


def _unknown() -> Response:
    return make_response(render_template("mail/end.html", ending=None, token="", done=False), 404, NOT_KEPT)
