"""Who follows: people, organisations, mail addresses."""

import secrets
import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from marketplace.domain.subscription import Follower
from marketplace.store.tables import FollowerRow

GERMAN = "de"
_AT_ONCE = 500
_F = FollowerRow
_READ = (
    _F.id,
    _F.person_id,
    _F.organisation_id,
    _F.email,
    _F.language,
    _F.secret,
    _F.mail_wanted,
    _F.paused_at,
    _F.paused_reason,
    _F.failures,
)


def new_id() -> str:
    """Return an id for a follower or a subscription (UUID, RFC 9562)."""
    return str(uuid.uuid4())


def new_secret() -> str:
    """Return a secret that signs the links of a follower's mails: 256 random bits in 43 characters."""
    return secrets.token_urlsafe(32)


def follower(session: Session, follower_id: str) -> Follower | None:
    """Return a follower by id, None where there is none."""
    return _one(session, _F.id == follower_id)


def of_person(session: Session, person_id: str) -> Follower | None:
    """Return the follower that a person is, None while they follow nothing."""
    return _one(session, _F.person_id == person_id)


def of_organisation(session: Session, organisation_id: str) -> Follower | None:
    """Return the follower that an organisation is, None while it follows nothing."""
    return _one(session, _F.organisation_id == organisation_id)


def of_email(session: Session, email: str) -> Follower | None:
    """Return the follower that a mail address is, None while it follows nothing."""
    return _one(session, _F.email == email)


def load_many(session: Session, ids: Collection[str]) -> dict[str, Follower]:
    """Return followers by their ids; those that are gone are left out."""
    return {one.id: one for one in _many(session, _F.id, ids)}


def of_people(session: Session, person_ids: Collection[str]) -> dict[str, Follower]:
    """Return the followers that people are, by the people's ids; who follows nothing is left out."""
    return {one.person_id: one for one in _many(session, _F.person_id, person_ids) if one.person_id}


def ensure_person(
    session: Session, person_id: str, language: str, now: datetime, new_id: str, new_secret: str
) -> Follower:
    """Return the follower that a person is, made where it is missing. Safe with several writers at once."""
    return _ensured(session, "person_id", person_id, language, now, new_id, new_secret)


def ensure_organisation(
    session: Session, organisation_id: str, language: str, now: datetime, new_id: str, new_secret: str
) -> Follower:
    """Return the follower that an organisation is, made where it is missing. Safe with several writers at once."""
    return _ensured(session, "organisation_id", organisation_id, language, now, new_id, new_secret)


def ensure_email(
    session: Session, email: str, language: str, now: datetime, new_id: str, new_secret: str
) -> Follower:
    """Return the follower that a mail address is, made where it is missing. Safe with several writers at once."""
    return _ensured(session, "email", email, language, now, new_id, new_secret)


def ensure_people(session: Session, person_ids: Collection[str], now: datetime) -> dict[str, Follower]:
    """Return the followers that people are, by the people's ids; the missing ones are made, told in German."""
    known = of_people(session, person_ids)
    missing = sorted(set(person_ids).difference(known))
    if not missing:
        return known
    rows = [_row("person_id", one, GERMAN, now, new_id(), new_secret()) for one in missing]
    _insert_if_new(session, rows)
    return known | of_people(session, missing)


def hold(session: Session, follower_id: str) -> None:
    """Keep others from writing what belongs to a follower until the transaction ends."""
    session.execute(select(_F.id).where(_F.id == follower_id).with_for_update())


def write_wishes(session: Session, follower_id: str, language: str, *, mail_wanted: bool) -> None:
    """Keep in which language a follower is told, and whether by mail at all; mails that rest go out again."""
    session.execute(
        update(FollowerRow)
        .where(FollowerRow.id == follower_id)
        .values(language=language, mail_wanted=mail_wanted, paused_at=None, paused_reason=None, failures=0)
    )


def _ensured(
    session: Session, column: str, value: str, language: str, now: datetime, own_id: str, secret: str
) -> Follower:
    _insert_if_new(session, [_row(column, value, language, now, own_id, secret)])
    found = _one(session, getattr(_F, column) == value)
    if found is None:
        raise LookupError(f"the follower with {column} {value!r} is neither there nor can be made")
    return found


def _row(column: str, value: str, language: str, now: datetime, own_id: str, secret: str) -> dict[str, Any]:
    return {
        "id": own_id, "person_id": None, "organisation_id": None, "email": None, column: value,
        "language": language, "secret": secret, "mail_wanted": True, "failures": 0, "created_at": now,
    }  # fmt: skip


def _insert_if_new(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    dialect = session.get_bind().dialect.name
    insert: Any = postgresql.insert if dialect == "postgresql" else sqlite.insert
    session.execute(insert(FollowerRow).on_conflict_do_nothing(), list(rows))


def _one(session: Session, condition: ColumnElement[bool]) -> Follower | None:
    row = session.execute(select(*_READ).where(condition)).mappings().one_or_none()
    return None if row is None else _follower(row)


def _many(session: Session, column: Any, values: Collection[str]) -> list[Follower]:
    found: list[Follower] = []
    listed = sorted(set(values))
    for start in range(0, len(listed), _AT_ONCE):
        some = listed[start : start + _AT_ONCE]
        rows = session.execute(select(*_READ).where(column.in_(some))).mappings()
        found += map(_follower, rows)
    return found


def _follower(row: RowMapping) -> Follower:
    return Follower(**row)
