"""Applying the retention times: what is older is erased or deleted, and the log says how much."""

from dataclasses import asdict, dataclass
from datetime import timedelta

from marketplace.actions import auditing, message_retention
from marketplace.actions.context import Context
from marketplace.actions.rights import acting
from marketplace.domain.access import Action, Actor
from marketplace.store import audit, retention
from marketplace.store.tables import FollowerRow, FormDraftRow, InvitationRow, SubscriptionRow, WebSessionRow

DRAFT_DAYS = 30
INVITATION_DAYS = 30
"""How long an invitation is kept after its end: until then its link can say that it is over."""
UNCONFIRMED_DAYS = 30
"""How long a subscription by mail that nobody confirmed is kept after its link ended, for the same reason."""


@dataclass(frozen=True, slots=True)
class Retained:
    """How much is over its time, by what it is; ``accounts`` are erased, the others deleted.

    ``subscriptions`` were asked for by mail and never confirmed, ``addresses`` follow nothing any more.
    """

    audit_entries: int
    accounts: int
    sessions: int
    invitations: int
    form_drafts: int
    subscriptions: int = 0
    addresses: int = 0
    changes: int = 0
    messages: int = 0
    mails: int = 0
    deliveries: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing is over its time."""
        return not any(asdict(self).values())


def apply_retention(
    ctx: Context, actor: Actor | None = auditing.COMMAND_LINE, *, dry_run: bool = False
) -> Retained:
    """Erase accounts and delete everything else that is over its time, as ``Retained`` counts it.

    A dry run only counts.

    Raises:
        Unauthenticated, Forbidden: the actor does not run the marketplace.
    """
    operator = acting(actor, Action.OPERATE)
    now = ctx.clock()
    log_from = now - timedelta(days=ctx.settings.audit_retention_days)
    seen_from = now - timedelta(days=ctx.settings.account_retention_days)
    unconfirmed_from = now - timedelta(days=UNCONFIRMED_DAYS)
    others = (
        (WebSessionRow, retention.ended_sessions(now)),
        (InvitationRow, retention.old_invitations(now - timedelta(days=INVITATION_DAYS))),
        (FormDraftRow, retention.old_drafts(now - timedelta(days=DRAFT_DAYS))),
        (SubscriptionRow, retention.unconfirmed_subscriptions(unconfirmed_from)),
        (FollowerRow, retention.idle_addresses(unconfirmed_from)),
    )
    with ctx.database.reading() if dry_run else ctx.database.writing() as session:
        accounts = retention.unused_accounts(session, seen_from)
        counted = [retention.count(session, table, condition) for table, condition in others]
        told = message_retention.forget(ctx, session, dry_run=dry_run)
        found = Retained(audit.count_before(session, log_from), len(accounts), *counted, **asdict(told))
        if dry_run or found.is_empty:
            return found
        for table, condition in others:
            retention.remove(session, table, condition)
        retention.erase_accounts(session, accounts, now)
        audit.delete_before(session, log_from)
        auditing.record(
            session, operator, now, "retention.applied", ("batch", "retention"), **asdict(found)
        )  # fmt: skip
    return found
