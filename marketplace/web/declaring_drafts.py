"""Keeping the form of a declaration while it is typed: for each organisation that a person acts for, one of its own."""

from flask import Response, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from marketplace.actions.form_drafts import forget_form
from marketplace.domain.access import Action
from marketplace.http import context, needs
from marketplace.web.blueprint import web
from marketplace.web.desk_forms import ticked, typed
from marketplace.web.entry_pages import acting_person
from marketplace.web.kept_forms import keep

SAID = ("status", "effective_on", "planned_live_on", "reason", "note", "proof", "proof_url", "proof_until")
TICKED = ("service", "authority")


def draft_name() -> str:
    """Return the name under which the form is kept of who acts now."""
    return f"declaration:{acting_person(Action.ANSWER_CLAIM).organisation_id}"


@web.post("/behoerde/melden/entwurf")
@needs(Action.ANSWER_CLAIM)
def keep_declaration() -> Response:
    """Keep what stands in the form; answers the time in Germany at which it was kept."""
    said = {name: value for name, value in typed(*SAID).items() if value}
    chosen = {name: "\n".join(ticked(name)) for name in TICKED}
    return keep(acting_person(Action.ANSWER_CLAIM), draft_name(), said | chosen)


@web.post("/behoerde/melden/entwurf/verwerfen")
@needs(Action.ANSWER_CLAIM)
def forget_declaration() -> AnyResponse:
    """Forget what was typed and never sent, and show the empty form."""
    forget_form(context(), acting_person(Action.ANSWER_CLAIM), draft_name())
    return redirect(url_for("web.declare_adoption"), 303)
