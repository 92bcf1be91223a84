"""Reading and appending events. Nothing here changes one."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    Table,
    bindparam,
    delete,
    exists,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.orm import Session, aliased

from marketplace.domain import sources
from marketplace.domain.adoption import AssertedBy, Event, Proof, Scope, Status
from marketplace.store import guard
from marketplace.store.many_ids import WAYS, among, among_ids
from marketplace.store.rows import insert_mappings
from marketplace.store.tables import AdoptionEventRow as E

# Written out, because an index of some rows serves only a condition that can be seen to be its own. Whoever submits an
# event does so for an organisation, the demo for none: a real event of that source stays one.
_IS_DEMO = text("source = 'demo' AND organisation_id IS NULL")
_LARGEST_ID = 2**31 - 1
_CHUNK = 500
_C = E.__table__.c
_READ = (
    _C.id, _C.service_id, _C.authority_id, _C.authority_key, _C.status, _C.scope, _C.asserted_by, _C.proof,
    _C.proof_until, _C.effective_on, _C.recorded_at, _C.corrects, _C.except_ids, _C.parts,
)  # fmt: skip
_STATUS = {str(status): status for status in Status}
_SCOPE = {str(scope): scope for scope in Scope}
_ASSERTED_BY = {str(who): who for who in AssertedBy}
_PROOF = {str(proof): proof for proof in Proof}
_NOBODY: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvent:
    """A line of the ledger with all its fields, as they were recorded."""

    id: int
    service_id: str
    authority_id: int
    authority_key: str
    status: str
    scope: str
    except_keys: list[str] | None
    except_ids: list[int] | None
    effective_on: date
    recorded_at: datetime
    asserted_by: str
    proof: str
    proof_url: str | None
    proof_until: date | None
    corrects: int | None
    answers: int | None
    source: str | None
    ref: str | None
    note: str | None
    reason: str | None
    actor: str
    organisation_id: str | None
    on_behalf_of: str | None
    offer_id: str | None
    parts: list[str] | None
    planned_live_on: date | None
    maturity_model: str | None
    maturity_level: int | None
    connection: str | None
    backfilled_at: datetime | None

    @property
    def is_demo(self) -> bool:
        """Whether it is invented: of the demo, or what a merge made of that."""
        return self.source == sources.DEMO and self.organisation_id is None


STORED = tuple(_C[name] for name in StoredEvent.__dataclass_fields__)
"""The columns of a ``StoredEvent``, in order."""
# Built once: making the statements costs more than running them.
_WANTED: BindParameter[Any] = bindparam("wanted", expanding=True)
_WITH_ID = select(*STORED).where(_C.id.in_(_WANTED))
_APPEND = insert(cast("Table", E.__table__))


def _event(row: Any) -> Event:
    # Read by the ten thousand: positions and look-up tables instead of names and enum calls.
    (
        event_id, _, authority_id, key, status, scope, asserted_by, proof, proof_until, effective_on, recorded_at,
        corrects, except_ids, parts,
    ) = row  # fmt: skip
    return Event(
        id=event_id, authority_id=authority_id, authority_key=key, status=_STATUS[status], scope=_SCOPE[scope],
        asserted_by=_ASSERTED_BY[asserted_by], proof=_PROOF[proof], proof_until=proof_until,
        effective_on=effective_on, recorded_at=recorded_at, corrects=corrects,
        except_ids=frozenset(except_ids) if except_ids else _NOBODY, parts=tuple(parts) if parts else (),
    )  # fmt: skip


def events_of_service(session: Session, service_id: str) -> list[Event]:
    """Return all events of a service, corrected ones included, by id."""
    query = select(*_READ).where(_C.service_id == service_id).order_by(_C.id)
    return [_event(row) for row in session.execute(query)]


_OF_SOME = {
    way: select(*_READ)
    .where(_C.service_id == bindparam("service"), among(way, _C.authority_id))
    .order_by(_C.id)
    for way in WAYS
}


def events_of_some(session: Session, service_id: str, authority_ids: Collection[int]) -> list[Event]:
    """Return all events of a service and some authorities, corrected ones included, by id."""
    way, given = among_ids(session, sorted(authority_ids))
    rows = session.connection().execute(_OF_SOME[way], {"service": service_id, "ids": given})
    return [_event(row) for row in rows]


def events_of_authorities(session: Session, authority_ids: Collection[int]) -> dict[str, list[Event]]:
    """Return all events of some authorities by service, corrected ones included."""
    found: dict[str, list[Event]] = defaultdict(list)
    wanted = sorted(authority_ids)
    for start in range(0, len(wanted), _CHUNK):
        query = select(*_READ).where(_C.authority_id.in_(wanted[start : start + _CHUNK]))
        for row in session.execute(query):
            found[row[1]].append(_event(row))
    return found


def events_where(session: Session, *conditions: ColumnElement[bool]) -> dict[str, list[Event]]:
    """Return the events that fulfil some conditions by service, each list by id, corrected ones included."""
    found: dict[str, list[Event]] = defaultdict(list)
    for row in session.execute(select(*_READ).where(*conditions).order_by(_C.id)):
        found[row[1]].append(_event(row))
    return found


HAS_DEMO = select(func.min(E.service_id)).where(_IS_DEMO).scalar_subquery().is_not(None)
"""Whether there is an event of the demo. Asked for the least of an index: asked whether there is any, PostgreSQL may read
the ledger from its first event on until it meets one."""
_ANY_DEMO = select(HAS_DEMO)


def has_demo_events(session: Session, service_id: str | None = None) -> bool:
    """Tell whether the ledger (of one service) holds events of the demo."""
    if service_id is None:
        return bool(session.connection().scalar(_ANY_DEMO))
    return session.execute(
        select(exists(select(E.id).where(_IS_DEMO, E.service_id == service_id)))
    ).scalar_one()


_DEMO_SERVICES = text(
    "WITH RECURSIVE found (service_id) AS (SELECT min(service_id) FROM adoption_event "
    "WHERE source = 'demo' AND organisation_id IS NULL "
    "UNION ALL SELECT (SELECT min(service_id) FROM adoption_event AS later "
    "WHERE source = 'demo' AND organisation_id IS NULL AND later.service_id > found.service_id) FROM found WHERE service_id IS NOT NULL) "
    "SELECT service_id FROM found WHERE service_id IS NOT NULL"
)
"""One step along the index a service: a DISTINCT reads every event of the demo."""


def services_with_demo(session: Session) -> set[str]:
    """Return the services that events of the demo are about."""
    return set(session.scalars(_DEMO_SERVICES))


def newest_id(session: Session) -> int:
    """Return the highest id of an event, 0 where there is none."""
    return session.scalar(select(func.max(E.id))) or 0


def count_events(session: Session) -> int:
    """Return how many events the ledger holds."""
    return session.execute(select(func.count()).select_from(E)).scalar_one()


def stored(query: Select[Any], session: Session, **values: Any) -> list[StoredEvent]:
    """Return the events that a query of the columns ``STORED`` finds."""
    return [StoredEvent(**row) for row in session.connection().execute(query, values).mappings()]


def page_of_service(
    session: Session, service_id: str, offset: int, limit: int
) -> tuple[list[StoredEvent], int]:
    """Return a page of a service's events, newest first, and how many there are."""
    total = session.execute(select(func.count()).where(E.service_id == service_id)).scalar_one()
    query = (
        select(*STORED).where(E.service_id == service_id).order_by(E.id.desc()).offset(offset).limit(limit)
    )
    return stored(query, session), total


