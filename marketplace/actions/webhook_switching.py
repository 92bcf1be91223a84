"""Switching off a webhook that does not take messages any more, and telling those who run it."""

from sqlalchemy.orm import Session

from marketplace.actions import auditing
from marketplace.actions.context import Context
from marketplace.actions.message_writing import MessageWriting
from marketplace.actions.search_index import WORKER
from marketplace.domain.access import Role
from marketplace.domain.change import MessageKind
from marketplace.domain.planned_message import PlannedMessage
from marketplace.domain.webhook import Webhook
from marketplace.domain.webhook_attempts import OffReason
from marketplace.store import changes, memberships, webhook_deliveries, webhooks

ABOUT = "organisation"
OBJECT = "webhook"


def switch_off(ctx: Context, session: Session, webhook: Webhook, reason: OffReason) -> None:
    """Switch an address off and give up what is owed to it, in the caller's transaction.

    The audit log says so, and the organisation's admins get a message, by mail too where mails are set up.
    """
    now = ctx.clock()
    webhook_deliveries.park_all(session, webhook.id, now)
    if not webhooks.switch_off(session, webhook.id, now, reason):
        return
    about = (ABOUT, webhook.organisation_id)
    auditing.record(
        session, WORKER, now, "webhook.switched_off", about, webhook=webhook.id, host=webhook.host, why=str(reason)
    )  # fmt: skip
    position = changes.last_position(session)
    admins = memberships.holders(session, webhook.organisation_id).get(Role.ADMIN, set())
    told = [
        PlannedMessage(
            kind=MessageKind.WEBHOOK_OFF, key=f"webhook.off:{webhook.id}:{webhook.version}", position=position,
            object_kind=OBJECT, object_id=webhook.id, weighty=True,
            content={"name": webhook.host, "why": str(reason)}, person_id=person_id, follower_id=None,
            organisation_id=webhook.organisation_id, subscription_id=None, mail_due_at=now,
        )
        for person_id in sorted(admins)
    ]  # fmt: skip
    if told:
        MessageWriting(session, told, now, mailed=ctx.settings.mail_is_set_up).write(told)
