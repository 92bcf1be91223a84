"""Claims of a publisher that authorities rejected, with their reasons, for those who may read them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from marketplace.actions.authority_naming import Naming
from marketplace.actions.context import Context
from marketplace.actions.entry_access import own_entry
from marketplace.actions.rights import acting
from marketplace.domain import dates
from marketplace.domain.access import Action, Actor, may_read_reason
from marketplace.domain.adoption import Status
from marketplace.store import event_extracts, ledger, mergers

MOST = 50


@dataclass(frozen=True, slots=True)
class RejectedClaim:
    """A claim that an authority took out: what was claimed, when it was rejected, and why (None: not for the reader)."""

    authority_key: str
    authority_name: str
    status: Status
    effective_on: date
    rejected_on: date
    reason: str | None


def rejected_claims(ctx: Context, actor: Actor | None, service_id: str) -> Sequence[RejectedClaim]:
    """Return the newest claims about an entry that were rejected, at most 50.

    Raises:
        Unauthenticated, Forbidden: the actor works on no entries.
        NotFound: there is no such entry, or it is another publisher's.
    """
    who = acting(actor, Action.READ_REVISION)
    with ctx.database.reading() as session:
        entry = own_entry(session, service_id, who)
        rejections = event_extracts.rejections_of(session, service_id, MOST)
        claims = ledger.by_ids(session, [one.answers for one in rejections if one.answers is not None])
        naming = Naming.today(ctx, session) if rejections else None
        own = mergers.successor(session, who.organisation_id)
    found = []
    for one in rejections:
        claim = claims.get(one.answers or 0)
        if claim is None or naming is None:
            continue
        recorded_by = own.in_place_of(one.organisation_id)
        may = may_read_reason(who, entry.publisher, one.authority_key, recorded_by)
        found.append(
            RejectedClaim(
                one.authority_key,
                naming.name(one.authority_key) or one.authority_key,
                Status(claim.status),
                claim.effective_on,
                dates.today(one.recorded_at),
                one.reason or one.note if may else None,
            )
        )
    return found
