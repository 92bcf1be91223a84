"""Memberships: who has which roles in an organisation."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, delete, insert, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from marketplace.domain.access import Role
from marketplace.store.tables import MembershipRow, OrganisationRow, PersonRow

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Member:
    """A person with the roles had in one organisation, in the order of ``Role``; ``since``: when the first was given."""

    person_id: str
    name: str
    email: str | None
    roles: tuple[Role, ...]
    since: datetime
    signed_in_at: datetime | None


def lock(session: Session, organisation_id: str) -> None:
    """Let one transaction at a time change who belongs to an organisation (on SQLite writers wait anyway)."""
    session.execute(
        select(OrganisationRow.id)
        .where(OrganisationRow.id == organisation_id)
        .with_for_update(key_share=True)
    )


def members(session: Session, organisation_id: str) -> list[Member]:
    """Return the members of an organisation by name."""
    rows = session.execute(
        select(
            PersonRow.id,
            PersonRow.name,
            PersonRow.email,
            PersonRow.signed_in_at,
            MembershipRow.role,
            MembershipRow.granted_at,
        )
        .join(MembershipRow, MembershipRow.person_id == PersonRow.id)
        .where(MembershipRow.organisation_id == organisation_id)
    ).all()
    by_person = defaultdict(list)
    for row in rows:
        by_person[row.id].append(row)
    found = [
        Member(
            person_id=person_id,
            name=one[0].name,
            email=one[0].email,
            roles=in_order(Role(row.role) for row in one),
            since=min(row.granted_at for row in one),
            signed_in_at=one[0].signed_in_at,
        )
        for person_id, one in by_person.items()
    ]
    return sorted(found, key=lambda one: (one.name.casefold(), one.person_id))


def person_name(session: Session, person_id: str) -> str | None:
    """Return the name of a person; None where there is none, or the account was erased."""
    return session.scalar(
        select(PersonRow.name).where(PersonRow.id == person_id, PersonRow.erased_at.is_(None))
    )


def names_of(session: Session, person_ids: Collection[str]) -> dict[str, str]:
    """Return the names of people by their ids; who was erased or never was here is left out."""
    rows = session.execute(
        select(PersonRow.id, PersonRow.name).where(
            PersonRow.id.in_(person_ids), PersonRow.erased_at.is_(None)
        )
    )
    return {row.id: row.name for row in rows}


def people_of(session: Session, organisation_ids: Collection[str]) -> dict[str, set[str]]:
    """Return the ids of the members of some organisations by organisation; those without members are left out."""
    found: dict[str, set[str]] = defaultdict(set)
    for organisation_id, person_id in _pairs(session, MembershipRow.organisation_id, organisation_ids):
        found[organisation_id].add(person_id)
    return dict(found)


def organisations_of(session: Session, person_ids: Collection[str]) -> dict[str, set[str]]:
    """Return the organisations that each of some people belongs to; who belongs to none is left out."""
    found: dict[str, set[str]] = defaultdict(set)
    for organisation_id, person_id in _pairs(session, MembershipRow.person_id, person_ids):
        found[person_id].add(organisation_id)
    return dict(found)


def _pairs(
    session: Session, column: InstrumentedAttribute[str], ids: Collection[str]
) -> Iterator[tuple[str, str]]:
    wanted = sorted(ids)
    for start in range(0, len(wanted), _CHUNK):
        rows = session.execute(
            select(MembershipRow.organisation_id, MembershipRow.person_id)
            .where(column.in_(wanted[start : start + _CHUNK]))
            .distinct()
        )
        yield from ((row.organisation_id, row.person_id) for row in rows)


def roles_of(session: Session, organisation_id: str, person_id: str) -> frozenset[Role]:
    """Return the roles that a person has in an organisation; none for who does not belong to it."""
    found = session.scalars(
        select(MembershipRow.role).where(
            MembershipRow.organisation_id == organisation_id, MembershipRow.person_id == person_id
        )
    )
    return frozenset(Role(role) for role in found)


def holders(session: Session, organisation_id: str) -> dict[Role, set[str]]:
    """Return the ids of the people who have each role in an organisation."""
    rows = session.execute(
        select(MembershipRow.role, MembershipRow.person_id).where(
            MembershipRow.organisation_id == organisation_id
        )
    )
    found: dict[Role, set[str]] = defaultdict(set)
    for role, person_id in rows:
        found[Role(role)].add(person_id)
    return dict(found)


def in_charge(session: Session, organisation_id: str) -> set[str]:
    """Return the ids of the people who administer an organisation: its admins, and operators wherever they are."""
    own_admin = and_(MembershipRow.organisation_id == organisation_id, MembershipRow.role == Role.ADMIN.value)
    condition = or_(own_admin, MembershipRow.role == Role.OPERATOR.value)
    return set(session.scalars(select(MembershipRow.person_id).where(condition)))


def give(
    session: Session, organisation_id: str, person_id: str, roles: Collection[Role], now: datetime, by: str
) -> tuple[Role, ...]:
    """Give a person roles and return those that are new. ``by`` is the name of who gives them."""
    new = in_order(set(roles) - roles_of(session, organisation_id, person_id))
    if new:
        session.execute(
            insert(MembershipRow),
            [
                {
                    "organisation_id": organisation_id, "person_id": person_id, "role": role.value,
                    "granted_at": now, "granted_by": by,
                }
                for role in new
            ],
        )  # fmt: skip
    return new


def take(session: Session, organisation_id: str, person_id: str, roles: Collection[Role]) -> None:
    """Take roles from a person; without any left the person does not belong to the organisation any more."""
    session.execute(
        delete(MembershipRow).where(
            MembershipRow.organisation_id == organisation_id,
            MembershipRow.person_id == person_id,
            MembershipRow.role.in_([role.value for role in roles]),
        )
    )


def in_order(roles: Iterable[Role]) -> tuple[Role, ...]:
    """Return roles in the order of ``Role``."""
    given = set(roles)
    return tuple(role for role in Role if role in given)
