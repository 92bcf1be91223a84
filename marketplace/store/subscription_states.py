"""What the worker notes of subscriptions: what was told of a figure, why one is not valid any more."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from marketplace.domain.followed import FollowedKind
from marketplace.store.tables import SubscriptionRow as S

_CHUNK = 500
_TELL = update(S).where(S.id == bindparam("of")).values(told=bindparam("now"))
_JUDGE = update(S).where(S.id == bindparam("of")).values(invalid_reason=bindparam("now"))


def count_of(session: Session, followed: FollowedKind) -> int:
    """Return how many subscriptions of a kind there are, unconfirmed too."""
    counted = select(func.count()).select_from(S).where(S.object_kind == str(followed))
    return session.execute(counted).scalar_one()


def held_told(session: Session, ids: Collection[str]) -> dict[str, Mapping[str, Any] | None]:
    """Hold subscriptions until the transaction ends; return what was told of those that are still there."""
    found: dict[str, Mapping[str, Any] | None] = {}
    wanted = sorted(ids)
    for start in range(0, len(wanted), _CHUNK):
        query = select(S.id, S.told).where(S.id.in_(wanted[start : start + _CHUNK])).order_by(S.id)
        found |= {row.id: row.told for row in session.execute(query.with_for_update())}
    return found


def held_reasons(session: Session, ids: Collection[str]) -> dict[str, str | None]:
    """Hold subscriptions until the transaction ends; return why they are not valid, None: they are."""
    found: dict[str, str | None] = {}
    wanted = sorted(ids)
    for start in range(0, len(wanted), _CHUNK):
        query = select(S.id, S.invalid_reason).where(S.id.in_(wanted[start : start + _CHUNK])).order_by(S.id)
        found |= {row.id: row.invalid_reason for row in session.execute(query.with_for_update())}
    return found


def set_told(session: Session, told: Mapping[str, Mapping[str, Any]]) -> None:
    """Note what was told, by subscription."""
    if told:
        session.connection().execute(_TELL, [{"of": key, "now": dict(value)} for key, value in told.items()])


def set_invalid(session: Session, reasons: Mapping[str, str | None]) -> None:
    """Note why subscriptions are not valid any more, None: they are again."""
    if reasons:
        session.connection().execute(_JUDGE, [{"of": key, "now": value} for key, value in reasons.items()])
