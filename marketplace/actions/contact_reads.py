"""Recording who read the contacts of an entry: once a day for each reader and entry."""

from datetime import timedelta

from marketplace.actions import auditing
from marketplace.actions.context import Context
from marketplace.actions.kept import Kept
from marketplace.domain import dates
from marketplace.domain.access import Action, Actor, decide
from marketplace.domain.service import Service
from marketplace.store import audit
from marketplace.store.audit import AuditQuery

ACT = "contacts.read"
KEPT_READS = 4096
_kept: Kept[bool] = Kept(KEPT_READS)


def record_contact_read(ctx: Context, actor: Actor | None, service: Service) -> None:
    """Record that somebody was shown the contacts of an entry, unless that stands in the log of today already.

    The public sees none, and an entry without contacts shows none: then there is nothing to record.
    """
    if actor is None or not service.contacts or not decide(actor, Action.READ_RESTRICTED).allowed:
        return
    reader, day = (actor.id, actor.organisation_id), ctx.today()
    _kept.get(ctx.database.engine, (reader, service.id, day), lambda: _record(ctx, actor, service.id))


def _record(ctx: Context, actor: Actor, service_id: str) -> bool:
    begun = dates.end_of_day(ctx.today() - timedelta(days=1))
    query = AuditQuery(
        organisation_id=actor.organisation_id, person_id=actor.person_id, actor=actor.name, act=ACT,
        object_kind="service", object_id=service_id, since=begun,
    )  # fmt: skip
    with ctx.database.reading() as session:
        if audit.exists(session, query):
            return True
    auditing.record_read(ctx, actor, ACT, ("service", service_id))
    return True
