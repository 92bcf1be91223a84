"""Handing entries over: what is offered to and by an organisation, offering, answering."""

from collections.abc import Callable

from flask import make_response, redirect, request, url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from marketplace.actions import transfers
from marketplace.actions.context import Context
from marketplace.actions.organisation_choices import publishing_organisations
from marketplace.domain.access import Action, Actor
from marketplace.errors import Conflict, InvalidInput, NotFound
from marketplace.http import actor, context, needs
from marketplace.web import queries
from marketplace.web.blueprint import web
from marketplace.web.organisation_forms import Form, refused, text, whose
from marketplace.web.organisation_pages import TRANSFERS, page
from marketplace.web.organisation_words import DONE

WAITS = _("Für diesen Eintrag wartet schon ein Angebot. Nehmen Sie es zuerst zurück.")
ANSWERED = _("Darauf wurde inzwischen schon geantwortet. So steht es jetzt da:")
ANSWERS: dict[str, tuple[str, Callable[[Context, Actor | None, int], object]]] = {
    "annehmen": ("accepted", transfers.accept),
    "ablehnen": ("refused", transfers.refuse),
    "zuruecknehmen": ("recalled", transfers.recall),
}
OUTCOMES: dict[str, LazyString] = {
    "accepted": _("angenommen"),
    "refused": _("abgelehnt"),
    "recalled": _("zurückgenommen"),
}


@web.get("/organisation/uebergaben", defaults={"organisation_id": None})
@web.get("/organisationen/<organisation_id>/uebergaben")
@needs(Action.TRANSFER_SERVICE)
def transfers_of_organisation(organisation_id: str | None) -> Response:
    """List what is offered to and by an organisation, with the form to offer an entry."""
    return _page(organisation_id, Form({"service": queries.text_of("service")}))


@web.post("/organisation/uebergaben", defaults={"organisation_id": None})
@web.post("/organisationen/<organisation_id>/uebergaben")
@needs(Action.TRANSFER_SERVICE)
def offer_transfer(organisation_id: str | None) -> Response:
    """Offer an entry of the organisation to another one, or show the form again with what is wrong."""
    typed = {"service": text("service"), "to": text("to"), "note": text("note")}
    try:
        found = transfers.list_transfers(context(), actor(), whose(organisation_id))
        if typed["service"] not in {service_id for service_id, _name in found.entries}:
            rule = "reference" if typed["service"] else "required"
            raise InvalidInput.one("service", rule, "is no entry of this organisation")
        transfers.offer(context(), actor(), typed["service"], typed["to"], typed["note"])
    except (InvalidInput, Conflict) as error:
        return _page(organisation_id, refused(error, typed, WAITS))
    return _done(organisation_id, "offered")


@web.post(
    "/organisation/uebergaben/<int(max=2147483647):transfer_id>/<answer>", defaults={"organisation_id": None}
)
@web.post("/organisationen/<organisation_id>/uebergaben/<int(max=2147483647):transfer_id>/<answer>")
@needs(Action.TRANSFER_SERVICE)
def answer_transfer(organisation_id: str | None, transfer_id: int, answer: str) -> Response:
    """Accept, refuse or recall an offer.

    Raises:
        NotFound: no such answer, or no such offer on this organisation's page.
    """
    found = transfers.list_transfers(context(), actor(), whose(organisation_id))
    side = found.outgoing if answer == "zuruecknehmen" else found.incoming
    if answer not in ANSWERS or transfer_id not in {one.id for one in side}:
        raise NotFound("transfer", request.path)
    outcome, act = ANSWERS[answer]
    try:
        act(context(), actor(), transfer_id)
    except Conflict as error:
        return _page(organisation_id, refused(error, {}, ANSWERED))
    return _done(organisation_id, outcome)


def _done(organisation_id: str | None, what: str) -> Response:
    return redirect(url_for(TRANSFERS, organisation_id=organisation_id, done=what), 303)


def _page(organisation_id: str | None, form: Form) -> Response:
    ctx = context()
    found = transfers.list_transfers(ctx, actor(), whose(organisation_id))
    others = publishing_organisations(ctx)
    written = page(
        "transfers",
        found.organisation,
        organisation_id,
        TRANSFERS,
        found=found,
        form=form,
        names=dict(others),
        others=[one for one in others if one[0] != found.organisation.id],
        outcomes=OUTCOMES,
        done=DONE.get(queries.text_of("done")),
    )
    return make_response(written, form.status)
