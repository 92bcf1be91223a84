"""The publisher's desk: the own entries by state, what waits for whom, what to mend, and how far each has come."""

from collections.abc import Mapping

from flask import redirect, render_template, url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from marketplace.actions.follower_counts import followers_of_entries, followers_of_publisher
from marketplace.actions.publisher_desk import STATES, confirm_facts, publishers_desk
from marketplace.domain.access import Action
from marketplace.domain.adoption import PATH, Status
from marketplace.http import actor, context, needs
from marketplace.web import queries
from marketplace.web.blueprint import web
from marketplace.web.labels import ENUMS, FACTS

STATE_WORDS: Mapping[str, LazyString] = {
    "draft": _("Entwürfe"),
    "in_review": _("In Prüfung"),
    "published": _("Veröffentlicht"),
    "planned_withdrawal": _("Rückzug geplant"),
    "withdrawn": _("Zurückgezogen"),
}
FACT_WORDS: Mapping[str, LazyString] = {
    **FACTS,
    "contacts": _("Ansprechpersonen"),
    "sources": _("Quellen"),
}


@web.get("/schreibtisch")
@needs(Action.READ_REVISION)
def publisher_desk() -> str:
    """Show the desk of the organisation that one acts for."""
    ctx, who = context(), actor()
    desk = publishers_desk(ctx, who)
    own = desk.organisation_id
    confirmed = queries.text_of("confirmed")
    return render_template(
        "publisher_desk.html",
        desk=desk,
        states=[(state, STATE_WORDS[state], desk.in_state(state)) for state in STATES],
        path=PATH,
        status_words=ENUMS[Status],
        facts=FACT_WORDS,
        followers=followers_of_entries(ctx, who, own, [one.stored.id for one in desk.entries]) or {},
        followers_of_all=followers_of_publisher(ctx, who, own),
        confirmed=next((one.stored.name for one in desk.entries if one.stored.id == confirmed), None),
    )


@web.post("/dienste/<service_id>/angaben-gelten")
@needs(Action.WRITE_SERVICE)
def confirm_entry(service_id: str) -> Response:
    """Keep that all of an entry still holds."""
    confirm_facts(context(), actor(), service_id)
    return redirect(url_for("web.publisher_desk", confirmed=service_id), 303)
