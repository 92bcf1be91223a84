"""What everybody may know of an entry that is or will be withdrawn: since when, why, and what follows it."""

from dataclasses import dataclass

from marketplace.actions.context import Context
from marketplace.actions.redaction import redacted
from marketplace.domain.access import Actor
from marketplace.domain.lifecycle import EntryStatus, is_findable
from marketplace.domain.revision import Withdrawal
from marketplace.domain.service import Service
from marketplace.store import services, withdrawals


@dataclass(frozen=True, slots=True)
class WithdrawnEntry:
    """An entry and its withdrawal (None: nobody wrote down why); the successor only where the public may see it."""

    service: Service
    withdrawal: Withdrawal | None
    successor: Service | None

    @property
    def is_planned(self) -> bool:
        """Whether the day is still to come: the entry stands until then."""
        return self.service.status is not EntryStatus.WITHDRAWN


def withdrawn_entry(ctx: Context, service_id: str, actor: Actor | None) -> WithdrawnEntry | None:
    """Return an entry that was withdrawn or is going to be; None for every other, and where there is none."""
    with ctx.database.reading() as session:
        withdrawal = withdrawals.withdrawal_of(session, service_id)
        following = withdrawal.successor if withdrawal else None
        found = services.load(session, [one for one in (service_id, following) if one is not None])
    service = found.get(service_id)
    if service is None or not (
        service.status is EntryStatus.WITHDRAWN or (withdrawal and is_findable(service.status))
    ):
        return None
    successor = found.get(following) if following else None
    return WithdrawnEntry(
        redacted(service, actor),
        withdrawal,
        redacted(successor, actor) if successor and is_findable(successor.status) else None,
    )
