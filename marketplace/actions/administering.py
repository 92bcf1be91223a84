"""Which organisation somebody may administer: the own one, an operator any. Of others there is nothing to see."""

from sqlalchemy.orm import Session

from marketplace.actions.rights import acting
from marketplace.domain.access import Action, Actor, decide, may_administer
from marketplace.domain.catalogue import Organisation
from marketplace.errors import Conflict, NotFound
from marketplace.store import mergers, organisations


def administered(
    session: Session, actor: Actor | None, action: Action, organisation_id: str
) -> tuple[Actor, Organisation]:
    """Return who acts, and the organisation, where that actor may administer it.

    Raises:
        Unauthenticated, Forbidden: the actor may not take the action anywhere.
        NotFound: there is no such organisation, or the actor may not take the action there.
    """
    who = acting(actor, action)
    found = organisations.organisation(session, organisation_id)
    if found is None or not may_administer(who, organisation_id):
        raise NotFound("organisation", organisation_id)
    return who, found


def makes_operators(actor: Actor) -> bool:
    """Tell whether somebody may give the role operator and take it: a machine needs the scope of operations for that.

    Else a token that is good for members and tokens alone would make itself one that is good for everything.
    """
    return decide(actor, Action.MANAGE_ORGANISATIONS).allowed


def changed(
    session: Session, actor: Actor | None, action: Action, organisation_id: str
) -> tuple[Actor, Organisation]:
    """As ``administered``, for an act that changes who may do what there.

    Raises:
        Conflict: the organisation went into another one; and as ``administered``.
    """
    who, found = administered(session, actor, action, organisation_id)
    into = mergers.merged_into(session, organisation_id)
    if into is not None:
        raise Conflict(f"{organisation_id} went into {into}: nothing is changed there any more")
    return who, found
