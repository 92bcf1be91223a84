"""Keeping what is typed into the form of an entry while it is typed: a script posts it, a page takes it up again."""

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from marketplace.actions.form_drafts import forget_form
from marketplace.actions.revisions import read_revision
from marketplace.domain.access import Action
from marketplace.http import context, needs
from marketplace.web.blueprint import web
from marketplace.web.entry_form import read_form
from marketplace.web.entry_pages import acting_person, sent_text
from marketplace.web.kept_forms import keep

TAG, SEEN = "tag", "seen"
"""What a form carries beside its fields: the version it was opened from, and a digest of what stood in each field."""
MAX_CARRIED = 2000
NEW_FORM = "service:new"
"""The form in which an entry begins; no id of an entry has a colon in front of it."""


def form_name(service_id: str) -> str:
    """Return the name under which the form of an entry is kept."""
    return f"service:entry:{service_id}"


def sent_content() -> dict[str, str]:
    """Return what is kept of a sent form: what was typed, and what the form carries."""
    typed = {name: value for name, value in read_form(request.form).items() if value}
    return typed | {name: sent_text(name)[:MAX_CARRIED] for name in (TAG, SEEN, "id") if name in request.form}


@web.post("/dienste/<service_id>/bearbeiten/entwurf")
@needs(Action.WRITE_SERVICE)
def keep_entry_form(service_id: str) -> Response:
    """Keep what stands in the form; answers the time in Germany at which it was kept."""
    who = acting_person(Action.WRITE_SERVICE)
    read_revision(context(), who, service_id)
    return keep(who, form_name(service_id), sent_content())


@web.post("/dienste/<service_id>/bearbeiten/entwurf/verwerfen")
@needs(Action.WRITE_SERVICE)
def forget_entry_form(service_id: str) -> AnyResponse:
    """Forget what was typed and never sent, and show the form as it is saved."""
    who = acting_person(Action.WRITE_SERVICE)
    read_revision(context(), who, service_id)
    forget_form(context(), who, form_name(service_id))
    return redirect(url_for("web.edit_entry", service_id=service_id), 303)


@web.post("/dienste/neu/entwurf")
@needs(Action.WRITE_SERVICE)
def keep_new_entry_form() -> Response:
    """Keep what stands in the form in which an entry begins; answers the time in Germany at which it was kept."""
    return keep(acting_person(Action.WRITE_SERVICE), NEW_FORM, sent_content())


@web.post("/dienste/neu/entwurf/verwerfen")
@needs(Action.WRITE_SERVICE)
def forget_new_entry_form() -> AnyResponse:
    """Forget what was typed and never sent, and show the empty form."""
    forget_form(context(), acting_person(Action.WRITE_SERVICE), NEW_FORM)
    return redirect(url_for("web.new_entry"), 303)
