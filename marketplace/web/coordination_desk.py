"""The coordination's desk: claims in its state, "not competent" to confirm, joining for all, who is missing."""

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from marketplace.actions.coordination_desk import confirm_not_competent, coordination_desk, join_for_all
from marketplace.actions.missing_authorities import missing_authorities
from marketplace.domain.access import Action
from marketplace.domain.adoption import Status
from marketplace.errors import Conflict, InvalidInput, MarketplaceError
from marketplace.http import actor, context, needs
from marketplace.web import queries
from marketplace.web.blueprint import web
from marketplace.web.desk_forms import Ticks, refused, ticked, typed
from marketplace.web.desk_words import DONE, LABELS, STATUSES
from marketplace.web.downloads import csv_file
from marketplace.web.organisation_forms import Form

JOINING = ("agreed", "live", "connecting", "interested", "ended")
SAID = ("status", "effective_on", "planned_live_on", "note")
MISSING = 50
SEPARATOR = "|"


@web.get("/koordination")
@needs(Action.ANSWER_CLAIM)
def desk_of_coordination() -> str:
    """Show the desk of a state; the address can fill the form for all with a record to be changed."""
    given = {name: queries.text_of(name) for name in (*SAID, "except")}
    given["status"] = given["status"] or str(Status.AGREED)
    given["effective_on"] = given["effective_on"] or context().today().isoformat()
    return _page(Form(given), queries.texts_of("service"))


@web.post("/koordination/nicht-zustaendig")
@needs(Action.ANSWER_CLAIM)
def confirm_incompetence() -> Response:
    """Confirm that authorities do not execute a service."""
    pairs = []
    for one in ticked("pair"):
        service_id, _, key = one.partition(SEPARATOR)
        pairs.append((service_id, key))
    try:
        confirm_not_competent(context(), actor(), _state(), pairs)
    except (InvalidInput, Conflict) as error:
        return _refused(error, {"status": str(Status.AGREED)}, [])
    return _done("not_competent")


@web.post("/koordination/fuer-alle")
@needs(Action.ANSWER_CLAIM)
def declare_for_all() -> Response:
    """Say something for all below the state."""
    filled, services = typed(*SAID, "except", "find_service"), ticked("service")
    if request.form.get("do") == "find":
        return make_response(_page(Form(filled), services))
    left_out = [key for key in filled["except"].replace(",", "\n").split() if key]
    says = {name: filled[name] for name in SAID if filled[name]}
    try:
        report = join_for_all(context(), actor(), _state(), services, says | {"except": left_out})
    except (InvalidInput, Conflict) as error:
        return _refused(error, filled, services)
    return _done("joined" if report.written else "unchanged")


@web.get("/koordination/fehlende")
@needs(Action.ANSWER_CLAIM)
def missing_in_state() -> str:
    """List the eligible authorities of which nothing is on record for a service."""
    desk = coordination_desk(context(), actor(), queries.text_of("state") or None)
    service_id = queries.text_of("service")
    found = missing_authorities(context(), service_id, desk.state.key) if service_id else None
    return render_template(
        "desk/missing.html",
        desk=desk,
        service_id=service_id,
        found=found,
        page=found.page(queries.page_request(size=MISSING)) if found else None,
    )


@web.get("/koordination/fehlende.csv")
@needs(Action.ANSWER_CLAIM)
def missing_in_state_csv() -> Response:
    """Send the same list whole as a table."""
    desk = coordination_desk(context(), actor(), queries.text_of("state") or None)
    service_id = queries.text_of("service")
    if not service_id:
        raise queries.required("service")
    found = missing_authorities(context(), service_id, desk.state.key)
    return csv_file(found.table(f"missing-{service_id}-{desk.state.key}"))


def _state() -> str:
    return request.args.get("state", "")


def _done(what: str) -> Response:
    return redirect(url_for("web.desk_of_coordination", state=_state(), done=what), 303)


def _refused(error: MarketplaceError, filled: dict[str, str], services: list[str]) -> Response:
    form = refused(error, filled)
    return make_response(_page(form, services), form.status)


def _page(form: Form, services: list[str]) -> str:
    desk = coordination_desk(context(), actor(), queries.text_of("state") or None)
    return render_template(
        "desk/coordination.html",
        desk=desk,
        form=form,
        labels=LABELS,
        statuses=[(status, STATUSES[status]) for status in JOINING],
        services=Ticks.of(desk.services, services, str(form.typed.get("find_service", ""))),
        separator=SEPARATOR,
        today=context().today(),
        done=DONE.get(queries.text_of("done")) if form.refused is None else None,
    )
