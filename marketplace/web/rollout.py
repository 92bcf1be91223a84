"""How far a service has come with those who are to reuse it: a page and a table for its publisher."""

from flask import Response, render_template, url_for
from flask_babel import lazy_gettext as _

from marketplace.actions.publisher_recording import records_as_publisher
from marketplace.actions.rejected_claims import rejected_claims
from marketplace.actions.rollout import ServiceRollout, rollout_of_service, rollout_table
from marketplace.domain.access import Action
from marketplace.domain.adoption import NEGATIVE, PATH, Status
from marketplace.domain.authority_fields import AttributeName
from marketplace.domain.rollout import STALLED_AFTER_DAYS
from marketplace.domain.standings import UNKNOWN_GROUP
from marketplace.http import actor, context, needs
from marketplace.web import queries
from marketplace.web.blueprint import web
from marketplace.web.downloads import csv_file
from marketplace.web.links import with_query
from marketplace.web.rollout_recording import RECORDED

SHOWN = 20
COUNTED = (*PATH, Status.ENDED, *sorted(NEGATIVE), None)
"""The statuses by row, the unknown last."""
ATTRIBUTES = {
    AttributeName.IT_PROVIDER: _("IT-Dienstleister"),
    AttributeName.SPECIALIST_SYSTEM: _("Fachverfahren"),
}
"""By what the authorities can be chosen, in the order of its columns."""


@web.get("/dienste/<service_id>/ausrollung")
@needs(Action.READ_REVISION)
def rollout(service_id: str) -> str:
    """Show who stands where, who has stalled, who refused and why, whose claims were rejected, and who plans what."""
    found = _found(service_id)
    this_month = found.rollout.as_of.replace(day=1)
    return render_template(
        "rollout.html",
        past=sum(one.authorities for one in found.rollout.months if one.begins_on < this_month),
        ahead=[one for one in found.rollout.months if one.begins_on >= this_month],
        found=found,
        rollout=found.rollout,
        rejected=rejected_claims(context(), actor(), service_id),
        counts=[found.rollout.count_of(status) for status in COUNTED],
        shown=SHOWN,
        may_record=found.takes_events and records_as_publisher(actor()),
        recorded=RECORDED.get(queries.text_of("done")),
        attributes={name: label for name, label in ATTRIBUTES.items() if found.choices[name]},
        unknown=UNKNOWN_GROUP,
        csv=with_query(
            url_for("web.rollout_csv", service_id=service_id),
            tage=str(found.rollout.stalled_after_days),
            **{name: found.wanted.get(name) for name in AttributeName},
        ),
    )


@web.get("/dienste/<service_id>/ausrollung.csv")
@needs(Action.READ_REVISION)
def rollout_csv(service_id: str) -> Response:
    """Send what is known of each authority as a table."""
    return csv_file(rollout_table(_found(service_id)))


def _found(service_id: str) -> ServiceRollout:
    days = queries.whole_of("tage", STALLED_AFTER_DAYS)
    wanted = {name: value for name in AttributeName if (value := queries.text_of(name))}
    return rollout_of_service(context(), actor(), service_id, stalled_after_days=days, wanted=wanted)
