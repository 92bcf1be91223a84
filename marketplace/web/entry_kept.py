"""Nothing typed is lost when the sign-in has ended, or was renewed in another window, before the form is sent."""

from datetime import datetime

from flask import g, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from marketplace.actions.form_drafts import keep_form, who_was_signed_in
from marketplace.actions.revisions import read_revision
from marketplace.errors import Forbidden, InvalidInput, NotFound, Unauthenticated
from marketplace.http import context
from marketplace.web.blueprint import web
from marketplace.web.entry_drafts import NEW_FORM, form_name, sent_content
from marketplace.web.entry_pages import private
from marketplace.web.errors import STATUS_OF, error_page
from marketplace.web.session import session_secret

FORMS = {"web.save_entry": "web.edit_entry", "web.begin_entry": "web.new_entry"}
"""The views that take the forms of entries, and the pages on which these are shown."""


@web.before_request
def keep_what_was_typed() -> Response | None:
    """Keep the form of somebody whose session has ended for when they have signed in again."""
    if request.endpoint not in FORMS or request.method != "POST" or "actor" in g:
        return None
    return _page(_kept_at(), STATUS_OF[Unauthenticated])


@web.errorhandler(CSRFError)
def offer_to_send_again(error: CSRFError) -> Response:
    """Give a form back that was opened before the last sign-in; one that another site sent gets none."""
    own = request.headers.get("Sec-Fetch-Site", "") == "same-origin"
    if request.endpoint not in FORMS or not own:
        return error_page(error.code or 400)
    return _page(None, error.code or 400)


def _kept_at() -> datetime | None:
    """Keep what was sent for who was signed in, where that is known and the entry is theirs."""
    secret = session_secret()
    who = who_was_signed_in(context(), secret) if secret else None
    if who is None:
        return None
    service_id = (request.view_args or {}).get("service_id")
    try:
        if service_id is not None:
            read_revision(context(), who, service_id)
        form = NEW_FORM if service_id is None else form_name(service_id)
        return keep_form(context(), who, form, sent_content()).saved_at
    except (NotFound, Forbidden, InvalidInput):
        return None


def _page(kept_at: datetime | None, status: int) -> Response:
    service_id = (request.view_args or {}).get("service_id")
    sent: MultiDict[str, str] = MultiDict(request.form)
    sent.poplist("csrf_token")
    page = render_template(
        "entry/ended.html",
        kept_at=kept_at,
        is_signed_in="actor" in g,
        target=url_for(FORMS[request.endpoint or ""], service_id=service_id),
        sent=list(sent.items(multi=True)),
    )
    return private(page, status)
