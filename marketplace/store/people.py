"""People who sign in: by their account at the OpenID provider, or made for the demo."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, insert, select, update
from sqlalchemy.orm import Session

from marketplace.domain.access import Role
from marketplace.domain.demo_people import DemoPerson
from marketplace.domain.openid_account import OpenIdAccount
from marketplace.domain.person import Person
from marketplace.store.ordering import by_code_point
from marketplace.store.tables import (
    InvitationRow,
    MembershipRow,
    OrganisationRow,
    PersonRow,
    WebSessionRow,
)

DEMO = "demo"


def person_of_account(session: Session, issuer: str, subject: str) -> Person | None:
    """Return the person with this account, None where it is not known here."""
    row = session.execute(
        select(PersonRow.__table__).where(
            PersonRow.issuer == issuer, PersonRow.subject == subject, PersonRow.erased_at.is_(None)
        )
    ).one_or_none()
    return None if row is None else _person(row)


def add_person(session: Session, person: Person, now: datetime, account: OpenIdAccount | None) -> None:
    """Keep a new person; ``account`` None: of the demo."""
    values = {
        "id": person.id, "name": person.name, "email": person.email, "is_demo": person.is_demo,
        "issuer": account.issuer if account else None, "subject": account.subject if account else None,
        "created_at": now,
    }  # fmt: skip
    session.execute(insert(PersonRow).values(values))


def note_sign_in(session: Session, person: Person, now: datetime) -> None:
    """Keep when a person signed in, under the name and address that the provider gave this time."""
    session.execute(
        update(PersonRow)
        .where(PersonRow.id == person.id)
        .values(name=person.name, email=person.email, signed_in_at=now)
    )


def lock_demo(session: Session, demo: DemoPerson) -> bool:
    """Wait for others who make people of this organisation's demo; False where there is no such organisation."""
    found = session.execute(
        select(OrganisationRow.id).where(OrganisationRow.id == demo.organisation_id).with_for_update()
    ).first()
    return found is not None


def has_person(session: Session, person_id: str) -> bool:
    """Return whether there is a person of this id."""
    return bool(session.scalar(select(exists().where(PersonRow.id == person_id))))


def memberships_of(session: Session, person_id: str) -> list[tuple[str, str, frozenset[Role]]]:
    """Return id and name of the organisations that a person belongs to, by name, with the roles there."""
    rows = session.execute(
        select(OrganisationRow.id, OrganisationRow.name, MembershipRow.role)
        .join(MembershipRow, MembershipRow.organisation_id == OrganisationRow.id)
        .where(MembershipRow.person_id == person_id)
        .order_by(by_code_point(session, OrganisationRow.name_folded), OrganisationRow.id)
    )
    found: dict[tuple[str, str], set[Role]] = {}
    for row in rows:
        found.setdefault((row.id, row.name), set()).add(Role(row.role))
    return [(key, name, frozenset(roles)) for (key, name), roles in found.items()]


def granted_by(session: Session, person_id: str, by: str) -> dict[str, set[Role]]:
    """Return the roles that somebody (a provider, by its name) gave a person, by organisation."""
    found: dict[str, set[Role]] = {}
    rows = session.execute(
        select(MembershipRow.organisation_id, MembershipRow.role).where(
            MembershipRow.person_id == person_id, MembershipRow.granted_by == by
        )
    )
    for row in rows:
        found.setdefault(row.organisation_id, set()).add(Role(row.role))
    return found


def remove_demo(session: Session) -> int:
    """Delete the demo's people with what they had here, and return how many; the audit log keeps what they did."""
    demo = select(PersonRow.id).where(PersonRow.is_demo)
    session.execute(delete(WebSessionRow).where(WebSessionRow.person_id.in_(demo)))
    session.execute(delete(MembershipRow).where(MembershipRow.person_id.in_(demo)))
    session.execute(delete(InvitationRow).where(InvitationRow.accepted_by.in_(demo)))
    # RETURNING, because a cursor does not count on every driver.
    return len(session.execute(delete(PersonRow).where(PersonRow.is_demo).returning(PersonRow.id)).all())


def existing_organisations(session: Session, ids: Iterable[str]) -> set[str]:
    """Return those of these ids that are organisations."""
    return set(session.scalars(select(OrganisationRow.id).where(OrganisationRow.id.in_(set(ids)))))


def _person(row: Any) -> Person:
    return Person(row.id, row.name, row.email, row.is_demo)
