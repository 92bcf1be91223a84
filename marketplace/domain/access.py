"""Who may do what: one module decides, deny by default.

An actor has roles, bound to an organisation and, where a role speaks for a territory, to regions. Every route and
command names the action it needs; an action without a rule here is refused.
"""

from collections.abc import Collection
from dataclasses import dataclass

from marketplace.domain.adoption import AssertedBy, Scope
from marketplace.domain.roles import Action, Actor, Role, TokenScope
from marketplace.domain.scopes import NEEDED_SCOPE

__all__ = [
    "ALLOWED",
    "EVERYBODY",
    "NEEDED_SCOPE",
    "Action",
    "Actor",
    "Decision",
    "Role",
    "TokenScope",
    "Voice",
    "decide",
    "may_administer",
    "may_correct",
    "may_delegate",
    "may_merge",
    "may_read_reason",
    "may_record",
    "may_report_cases",
    "may_review",
    "may_see_revision",
    "may_transfer",
    "may_write_service",
]

EVERYBODY = frozenset(
    {Action.READ_PUBLIC, Action.SIGN_IN, Action.REPORT_NEED, Action.FOLLOW_BY_MAIL, Action.USE_MAIL_LINK}
)
_WHO_PUBLISHES = frozenset({Role.PUBLISHER, Role.OPERATOR})
_WHO_SPEAKS_FOR_AUTHORITIES = frozenset({Role.AUTHORITY, Role.COORDINATION, Role.OPERATOR})
_WHO_ADMINISTERS = frozenset({Role.ADMIN, Role.OPERATOR})
_OPERATORS = frozenset({Role.OPERATOR})
ALLOWED: dict[Action, frozenset[Role]] = {
    Action.READ_RESTRICTED: frozenset(Role),
    Action.OWN_ACCOUNT: frozenset(Role),
    Action.FOLLOW: frozenset(Role),
    Action.WRITE_SERVICE: _WHO_PUBLISHES,
    Action.READ_REVISION: _WHO_PUBLISHES | {Role.REVIEWER},
    Action.REVIEW_SERVICE: frozenset({Role.REVIEWER, Role.OPERATOR}),
    Action.TRANSFER_SERVICE: _WHO_PUBLISHES | {Role.ADMIN},
    Action.MERGE_SERVICES: frozenset({Role.REVIEWER, Role.OPERATOR}),
    Action.RECORD_ADOPTION: _WHO_SPEAKS_FOR_AUTHORITIES | {Role.PUBLISHER},
    Action.ANSWER_CLAIM: _WHO_SPEAKS_FOR_AUTHORITIES,
    Action.DELEGATE: _WHO_SPEAKS_FOR_AUTHORITIES,
    Action.WRITE_AUTHORITY_SET: _OPERATORS,
    Action.CONFIRM_SUCCESSION: _OPERATORS,
    Action.WRITE_AUTHORITY: _OPERATORS,
    Action.REPORT_USAGE: _WHO_SPEAKS_FOR_AUTHORITIES | {Role.PUBLISHER},
    Action.REPORT_CASES: _WHO_SPEAKS_FOR_AUTHORITIES,
    Action.PUBLISH_RULE: _OPERATORS,
    Action.EXPLAIN_SEARCH: _OPERATORS,
    Action.EDIT_THESAURUS: _OPERATORS,
    Action.MANAGE_MEMBERS: _WHO_ADMINISTERS,
    Action.MANAGE_TOKENS: _WHO_ADMINISTERS,
    Action.MANAGE_WEBHOOKS: _WHO_ADMINISTERS,
    Action.READ_OWN_LOG: _WHO_ADMINISTERS,
    Action.MANAGE_ORGANISATIONS: _OPERATORS,
    Action.OPERATE: _OPERATORS,
    Action.READ_LOG: _OPERATORS,
}


@dataclass(frozen=True, slots=True)
class Voice:
    """In whose name an event is recorded, and for which authority somebody else acted, if so."""

    asserted_by: AssertedBy
    on_behalf_of: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """Yes, or no with a readable reason. ``needs_sign_in`` tells "not known who" from "not allowed".

    ``voice``: in whose name an allowed event stands.
    """

    allowed: bool
    reason: str = ""
    needs_sign_in: bool = False
    voice: Voice | None = None


YES = Decision(True)


