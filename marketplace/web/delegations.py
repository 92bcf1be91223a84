"""Delegations: who may act for us, for whom we act; granting one, ending one at once."""

from collections.abc import Mapping
from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from marketplace.actions.delegation_choices import delegation_choices
from marketplace.actions.delegations import end, grant, list_delegations
from marketplace.domain.access import Action, decide
from marketplace.errors import Conflict, InvalidInput
from marketplace.http import actor, context, needs
from marketplace.web import queries
from marketplace.web.blueprint import web
from marketplace.web.desk_forms import Ticks, refused, ticked, typed
from marketplace.web.desk_words import DONE, LABELS
from marketplace.web.organisation_forms import Form

TYPED = ("authority_key", "organisation_id", "for_services", "valid_from", "valid_to", "note", "find_service")


@web.get("/delegationen")
@needs(Action.READ_RESTRICTED)
def delegations() -> str:
    """List the delegations of both sides, and offer to grant one to whoever may."""
    return _page(Form({"valid_from": context().today().isoformat(), "for_services": "all"}), [])


@web.post("/delegationen")
@needs(Action.DELEGATE)
def grant_delegation() -> Response:
    """Let an organisation act for an authority."""
    filled, services = typed(*TYPED), ticked("service_ids")
    if request.form.get("do") == "find":
        return make_response(_page(Form(filled), services))
    try:
        grant(context(), actor(), _fields(filled, services))
    except (InvalidInput, Conflict) as error:
        form = refused(error, filled)
        return make_response(_page(form, services), form.status)
    return redirect(url_for("web.delegations", done="granted"), 303)


@web.post("/delegationen/<delegation_id>/beenden")
@needs(Action.DELEGATE)
def end_delegation(delegation_id: str) -> Response:
    """End a delegation at once; one that was ended meanwhile is ended."""
    try:
        end(context(), actor(), delegation_id)
    except Conflict as error:
        form = refused(error, {"for_services": "all"})
        return make_response(_page(form, []), form.status)
    return redirect(url_for("web.delegations", done="ended"), 303)


def _fields(filled: Mapping[str, str], services: list[str]) -> dict[str, Any]:
    key = filled["authority_key"]
    below = key.endswith("+")
    return {
        "authority_key": key.removesuffix("+"),
        "below": below,
        "organisation_id": filled["organisation_id"],
        "service_ids": services if filled["for_services"] == "some" else None,
        "valid_from": filled["valid_from"] or None,
        "valid_to": filled["valid_to"] or None,
        "note": filled["note"],
    }


def _page(form: Form, services: list[str]) -> str:
    who = actor()
    page = list_delegations(context(), who, queries.page_request(size=50))
    choices = delegation_choices(context(), who) if decide(who, Action.DELEGATE).allowed else None
    return render_template(
        "desk/delegations.html",
        page=page,
        form=form,
        labels=LABELS,
        choices=choices if choices and choices.grantors else None,
        services=Ticks.of(choices.services, services, str(form.typed.get("find_service", "")))
        if choices
        else None,
        done=DONE.get(queries.text_of("done")) if form.refused is None else None,
    )