def by_ids(session: Session, ids: Iterable[int]) -> dict[int, StoredEvent]:
    """Return events by id, those that exist; PostgreSQL would refuse to compare an id that its column cannot hold."""
    wanted = sorted({one for one in ids if one <= _LARGEST_ID})
    found: dict[int, StoredEvent] = {}
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        found |= {event.id: event for event in stored(_WITH_ID, session, wanted=chunk)}
    return found


def first_where(session: Session, limit: int, *conditions: ColumnElement[bool]) -> list[StoredEvent]:
    """Return up to ``limit`` events that fulfil some conditions, by id."""
    return stored(select(*STORED).where(*conditions).order_by(_C.id).limit(limit), session)


def newest_where(session: Session, limit: int, *conditions: ColumnElement[bool]) -> list[StoredEvent]:
    """Return up to ``limit`` events that fulfil some conditions, the newest first."""
    return stored(select(*STORED).where(*conditions).order_by(_C.id.desc()).limit(limit), session)


def corrections_of(session: Session, ids: Iterable[int]) -> dict[int, int]:
    """Return for each of the events that was corrected the id of its correction."""
    wanted = sorted(set(ids))
    found: dict[int, int] = {}
    for start in range(0, len(wanted), _CHUNK):
        query = select(E.corrects, E.id).where(E.corrects.in_(wanted[start : start + _CHUNK]))
        found |= {row.corrects: row.id for row in session.execute(query)}
    return found


def answers_to(session: Session, ids: Iterable[int]) -> dict[int, int]:
    """Return for each of the claims that is answered the id of the event that answers it; a corrected answer is none."""
    later = aliased(E)
    wanted = sorted(set(ids))
    found: dict[int, int] = {}
    for start in range(0, len(wanted), _CHUNK):
        query = select(E.answers, E.id).where(
            E.answers.in_(wanted[start : start + _CHUNK]),
            ~exists(select(later.id).where(later.corrects == E.id)),
        )
        found |= {row.answers: row.id for row in session.execute(query)}
    return found


def append(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Append events; ids and ``recorded_at`` come from ``store.head`` under the ledger lock."""
    if rows:
        session.flush()
        insert_mappings(session, _APPEND, rows)


def remove_demo(session: Session) -> int:
    """Delete the demo's events with the guard lifted; it stands again before the transaction commits.

    Returns:
        How many there were.
    """
    connection = session.connection()
    guard.lift(connection)
    count = session.execute(select(func.count()).select_from(E).where(_IS_DEMO)).scalar_one()
    session.execute(delete(E).where(_IS_DEMO))
    guard.install(connection)
    return count


def real_events_about_demo(session: Session) -> list[int]:
    """Return ids of events that are not of the demo but correct or answer one of it."""
    demo = select(E.id).where(_IS_DEMO)
    is_real = (E.source.is_(None)) | (E.source != sources.DEMO) | (E.organisation_id.is_not(None))
    query = select(E.id).where(is_real, E.corrects.in_(demo) | E.answers.in_(demo))
    return list(session.execute(query.order_by(E.id).limit(20)).scalars())