def decide(actor: Actor | None, action: Action) -> Decision:
    """Decide whether somebody may take an action at all; the object is judged by the functions below."""
    if action in EVERYBODY:
        return YES
    if actor is None:
        return Decision(False, "This needs a token or somebody signed in.", needs_sign_in=True)
    if actor.roles.isdisjoint(ALLOWED.get(action, frozenset())):
        roles = ", ".join(sorted(actor.roles)) or "nobody in particular"
        return Decision(
            False, f"Acting as {roles} for {actor.organisation_id} does not allow this ({action})."
        )
    if actor.scopes is not None and NEEDED_SCOPE[action] not in actor.scopes:
        return Decision(False, f"The token is not good for this: it lacks the scope {NEEDED_SCOPE[action]}.")
    return YES


def may_administer(actor: Actor, organisation_id: str) -> bool:
    """Tell whether somebody who may manage members, tokens or the log may do so in this organisation."""
    return actor.is_operator or actor.organisation_id == organisation_id


def may_write_service(actor: Actor, publisher: str | None) -> Decision:
    """Decide whether somebody may write an entry of ``publisher`` (None: it has none yet)."""
    decision = decide(actor, Action.WRITE_SERVICE)
    if not decision.allowed or actor.is_operator:
        return decision
    if publisher == actor.organisation_id:
        return YES
    return _of_others(actor, publisher)


def may_transfer(actor: Actor, publisher: str | None) -> Decision:
    """Decide whether somebody may offer an entry of ``publisher`` to another organisation."""
    decision = decide(actor, Action.TRANSFER_SERVICE)
    if not decision.allowed or actor.is_operator or publisher == actor.organisation_id:
        return decision
    return _of_others(actor, publisher)


def _of_others(actor: Actor, publisher: str | None) -> Decision:
    owner = publisher or "nobody yet"
    return Decision(False, f"The entry belongs to {owner}, you act for {actor.organisation_id}.")


def may_see_revision(actor: Actor | None, publisher: str | None) -> bool:
    """Tell whether somebody may know of what is in work on an entry of ``publisher``: drafts, revisions, remarks."""
    if actor is None:
        return False
    return actor.is_operator or (publisher is not None and actor.organisation_id == publisher)


def may_review(
    actor: Actor, publisher: str | None, editors: Collection[str], *, own_review: bool
) -> Decision:
    """Decide whether somebody may approve a revision: a reviewer of the publisher who wrote none of it.

    ``editors`` are the ids of who wrote in it; ``own_review``: the organisation lets whoever reviews
    alone approve their own work, and the log says so.
    """
    decision = decide(actor, Action.REVIEW_SERVICE)
    if not decision.allowed:
        return decision
    if not actor.is_operator and publisher != actor.organisation_id:
        return _of_others(actor, publisher)
    if not own_review and not set(actor.ids).isdisjoint(editors):
        return Decision(False, "Four eyes: who wrote in a revision does not approve it.")
    return YES


def may_merge(actor: Actor, *publishers: str | None) -> Decision:
    """Decide whether somebody may merge entries of these publishers: a reviewer of all of them, or an operator."""
    decision = decide(actor, Action.MERGE_SERVICES)
    if not decision.allowed or actor.is_operator:
        return decision
    foreign = [one for one in publishers if one != actor.organisation_id]
    return _of_others(actor, foreign[0]) if foreign else YES


def may_record(
    actor: Actor,
    publisher: str | None,
    authority_key: str,
    region_key: str,
    scope: Scope,
    *,
    delegated: bool = False,
) -> Decision:
    """Decide whether somebody may record an event, and in whose name it then stands.

    A publisher for the own services, an authority for itself, who acts for it by delegation, a coordination for
    authorities in its state, an operator (an import) for all. ``region_key`` is the region the authority is placed
    in, ``delegated`` whether the authority lets the actor's organisation act for it: whoever speaks for authorities
    there may; a publisher's word stays a provider's.
    """
    decision = decide(actor, Action.RECORD_ADOPTION)
    if not decision.allowed:
        return decision
    if actor.is_operator:
        return _in_the_name_of(AssertedBy.REGISTER)
    if Role.AUTHORITY in actor.roles and authority_key in actor.region_keys:
        return _in_the_name_of(AssertedBy.AUTHORITY)
    if delegated and not actor.roles.isdisjoint(_WHO_SPEAKS_FOR_AUTHORITIES):
        return _in_the_name_of(AssertedBy.AUTHORITY, on_behalf_of=authority_key)
    if Role.COORDINATION in actor.roles and _lies_in(region_key, actor.region_keys):
        return _in_the_name_of(AssertedBy.COORDINATION)
    if Role.PUBLISHER in actor.roles:
        if publisher == actor.organisation_id:
            return _in_the_name_of(AssertedBy.PROVIDER)
        return Decision(
            False, f"The service is published by {publisher}, you act for {actor.organisation_id}."
        )
    return _no_voice(actor, authority_key, "cover" if scope is Scope.BELOW else "event")


