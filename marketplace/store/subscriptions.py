"""Subscriptions: kept by follower and object, read by what changed."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import Select, bindparam, delete, func, insert, or_, select, tuple_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.domain.change import MessageKind, Rhythm
from marketplace.domain.subscription import FollowedKind, Subscription
from marketplace.store.tables import FollowerRow, SubscriptionRow

Item = TypeVar("Item")
_AT_ONCE = 500
_S = SubscriptionRow
_READ = (
    _S.id,
    _S.follower_id,
    _S.object_kind,
    _S.object_id,
    _S.kinds,
    _S.rhythm,
    _S.detail,
    _S.title,
    _S.version,
    _S.created_at,
    _S.confirmed_at,
    _S.invalid_reason,
    _S.told,
)


def by_objects(session: Session, pairs: Collection[tuple[FollowedKind, str]]) -> list[Subscription]:
    """Return the confirmed subscriptions to any of some objects."""
    found: list[Subscription] = []
    for some in _parts(sorted({(str(kind), key) for kind, key in pairs})):
        condition = tuple_(_S.object_kind, _S.object_id).in_(some)
        found += _read(session, _confirmed().where(condition))
    return found


def of_kind(session: Session, followed: FollowedKind) -> list[Subscription]:
    """Return all confirmed subscriptions of a kind, by id."""
    return _read(session, _confirmed().where(_S.object_kind == str(followed)).order_by(_S.id))


def of_follower(session: Session, follower_id: str) -> list[Subscription]:
    """Return everything that a follower follows, unconfirmed too, in the order in which it was asked for."""
    return _read(
        session,
        select(*_READ).where(_S.follower_id == follower_id).order_by(_S.created_at, _S.id),
    )


def subscription(session: Session, subscription_id: str, *, to_write: bool = False) -> Subscription | None:
    """Return a subscription by id; ``to_write`` holds it until the transaction ends."""
    query = select(*_READ).where(_S.id == subscription_id)
    found = _read(session, query.with_for_update() if to_write else query)
    return found[0] if found else None


def by_ids(session: Session, ids: Iterable[str]) -> dict[str, Subscription]:
    """Return subscriptions by their ids, unconfirmed too; those that ended are left out."""
    found: list[Subscription] = []
    for some in _parts(sorted(set(ids))):
        found += _read(session, select(*_READ).where(_S.id.in_(some)))
    return {one.id: one for one in found}


def to_object(
    session: Session, follower_id: str, followed: FollowedKind, object_id: str
) -> Subscription | None:
    """Return a follower's subscription to an object, None where there is none."""
    found = _read(
        session,
        select(*_READ).where(
            _S.follower_id == follower_id,
            _S.object_kind == str(followed),
            _S.object_id == object_id,
        ),
    )
    return found[0] if found else None


_TO_OBJECT = (
    select(_S.id, FollowerRow.person_id)
    .join(FollowerRow, FollowerRow.id == _S.follower_id)
    .where(
        _S.object_kind == bindparam("followed"),
        _S.object_id == bindparam("object"),
        or_(
            FollowerRow.person_id == bindparam("person"),
            FollowerRow.organisation_id == bindparam("organisation"),
        ),
    )
)


def ids_to_object(
    session: Session, followed: FollowedKind, object_id: str, person_id: str | None, organisation_id: str
) -> tuple[str | None, str | None]:
    """Return the ids of a person's and of an organisation's subscription to an object; None where there is none."""
    asked = {
        "followed": str(followed), "object": object_id, "person": person_id or "", "organisation": organisation_id,
    }  # fmt: skip
    # Pages with a follow button ask for everybody signed in: the statement is made once and run past the ORM.
    rows = session.connection().execute(_TO_OBJECT, asked).all()
    by_person = {row.person_id is not None: row.id for row in rows}
    return by_person.get(True), by_person.get(False)


def count_of(session: Session, follower_id: str) -> int:
    """Return how many subscriptions a follower has, unconfirmed too."""
    return (
        session.scalar(select(func.count()).select_from(SubscriptionRow).where(_S.follower_id == follower_id))
        or 0
    )


def save(session: Session, subscription: Subscription) -> None:
    """Keep a subscription, new or in a new form.

    Raises:
        sqlalchemy.exc.IntegrityError: the follower follows the object under another id.
    """
    values = _values(subscription)
    own_id = values.pop("id")
    known = session.execute(
        update(SubscriptionRow).where(SubscriptionRow.id == own_id).values(values).returning(_S.id)
    ).first()
    if known is None:
        session.execute(insert(SubscriptionRow).values(values | {"id": own_id}))


def add_if_new(session: Session, subscription: Subscription) -> bool:
    """Keep a new subscription; False where the follower follows the object already, or wrote it at the same time."""
    try:
        with session.begin_nested():
            session.execute(insert(SubscriptionRow).values(_values(subscription)))
    except IntegrityError:
        if to_object(session, subscription.follower_id, subscription.followed, subscription.object_id):
            return False
        raise
    return True


def remove(session: Session, subscription_ids: Iterable[str]) -> None:
    """End subscriptions; what was told stays."""
    for some in _parts(sorted(set(subscription_ids))):
        session.execute(delete(SubscriptionRow).where(SubscriptionRow.id.in_(some)))


def count_by_object(session: Session, followed: FollowedKind, object_ids: Collection[str]) -> dict[str, int]:
    """Return how many follow each of some objects (confirmed ones only); objects without followers are left out."""
    found: dict[str, int] = {}
    for some in _parts(sorted(set(object_ids))):
        rows = session.execute(
            select(_S.object_id, func.count())
            .where(
                _S.object_kind == str(followed),
                _S.object_id.in_(some),
                _S.confirmed_at.is_not(None),
            )
            .group_by(_S.object_id)
        )
        found |= {key: int(count) for key, count in rows}
    return found


def _parts(listed: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """Cut a list to what one statement takes."""
    for start in range(0, len(listed), _AT_ONCE):
        yield listed[start : start + _AT_ONCE]


def _confirmed() -> Select[Any]:
    return select(*_READ).where(_S.confirmed_at.is_not(None))


def _values(one: Subscription) -> dict[str, Any]:
    return {
        "id": one.id, "follower_id": one.follower_id, "object_kind": str(one.followed),
        "object_id": one.object_id, "kinds": sorted(map(str, one.kinds)), "rhythm": str(one.rhythm),
        "detail": None if one.detail is None else dict(one.detail), "title": one.title,
        "version": one.version, "created_at": one.created_at, "confirmed_at": one.confirmed_at,
        "invalid_reason": one.invalid_reason, "told": None if one.told is None else dict(one.told),
    }  # fmt: skip


def _read(session: Session, query: Select[Any]) -> list[Subscription]:
    return [
        Subscription(
            id=row.id,
            follower_id=row.follower_id,
            followed=FollowedKind(row.object_kind),
            object_id=row.object_id,
            kinds=frozenset(map(MessageKind, row.kinds)),
            rhythm=Rhythm(row.rhythm),
            detail=row.detail,
            title=row.title,
            version=row.version,
            created_at=row.created_at,
            confirmed_at=row.confirmed_at,
            invalid_reason=row.invalid_reason,
            told=row.told,
        )
        for row in session.execute(query)
    ]
