"""Which entry is meant, and whether whoever asks may know of it: the first lines of every action on one entry."""

from collections.abc import Collection

from sqlalchemy.orm import Session

from marketplace.actions.rights import require
from marketplace.domain.access import Action, Actor, decide, may_see_revision, may_write_service
from marketplace.domain.lifecycle import EntryStatus, is_findable
from marketplace.errors import Gone, NotFound
from marketplace.store import services, withdrawals
from marketplace.store.services import EntryHead

ANY = "*"
"""Instead of an expected tag: write whatever stands (HTTP's ``If-Match: *``)."""


def seen_entry(session: Session, service_id: str, actor: Actor | None) -> EntryHead:
    """Return the head of an entry that somebody may know of.

    Raises:
        NotFound: there is none, or it is in work and not theirs.
        Gone: it was withdrawn.
    """
    entry = services.heads(session, [service_id]).get(service_id)
    if entry is None:
        raise NotFound("service", service_id)
    works = any(decide(actor, one).allowed for one in (Action.READ_REVISION, Action.WRITE_SERVICE))
    if not is_findable(entry.status) and not (works and may_see_revision(actor, entry.publisher)):
        if entry.status is EntryStatus.WITHDRAWN:
            raise _gone(session, service_id)
        raise NotFound("service", service_id)
    return entry


def _gone(session: Session, service_id: str) -> Gone:
    withdrawal = withdrawals.withdrawal_of(session, service_id)
    told = f"service {service_id!r} was withdrawn"
    if withdrawal is None:
        return Gone(told)
    following = withdrawal.successor
    return Gone(told, withdrawn_on=withdrawal.on, successor=following, merged=withdrawal.merged)


def is_expected(tag: str, expected: str | Collection[str]) -> bool:
    """Tell whether a write was made from what stands: its tag is named, alone or among others, or ``*``."""
    given = {expected} if isinstance(expected, str) else set(expected)
    return ANY in given or tag in given


def written_entry(session: Session, service_id: str, actor: Actor) -> EntryHead:
    """Return the head of an entry that somebody may write.

    Raises:
        NotFound, Gone: as in ``seen_entry``.
        Forbidden: it is another publisher's.
    """
    entry = seen_entry(session, service_id, actor)
    require(may_write_service(actor, entry.publisher))
    return entry


def own_entry(session: Session, service_id: str, actor: Actor) -> EntryHead:
    """Return the head of an entry of the actor's organisation, of any for an operator: for what its publisher sees.

    Raises:
        NotFound: there is none, or it is another's.
    """
    entry = services.heads(session, [service_id]).get(service_id)
    if entry is None or not may_see_revision(actor, entry.publisher):
        raise NotFound("service", service_id)
    return entry