def _in_the_name_of(asserted_by: AssertedBy, on_behalf_of: str | None = None) -> Decision:
    return Decision(True, voice=Voice(asserted_by, on_behalf_of))


def _lies_in(region_key: str, keys: Collection[str]) -> bool:
    return any(region_key.startswith(key) for key in keys)


def _no_voice(actor: Actor, key: str, what: str) -> Decision:
    if not actor.region_keys:
        return Decision(
            False, f"{actor.organisation_id} is bound to no authority or region, and none lets it act for it."
        )
    bound = ", ".join(sorted(actor.region_keys))
    if Role.COORDINATION in actor.roles:
        return Decision(False, f"{key} lies outside the state {bound}.")
    return Decision(False, f"You act for {bound}, this {what} is for {key}.")


def may_correct(actor: Actor, recorded_by: str | None, *, itself: bool, is_answer: bool = False) -> Decision:
    """Decide whether somebody who may record for an authority may correct an event about it.

    Its recorder (an organisation), the authority itself or an operator. ``itself``: the actor is that authority, or
    acts for it by delegation.
    ``is_answer``: it takes out a claim by answering it, which the state's coordination may too.
    """
    if actor.is_operator or itself or recorded_by == actor.organisation_id:
        return YES
    if is_answer and decide(actor, Action.ANSWER_CLAIM).allowed:
        return YES
    return Decision(False, "only its recorder, the authority or an operator corrects an event")


def may_report_cases(actor: Actor, region_key: str, *, delegated: bool = False) -> Decision:
    """Decide whether somebody may report how many cases a region had: who speaks for it, or an operator (an import).

    ``delegated``: the region's administration lets the actor's organisation act for it in everything.
    """
    decision = decide(actor, Action.REPORT_CASES)
    if not decision.allowed or actor.is_operator:
        return decision
    if Role.COORDINATION in actor.roles and _lies_in(region_key, actor.region_keys):
        return YES
    if delegated or region_key in actor.region_keys:
        return YES
    return _no_voice(actor, region_key, "number")


def may_delegate(actor: Actor, authority_key: str, *, below: bool) -> Decision:
    """Decide whether somebody may let others act for an authority, and may end that again.

    An authority for itself alone, a coordination for its state or any region in it with all ``below``, an operator
    for all.
    """
    decision = decide(actor, Action.DELEGATE)
    if not decision.allowed or actor.is_operator:
        return decision
    if authority_key in actor.region_keys and (not below or Role.COORDINATION in actor.roles):
        return YES
    if Role.COORDINATION in actor.roles and _lies_in(authority_key, actor.region_keys):
        return (
            YES if below else Decision(False, f"{authority_key} delegates for itself; a state for all below.")
        )
    if authority_key in actor.region_keys:
        return Decision(False, "An authority delegates for itself alone, its state for all below.")
    return _no_voice(actor, authority_key, "delegation")


def may_read_reason(
    actor: Actor | None, publisher: str | None, authority_key: str, organisation_id: str | None
) -> bool:
    """Decide whether somebody may read why an authority declined: the parties and policy staff only.

    ``organisation_id`` is who recorded the event, ``publisher`` whose service it is about.
    """
    if actor is None:
        return False
    if not actor.roles.isdisjoint({Role.ANALYST, Role.OPERATOR}):
        return True
    if actor.organisation_id == organisation_id or authority_key in actor.region_keys:
        return True
    if Role.PUBLISHER in actor.roles and actor.organisation_id == publisher:
        return True
    return Role.COORDINATION in actor.roles and _lies_in(authority_key, actor.region_keys)
