"""Turning decisions on rights into the errors that say why not."""

from marketplace.domain.access import Action, Actor, Decision, decide
from marketplace.errors import Forbidden, Unauthenticated


def require(decision: Decision) -> None:
    """Let an allowed decision pass.

    Raises:
        Unauthenticated: nobody is known who acts.
        Forbidden: the actor may not do this.
    """
    if decision.needs_sign_in:
        raise Unauthenticated(decision.reason)
    if not decision.allowed:
        raise Forbidden(decision.reason)


def acting(actor: Actor | None, action: Action) -> Actor:
    """Return who acts, where that role may take the action at all.

    Raises:
        Unauthenticated: nobody is known who acts.
        Forbidden: the role may not do this.
    """
    decision = decide(actor, action)
    require(decision)
    if actor is None:
        raise Unauthenticated(decision.reason or "This needs a token or somebody signed in.")
    return actor
