"""Sessions of the pages: who is recognised by one, and when it ends."""

from datetime import datetime

from sqlalchemy import and_, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from marketplace.domain.access import Actor, Role
from marketplace.domain.person import Person, Recognised, SessionTimes
from marketplace.store.organisations import bound_keys
from marketplace.store.tables import (
    MembershipRow,
    OrganisationAuthorityRow,
    OrganisationRow,
    PersonRow,
    WebSessionRow,
)

_KNOWN = (
    select(
        PersonRow.id, PersonRow.name, PersonRow.email, PersonRow.is_demo, WebSessionRow.created_at,
        WebSessionRow.seen_at, WebSessionRow.ends_at, WebSessionRow.organisation_id, MembershipRow.role,
        OrganisationRow.name.label("organisation_name"), OrganisationRow.kind, OrganisationRow.state,
        OrganisationRow.region_key, OrganisationAuthorityRow.authority_key,
    )
    .join(PersonRow, PersonRow.id == WebSessionRow.person_id)
    .outerjoin(
        MembershipRow,
        and_(
            MembershipRow.person_id == WebSessionRow.person_id,
            MembershipRow.organisation_id == WebSessionRow.organisation_id,
        ),
    )
    .outerjoin(OrganisationRow, OrganisationRow.id == MembershipRow.organisation_id)
    .outerjoin(
        OrganisationAuthorityRow, OrganisationAuthorityRow.organisation_id == MembershipRow.organisation_id
    )
    .where(WebSessionRow.digest == bindparam("digest"), PersonRow.erased_at.is_(None))
)  # fmt: skip


def recognised(session: Session, digest: str) -> Recognised | None:
    """Return whose session has this digest, ended or not, in one query; None where there is none."""
    rows = session.execute(_KNOWN, {"digest": digest}).all()
    if not rows:
        return None
    first = rows[0]
    person = Person(first.id, first.name, first.email, first.is_demo)
    times = SessionTimes(first.created_at, first.seen_at, first.ends_at)
    roles = frozenset(Role(row.role) for row in rows if row.role is not None)
    actor = None
    if roles:
        keys = frozenset(key for row in rows for key in bound_keys(row))
        actor = Actor(person.name, first.organisation_id, roles, keys, person.id)
    return Recognised(person, times, first.organisation_id, actor, first.organisation_name)


def open_session(
    session: Session,
    digest: str,
    person_id: str,
    organisation_id: str | None,
    times: SessionTimes,
    id_token: str | None,
) -> None:
    """Keep a new session."""
    session.execute(
        insert(WebSessionRow).values(
            digest=digest, person_id=person_id, organisation_id=organisation_id, created_at=times.created_at,
            seen_at=times.seen_at, ends_at=times.ends_at, id_token=id_token,
        )
    )  # fmt: skip


def note_use(session: Session, digest: str, now: datetime) -> None:
    """Keep that a session was used."""
    session.execute(update(WebSessionRow).where(WebSessionRow.digest == digest).values(seen_at=now))


def act_for(session: Session, digest: str, organisation_id: str) -> None:
    """Keep for which organisation a session acts from now on."""
    session.execute(
        update(WebSessionRow).where(WebSessionRow.digest == digest).values(organisation_id=organisation_id)
    )


def close_session(session: Session, digest: str) -> str | None:
    """Delete a session and return its ID token, None where it has none."""
    return session.execute(
        delete(WebSessionRow).where(WebSessionRow.digest == digest).returning(WebSessionRow.id_token)
    ).scalar_one_or_none()


def close_all(session: Session, person_id: str) -> int:
    """Delete all sessions of a person and return how many there were."""
    gone = session.execute(
        delete(WebSessionRow).where(WebSessionRow.person_id == person_id).returning(WebSessionRow.digest)
    )
    return len(gone.all())


def sessions_of(session: Session, person_id: str) -> list[tuple[str, SessionTimes]]:
    """Return digest and times of a person's sessions, the last used one first."""
    rows = session.execute(
        select(WebSessionRow.digest, WebSessionRow.created_at, WebSessionRow.seen_at, WebSessionRow.ends_at)
        .where(WebSessionRow.person_id == person_id)
        .order_by(WebSessionRow.seen_at.desc(), WebSessionRow.digest)
    )
    return [(row.digest, SessionTimes(row.created_at, row.seen_at, row.ends_at)) for row in rows]


def delete_ended(session: Session, now: datetime) -> None:
    """Delete the sessions whose latest end has passed."""
    session.execute(delete(WebSessionRow).where(WebSessionRow.ends_at <= now))
