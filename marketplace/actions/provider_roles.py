"""Roles that the OpenID provider gives: made and taken with each sign-in, beside those that came by invitation."""

from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from marketplace.actions.auditing import record
from marketplace.actions.invitations import role_errors
from marketplace.domain.access import Actor, Role
from marketplace.domain.openid_account import OpenIdAccount
from marketplace.domain.person import Person
from marketplace.store import memberships, mergers, organisations, people

MAX_NAME = 200
log = structlog.get_logger(__name__)


def provider_name(issuer: str) -> str:
    """Return the name under which a provider gives roles."""
    return f"OpenID {issuer}"[:MAX_NAME]


def refresh_roles(session: Session, person: Person, account: OpenIdAccount, now: datetime) -> None:
    """Bring the roles that the provider gives a person to what it says now; other roles stay as they are.

    What it says of organisations that do not exist or went into others, and roles that do not fit an organisation,
    is left out and logged by the organisation's id.
    """
    if account.roles is None:
        return
    by = provider_name(account.issuer)
    wanted = {
        key: fitting for key, roles in account.roles.items() if (fitting := _fitting(session, key, roles))
    }
    held = people.granted_by(session, person.id, by)
    for organisation_id in sorted({*wanted, *held}):
        memberships.lock(session, organisation_id)
        actor = Actor(by, organisation_id, frozenset())
        about = ("organisation", organisation_id)
        lost = held.get(organisation_id, set()) - wanted.get(organisation_id, set())
        if lost:
            memberships.take(session, organisation_id, person.id, lost)
            record(session, actor, now, "member.removed", about, person=person.id, roles=sorted(lost))
        new = memberships.give(
            session, organisation_id, person.id, wanted.get(organisation_id, set()), now, by
        )
        if new:
            record(session, actor, now, "member.added", about, person=person.id, roles=list(new))


def _fitting(session: Session, organisation_id: str, roles: frozenset[Role]) -> set[Role]:
    organisation = organisations.organisation(session, organisation_id)
    if organisation is None or mergers.merged_into(session, organisation_id) is not None:
        log.warning("openid_organisation_unknown", organisation=organisation_id[:80])
        return set()
    unfit = {role for role in roles if role_errors(session, organisation, [role], by_operator=True)}
    if unfit:
        log.warning("openid_roles_unfit", organisation=organisation_id, roles=sorted(unfit))
    return set(roles) - unfit
