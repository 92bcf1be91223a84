"""Who may do what: one module decides, deny by default.

An actor has one role, bound to an organisation and, where the role speaks for a territory, to a region. Every route
and command names the action it needs; an action without a rule here is refused.
"""

from dataclasses import dataclass
from enum import StrEnum

from marketplace.domain.adoption import AssertedBy, Scope


class Role(StrEnum):
    """What somebody does for an organisation."""

    PUBLISHER = "publisher"
    AUTHORITY = "authority"
    COORDINATION = "coordination"
    ANALYST = "analyst"
    OPERATOR = "operator"


class Action(StrEnum):
    """What a route or command does, as far as rights go."""

    READ_PUBLIC = "public.read"
    READ_RESTRICTED = "restricted.read"
    WRITE_SERVICE = "service.write"
    RECORD_ADOPTION = "adoption.record"
    ANSWER_CLAIM = "claim.answer"
    WRITE_AUTHORITY_SET = "authority_set.write"
    CONFIRM_SUCCESSION = "succession.confirm"
    WRITE_AUTHORITY = "authority.write"
    REPORT_USAGE = "usage.report"
    REPORT_CASES = "cases.report"
    PUBLISH_RULE = "counting_rule.publish"
    EXPLAIN_SEARCH = "search.explain"
    EDIT_THESAURUS = "thesaurus.edit"
    REPORT_NEED = "need.report"
    SIGN_IN = "session.open"


