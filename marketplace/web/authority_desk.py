"""The authority's desk: claims to answer, own records, what turns stale, what is planned, who acts for whom."""

from flask import abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from marketplace.actions.authority_desk import authority_desk
from marketplace.actions.claims import confirm_claim, reject_claim
from marketplace.actions.event_candidates import REJECTED
from marketplace.actions.own_declarations import confirm_again
from marketplace.actions.paging import Page
from marketplace.domain.access import Action
from marketplace.domain.adoption import Status
from marketplace.errors import Conflict, InvalidInput, MarketplaceError
from marketplace.http import actor, context, needs
from marketplace.web import queries
from marketplace.web.blueprint import web
from marketplace.web.desk_forms import refused, typed
from marketplace.web.desk_words import DONE, LABELS
from marketplace.web.labels import ENUMS
from marketplace.web.organisation_forms import Form

CLAIMS, RECORDS = 10, 50
NOTHING = Form()


@web.get("/behoerde")
@needs(Action.ANSWER_CLAIM)
def desk_of_authority() -> str:
    """Show the desk of all authorities that somebody speaks for, or of the chosen one."""
    return _page(NOTHING)


@web.post("/behoerde/angaben")
@needs(Action.ANSWER_CLAIM)
def answer_on_desk() -> Response:
    """Confirm or reject a claim, or say that it is not so far yet."""
    claim_id, answer = request.form.get("claim", ""), request.form.get("answer", "")
    filled = typed("reason", "planned_live_on") | {"claim": claim_id}
    try:
        if answer == "confirm":
            confirm_claim(context(), actor(), claim_id, {})
        elif answer == "connecting":
            says = {"status": str(Status.CONNECTING), "effective_on": context().today().isoformat()}
            confirm_claim(
                context(), actor(), claim_id, says | {"planned_live_on": filled["planned_live_on"] or None}
            )
        elif answer == "reject":
            reject_claim(context(), actor(), claim_id, {"reason": filled["reason"]})
        else:
            abort(422)
    except (InvalidInput, Conflict) as error:
        return _refused(error, filled)
    return _done(answer)


@web.post("/behoerde/bestaetigen")
@needs(Action.ANSWER_CLAIM)
def confirm_on_desk() -> Response:
    """Say of own records that they stand as they did."""
    try:
        report = confirm_again(context(), actor(), request.form.getlist("event"))
    except InvalidInput as error:
        return _refused(error, {})
    if report.count(REJECTED):
        return _refused(InvalidInput([error for row in report.rows for error in row.errors]), {})
    return _done("confirmed")


def _refused(error: MarketplaceError, filled: dict[str, str]) -> Response:
    form = refused(error, filled)
    return make_response(_page(form), form.status)


def _done(what: str) -> Response:
    chosen = request.args.get("authority") or None
    return redirect(url_for("web.desk_of_authority", authority=chosen, done=what), 303)


def _page(form: Form) -> str:
    wanted = queries.page_request(size=CLAIMS)
    desk = authority_desk(context(), actor(), wanted, authority_key=queries.text_of("authority") or None)
    status = queries.text_of("status")
    found = [one for one in desk.records or () if status in ("", one.record.status)]
    at = queries.page_request("seite", RECORDS)
    shown = Page(found[at.offset : at.offset + at.page_size], len(found), at.page, at.page_size)
    return render_template(
        "desk/authority.html",
        desk=desk,
        form=form,
        records=shown,
        status=status,
        status_labels=ENUMS[Status],
        today=context().today(),
        labels=LABELS,
        done=DONE.get(queries.text_of("done")) if form is NOTHING else None,
    )
