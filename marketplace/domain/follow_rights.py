"""Who chooses what an organisation follows, and who is told how many follow an entry."""

from marketplace.domain.access import Action, Actor, Decision, Role, decide

_WHO_CHOOSES = frozenset({Role.ADMIN, Role.PUBLISHER, Role.AUTHORITY, Role.COORDINATION, Role.OPERATOR})


def may_follow_for_organisation(actor: Actor) -> Decision:
    """Decide whether somebody may choose what the own organisation follows: who reviews or analyses for it does not."""
    decision = decide(actor, Action.FOLLOW)
    if not decision.allowed or not actor.roles.isdisjoint(_WHO_CHOOSES):
        return decision
    roles = ", ".join(sorted(actor.roles))
    return Decision(
        False, f"Acting as {roles} does not allow to choose what {actor.organisation_id} follows."
    )


def may_follow_alone(actor: Actor) -> Decision:
    """Decide whether somebody may follow for themselves: a person; a machine follows for its organisation only."""
    decision = decide(actor, Action.FOLLOW)
    if decision.allowed and actor.person_id is None:
        return Decision(False, "A token follows for its organisation, never for itself.")
    return decision


def may_count_followers(actor: Actor | None, publisher: str | None) -> bool:
    """Tell whether somebody is told how many follow an entry: its publisher and operators; never who they are."""
    if actor is None:
        return False
    return actor.is_operator or (publisher is not None and actor.organisation_id == publisher)
