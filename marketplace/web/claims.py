"""The inbox of claims: what providers said about a region without proof, and answering it."""

from dataclasses import dataclass

from flask import abort, make_response, redirect, render_template, request, url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from marketplace.actions.claims import confirm_claim, list_claims, reject_claim
from marketplace.actions.regions import get_region
from marketplace.domain.access import Action
from marketplace.domain.adoption import Status
from marketplace.errors import Conflict, InvalidInput
from marketplace.http import actor, context, needs
from marketplace.web import my_region, queries
from marketplace.web.blueprint import web
from marketplace.web.errors import STATUS_OF
from marketplace.web.labels import ENUMS
from marketplace.web.region_words import region_word

DONE = {
    "confirm": _("Die Angabe ist bestätigt."),
    "reject": _("Die Angabe ist abgelehnt und zählt nicht mehr."),
}
REFUSED = {
    "required": _("Bitte nennen Sie einen Grund."),
    "length": _("Der Text ist zu lang."),
    "characters": _("Der Text enthält Zeichen, die hier nicht vorkommen dürfen."),
    "step": _("Die Angabe passt nicht zu dem, was die Behörde selbst schon gemeldet hat."),
    "conflict": _("Jemand war schneller: Diese Angabe ist schon beantwortet."),
}


@dataclass(frozen=True, slots=True)
class Refused:
    """An answer that was not taken: to which claim, why in words, the ledger's own words, the reason typed."""

    claim_id: str
    why: LazyString | None
    message: str
    reason: str


@web.get("/meine-region/angaben")
@needs(Action.READ_PUBLIC)
def my_claims() -> Response:
    """Go to the inbox of whoever is signed in, else of the remembered region, else to choosing one."""
    who, chosen = actor(), my_region.chosen()
    if who is not None and who.region_keys:
        return redirect(url_for("web.claims", key=min(who.region_keys)))
    if chosen is not None:
        return redirect(url_for("web.claims", key=chosen.key))
    return redirect(url_for("web.choose_region", next=url_for("web.my_claims")))


@web.get("/regionen/<key>/angaben")
@needs(Action.READ_PUBLIC)
def claims(key: str) -> str:
    """Show the claims that wait in a region, oldest first."""
    return _page(key)


@web.post("/regionen/<key>/angaben")
@needs(Action.ANSWER_CLAIM)
def answer_claim(key: str) -> Response:
    """Confirm or reject a claim, and say on the same page what came of it."""
    claim_id, reason = request.form.get("claim", ""), request.form.get("reason", "")
    answer = request.form.get("answer", "")
    if answer not in DONE:
        abort(422)
    try:
        if answer == "confirm":
            confirm_claim(context(), actor(), claim_id, {})
        else:
            reject_claim(context(), actor(), claim_id, {"reason": reason})
    except (InvalidInput, Conflict) as error:
        rule = error.errors[0].rule if isinstance(error, InvalidInput) else "conflict"
        refused = Refused(claim_id, REFUSED.get(rule), error.message, reason)
        return make_response(_page(key, refused), STATUS_OF[type(error)])
    return redirect(url_for("web.claims", key=key, done=answer), 303)


def _page(key: str, refused: Refused | None = None) -> str:
    detail = get_region(context(), key)
    page = list_claims(context(), actor(), queries.page_request(), region=detail.region.key)
    return render_template(
        "claims.html",
        region=detail.region,
        parents=[
            (f"{above.name} ({region_word(above)})", url_for("web.region", key=above.key))
            for above in reversed(detail.parents)
        ],
        page=page,
        status_labels=ENUMS[Status],
        done=DONE.get(queries.text_of("done")) if refused is None else None,
        refused=refused,
        may_answer=any(one.may_answer for one in page.items),
    )
