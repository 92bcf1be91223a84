"""Saying as the publisher of a service that an authority uses it, plans to, or does not."""

from flask import make_response, redirect, render_template, url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from marketplace.actions.event_candidates import UNCHANGED, RowOutcome
from marketplace.actions.publisher_recording import SEVERAL, record_for_authority, recordable_entry
from marketplace.actions.region_naming import regions_named
from marketplace.domain.access import Action
from marketplace.domain.adoption import Status
from marketplace.errors import FieldError, InvalidInput
from marketplace.http import actor, context, needs
from marketplace.web.blueprint import web
from marketplace.web.desk_forms import refused, typed
from marketplace.web.desk_words import LABELS, PROOFS
from marketplace.web.labels import ENUMS
from marketplace.web.organisation_forms import Form

SAID = ("status", "effective_on", "planned_live_on", "reason", "note", "proof", "proof_url", "proof_until")
STATUSES = [(str(one), ENUMS[Status][one]) for one in Status if one is not Status.VOID]
RECORDED: dict[str, LazyString] = {
    "claim": _("Aufgenommen als Angabe des Anbieters: Sie zählt als bestätigt, sobald die Behörde zustimmt."),
    "statement": _("Die Meldung ist mit ihrem Beleg aufgenommen."),
    "unchanged": _("Das ist schon genau so gemeldet."),
}


@web.get("/dienste/<service_id>/nachnutzung-melden")
@needs(Action.RECORD_ADOPTION)
def record_rollout(service_id: str) -> str:
    """Show the form: for whom, which status, since when, and what shows it."""
    today = context().today().isoformat()
    return _page(service_id, Form({"status": str(Status.LIVE), "effective_on": today}))


@web.post("/dienste/<service_id>/nachnutzung-melden")
@needs(Action.RECORD_ADOPTION)
def send_rollout(service_id: str) -> Response:
    """Record it and go to the rollout; or show what is wrong, with all that was typed."""
    filled = typed("authority_key", *SAID)
    says = {name: filled[name] for name in SAID if filled[name]}
    try:
        outcome = record_for_authority(context(), actor(), service_id, filled["authority_key"], says)
    except InvalidInput as error:
        form = refused(error, filled)
        return make_response(_page(service_id, form, error.errors), form.status)
    return redirect(url_for("web.rollout", service_id=service_id, done=_what(outcome)), 303)


def _what(outcome: RowOutcome) -> str:
    if outcome.outcome == UNCHANGED:
        return "unchanged"
    return "claim" if outcome.claim else "statement"


def _page(service_id: str, form: Form, errors: tuple[FieldError, ...] = ()) -> str:
    entry = recordable_entry(context(), actor(), service_id)
    of_authority = [one for one in errors if one.field == "authority_key"]
    has_namesakes = any(one.rule == SEVERAL for one in of_authority)
    return render_template(
        "rollout_recording.html",
        entry=entry,
        service_id=service_id,
        form=form,
        labels=LABELS,
        statuses=STATUSES,
        proofs=PROOFS.items(),
        namesakes=regions_named(context(), form.typed["authority_key"]) if has_namesakes else [],
        told=[one.message for one in of_authority if one.rule not in (SEVERAL, "required")],
    )
