"""Declaring: one form for one or many services and authorities, with what became of each pair; and correcting."""

from collections.abc import Mapping
from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from marketplace.actions.declaring import (
    Declaration,
    declare,
    declare_choices,
    speaks_for_authorities,
)
from marketplace.actions.event_candidates import REJECTED
from marketplace.actions.form_drafts import FormDraft, forget_form
from marketplace.actions.own_declarations import OwnEvent, correct, own_event
from marketplace.domain.access import Action
from marketplace.domain.adoption import Status
from marketplace.errors import Conflict, InvalidInput
from marketplace.http import actor, context, needs
from marketplace.web import queries
from marketplace.web.blueprint import web
from marketplace.web.declaring_drafts import SAID, TICKED, draft_name
from marketplace.web.desk_forms import Ticks, refused, ticked, typed
from marketplace.web.desk_words import LABELS, PROOFS, status_choices, why
from marketplace.web.entry_pages import acting_person
from marketplace.web.errors import STATUS_OF
from marketplace.web.kept_forms import kept_and_offered
from marketplace.web.organisation_forms import Form

FINDING = ("find_service", "find_authority")
SHOWN_ROWS = 200
CORRECTED = STATUS_OF[Conflict]


@web.app_template_global()
def declare_address(service_id: str) -> str | None:
    """Return where whoever is signed in says that their authority uses a service; None where nobody asks them."""
    return url_for("web.declare_adoption", service=service_id) if speaks_for_authorities(actor()) else None


@web.get("/behoerde/melden")
@needs(Action.ANSWER_CLAIM)
def declare_adoption() -> str:
    """Show the form, filled with what the address names: services, authorities, status, day."""
    kept, offered = kept_and_offered(acting_person(Action.ANSWER_CLAIM), draft_name())
    if kept is not None:
        said = {name: kept.content.get(name, "") for name in SAID}
        services, authorities = (kept.content.get(name, "").split() for name in TICKED)
        return _page(Form(said), services, authorities, kept=kept)
    given = {name: queries.text_of(name) for name in SAID}
    given["status"] = given["status"] or str(Status.LIVE)
    given["effective_on"] = given["effective_on"] or context().today().isoformat()
    return _page(Form(given), queries.texts_of("service"), queries.texts_of("authority"), offered=offered)


@web.post("/behoerde/melden")
@needs(Action.ANSWER_CLAIM)
def send_declaration() -> Response:
    """Declare, or show the form again: what is wrong, what was found, what became of each pair."""
    services, authorities, do = ticked("service"), ticked("authority"), request.form.get("do", "declare")
    filled = typed(*SAID, *FINDING)
    if do in ("find", "all"):
        if do == "all":
            authorities = list(_authorities())
        return make_response(_page(Form(filled), services, authorities))
    says = {name: filled[name] for name in SAID if filled[name]}
    try:
        done = declare(context(), actor(), services, authorities, says, leave_out_rejected=do == "rest")
    except InvalidInput as error:
        form = refused(error, filled)
        return make_response(_page(form, services, authorities), form.status)
    if done.written:
        forget_form(context(), acting_person(Action.ANSWER_CLAIM), draft_name())
    if done.count(REJECTED):
        return make_response(_page(Form(filled), services, authorities, done), 200 if done.written else 422)
    chosen = authorities[0] if len(authorities) == 1 and len(_authorities()) > 1 else None
    said = "declared" if done.written else "unchanged"
    return redirect(url_for("web.desk_of_authority", authority=chosen, done=said), 303)


@web.get("/behoerde/meldungen/<event_id>/berichtigen")
@needs(Action.ANSWER_CLAIM)
def correct_declaration(event_id: str) -> Response:
    """Show the form to correct a declaration, filled with what it says; or what corrected it already."""
    own = own_event(context(), actor(), event_id)
    said = {name: getattr(own.event, name) for name in SAID}
    filled = {name: "" if value is None else str(value) for name, value in said.items()}
    return _correcting(own, Form(filled) if own.corrected_by is None else Form(filled, status=CORRECTED))


@web.post("/behoerde/meldungen/<event_id>/berichtigen")
@needs(Action.ANSWER_CLAIM)
def send_correction(event_id: str) -> Response:
    """Correct a declaration, or take it out."""
    filled = typed(*SAID)
    try:
        correct(context(), actor(), event_id, filled)
    except (InvalidInput, Conflict) as error:
        return _correcting(own_event(context(), actor(), event_id), refused(error, filled))
    done = "withdrawn" if filled["status"] == Status.VOID else "corrected"
    return redirect(url_for("web.desk_of_authority", done=done), 303)


def _correcting(own: OwnEvent, form: Form) -> Response:
    page = render_template(
        "desk/correct.html",
        event=own.event,
        service_name=own.service_name,
        authority=own.authority,
        corrected_by=own.corrected_by,
        form=form,
        labels=LABELS,
        statuses=status_choices(with_void=True),
        proofs=PROOFS.items(),
    )
    return make_response(page, form.status)


def _authorities() -> Mapping[str, str]:
    choices = declare_choices(context(), actor())
    return {key: one.name for key, one in choices.authorities.items()}


def _page(
    form: Form,
    services: list[str],
    authorities: list[str],
    outcome: Declaration | None = None,
    *,
    kept: FormDraft | None = None,
    offered: FormDraft | None = None,
) -> str:
    choices = declare_choices(context(), actor())
    names = {key: one.name for key, one in choices.authorities.items()}
    only = next(iter(names), None) if len(names) == 1 else None
    finding: dict[str, Any] = {name: form.typed.get(name, "") for name in FINDING}
    rejected = [] if outcome is None else [row for row in outcome.rows if row.outcome.outcome == REJECTED]
    return render_template(
        "desk/declare.html",
        form=form,
        services=Ticks.of(choices.services, services, finding["find_service"]),
        authorities=Ticks.of(names, [only] if only else authorities, finding["find_authority"]),
        only=only,
        statuses=status_choices(),
        proofs=PROOFS.items(),
        labels=LABELS,
        outcome=outcome,
        kept=kept,
        offered=offered,
        rejected=[(row, [why(e) for e in row.outcome.errors]) for row in rejected[:SHOWN_ROWS]],
        more_rejected=max(0, len(rejected) - SHOWN_ROWS),
    )
