"""The form of an entry that is sent after the sign-in has ended is kept, and offered again after the next one."""

from datetime import datetime

from flask import g, request, url_for
from werkzeug.wrappers import Response

from marketplace.actions.form_drafts import keep_form, who_was_signed_in
from marketplace.actions.revisions import read_revision
from marketplace.errors import Forbidden, InvalidInput, NotFound, Unauthenticated
from marketplace.http import context
from marketplace.web.blueprint import web
from marketplace.web.entry_drafts import NEW_FORM, form_name, sent_content
from marketplace.web.errors import STATUS_OF
from marketplace.web.given_back import given_back
from marketplace.web.session import session_secret

FORMS = {"web.save_entry": "web.edit_entry", "web.begin_entry": "web.new_entry"}
"""The views that take the forms of entries, and the pages on which these are shown."""


@web.before_request
def keep_what_was_typed() -> Response | None:
    """Keep the form of somebody whose session has ended for when they have signed in again."""
    if request.endpoint not in FORMS or request.method != "POST" or "actor" in g:
        return None
    service_id = (request.view_args or {}).get("service_id")
    target = url_for(FORMS[request.endpoint or ""], service_id=service_id)
    return given_back(STATUS_OF[Unauthenticated], _kept_at(service_id), target)


def _kept_at(service_id: str | None) -> datetime | None:
    """Keep what was sent for who was signed in, where that is known and the entry is theirs."""
    secret = session_secret()
    who = who_was_signed_in(context(), secret) if secret else None
    if who is None:
        return None
    try:
        if service_id is not None:
            read_revision(context(), who, service_id)
        form = NEW_FORM if service_id is None else form_name(service_id)
        return keep_form(context(), who, form, sent_content()).saved_at
    except (NotFound, Forbidden, InvalidInput):
        return None