EVERYBODY = frozenset({Action.READ_PUBLIC, Action.SIGN_IN, Action.REPORT_NEED})
ALLOWED: dict[Action, frozenset[Role]] = {
    Action.READ_RESTRICTED: frozenset(Role),
    Action.WRITE_SERVICE: frozenset({Role.PUBLISHER, Role.OPERATOR}),
    Action.RECORD_ADOPTION: frozenset({Role.PUBLISHER, Role.AUTHORITY, Role.COORDINATION, Role.OPERATOR}),
    Action.ANSWER_CLAIM: frozenset({Role.AUTHORITY, Role.COORDINATION, Role.OPERATOR}),
    Action.WRITE_AUTHORITY_SET: frozenset({Role.OPERATOR}),
    Action.CONFIRM_SUCCESSION: frozenset({Role.OPERATOR}),
    Action.WRITE_AUTHORITY: frozenset({Role.OPERATOR}),
    Action.REPORT_USAGE: frozenset({Role.PUBLISHER, Role.AUTHORITY, Role.COORDINATION, Role.OPERATOR}),
    Action.REPORT_CASES: frozenset({Role.AUTHORITY, Role.COORDINATION, Role.OPERATOR}),
    Action.PUBLISH_RULE: frozenset({Role.OPERATOR}),
    Action.EXPLAIN_SEARCH: frozenset({Role.OPERATOR}),
    Action.EDIT_THESAURUS: frozenset({Role.OPERATOR}),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a name for the log, the organisation acted for, the role there, the region the role is bound to."""

    name: str
    organisation_id: str
    role: Role
    region_key: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """Yes, or no with a readable reason. ``needs_sign_in`` tells "not known who" from "not allowed"."""

    allowed: bool
    reason: str = ""
    needs_sign_in: bool = False


YES = Decision(True)


def decide(actor: Actor | None, action: Action) -> Decision:
    """Decide whether somebody may take an action at all; the object is judged by the functions below."""
    if action in EVERYBODY:
        return YES
    if actor is None:
        return Decision(False, "This needs a token or somebody signed in.", needs_sign_in=True)
    if actor.role in ALLOWED.get(action, frozenset()):
        return YES
    return Decision(False, f"The role {actor.role} may not do this ({action}).")


def may_write_service(actor: Actor, publisher: str | None) -> Decision:
    """Decide whether somebody may write an entry of ``publisher`` (None: it has none yet)."""
    decision = decide(actor, Action.WRITE_SERVICE)
    if not decision.allowed or actor.role is Role.OPERATOR:
        return decision
    if publisher == actor.organisation_id:
        return YES
    return Decision(
        False, f"The entry belongs to {publisher or 'nobody yet'}, you act for {actor.organisation_id}."
    )


def asserted_by(actor: Actor) -> AssertedBy:
    """Return in whose name an actor's event is recorded."""
    return {
        Role.PUBLISHER: AssertedBy.PROVIDER,
        Role.AUTHORITY: AssertedBy.AUTHORITY,
        Role.COORDINATION: AssertedBy.COORDINATION,
    }.get(actor.role, AssertedBy.REGISTER)


def may_record(
    actor: Actor, publisher: str | None, authority_key: str, region_key: str, scope: Scope
) -> Decision:
    """Decide whether somebody may record an event.

    A publisher for the own services, an authority for itself, a coordination for authorities in its state, an
    operator (an import) for all. ``region_key`` is the region the authority is placed in.
    """
    decision = decide(actor, Action.RECORD_ADOPTION)
    if not decision.allowed or actor.role is Role.OPERATOR:
        return decision
    if actor.role is Role.PUBLISHER:
        if publisher == actor.organisation_id:
            return YES
        return Decision(
            False, f"The service is published by {publisher}, you act for {actor.organisation_id}."
        )
    bound = actor.region_key
    if bound is None:
        return Decision(False, f"{actor.organisation_id} is bound to no authority or region.")
    if actor.role is Role.COORDINATION:
        if region_key.startswith(bound):
            return YES
        return Decision(False, f"The authority {authority_key} lies outside the state {bound}.")
    if authority_key == bound:
        return YES
    what = "cover" if scope is Scope.BELOW else "event"
    return Decision(False, f"You act for the authority {bound}, this {what} is for {authority_key}.")


def may_correct(actor: Actor, recorded_by: str | None, *, itself: bool, is_answer: bool = False) -> Decision:
    """Decide whether somebody who may record for an authority may correct an event about it.

    Its recorder (an organisation), the authority itself or an operator. ``itself``: the actor is that authority.
    ``is_answer``: it takes out a claim by answering it, which the state's coordination may too.
    """
    if actor.role is Role.OPERATOR or itself or recorded_by == actor.organisation_id:
        return YES
    if is_answer and decide(actor, Action.ANSWER_CLAIM).allowed:
        return YES
    return Decision(False, "only its recorder, the authority or an operator corrects an event")


def may_report_cases(actor: Actor, region_key: str) -> Decision:
    """Decide whether somebody may report how many cases a region had: who speaks for it, or an operator (an import)."""
    decision = decide(actor, Action.REPORT_CASES)
    if not decision.allowed or actor.role is Role.OPERATOR:
        return decision
    bound = actor.region_key
    if bound is None:
        return Decision(False, f"{actor.organisation_id} is bound to no authority or region.")
    if actor.role is Role.COORDINATION:
        if region_key.startswith(bound):
            return YES
        return Decision(False, f"The region {region_key} lies outside the state {bound}.")
    if region_key == bound:
        return YES
    return Decision(False, f"You act for {bound}, these numbers are of {region_key}.")


def may_read_reason(
    actor: Actor | None, publisher: str | None, authority_key: str, organisation_id: str | None
) -> bool:
    """Decide whether somebody may read why an authority declined: the parties and policy staff only.

    ``organisation_id`` is who recorded the event, ``publisher`` whose service it is about.
    """
    if actor is None:
        return False
    if actor.role in (Role.ANALYST, Role.OPERATOR):
        return True
    if actor.role is Role.PUBLISHER:
        return actor.organisation_id in (publisher, organisation_id)
    if actor.role is Role.COORDINATION:
        return actor.region_key is not None and authority_key.startswith(actor.region_key)
    return authority_key == actor.region_key or actor.organisation_id == organisation_id
