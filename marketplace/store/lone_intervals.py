"""Authorities that said one thing: a service's events in columns, and their intervals, made by the database itself.

Such an interval begins on its event's day and lasts. An import brings a hundred thousand of them: reading the events
and sending intervals back costs several times what this does. ``statistics check`` replays them without it.
"""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from marketplace.domain.adoption import Status
from marketplace.domain.reading import CONFIRMING, STALE_AFTER_DAYS
from marketplace.domain.standing import CONFIRMED, STATEMENT_CODES
from marketplace.store.many_ids import ids_as_text, run_raw
from marketplace.store.rows import driver_of, raw_rows


class Statements(NamedTuple):
    """Events of one service in columns, as far as a lone one needs; corrected ones and corrections are among them."""

    ids: Sequence[int] = ()
    authorities: Sequence[int] = ()
    statuses: Sequence[str] = ()
    scopes: Sequence[str] = ()
    asserted_by: Sequence[str] = ()
    proofs: Sequence[str] = ()
    proof_until: Sequence[date | None] = ()
    effective_on: Sequence[date] = ()


_STATEMENTS = (
    "SELECT id, authority_id, status, scope, asserted_by, proof, proof_until, effective_on "
    "FROM adoption_event WHERE service_id = ?"
)


def statements_of_service(session: Session, service_id: str) -> Statements:
    """Return all events of a service in columns, in no order."""
    # Straight from the driver: an import reads what it wrote by the hundred thousand, on few different days.
    rows = raw_rows(session, _STATEMENTS, (service_id,))
    if not rows:
        return Statements()
    ids, authorities, statuses, scopes, who, proofs, until, day = zip(*rows, strict=True)
    return Statements(ids, authorities, statuses, scopes, who, proofs, _days(until), _days(day))


def _days(values: Sequence[Any]) -> list[Any]:
    """Return days as dates; each distinct text of SQLite's is read once."""
    read = {one: date.fromisoformat(one) if isinstance(one, str) else one for one in set(values)}
    return [read[one] for one in values]


_REACH = STALE_AFTER_DAYS + 1
_STALE_DAY = {
    "sqlite": (
        f"max(date(effective_on, '+{_REACH} days'), coalesce(date(min(proof_until, '9999-12-30'), '+1 day'), ''))"
    ),
    "postgresql": (
        f"greatest(effective_on + {_REACH}, proof_until + CAST(proof_until < DATE '9999-12-31' AS integer))"
    ),
}
"""``domain.timeline.stale_day``."""
_AMONG = {
    "sqlite": "service_id = ? AND authority_id IN (SELECT value FROM json_each(?))",
    "postgresql": "service_id = %s AND authority_id = ANY(CAST(%s AS integer[]))",
}
_STATUS_CODE = " ".join(f"WHEN '{status}' THEN {code}" for status, code in STATEMENT_CODES.items())
_CONFIRMING = ", ".join(f"'{who}'" for who in sorted(CONFIRMING))
_CODE = (
    f"CASE status {_STATUS_CODE} END | CASE WHEN asserted_by IN ({_CONFIRMING}) THEN {CONFIRMED} ELSE 0 END"
)
_COPY = {
    dialect: (
        "INSERT INTO adoption_interval (service_id, authority_id, scope, valid_from, status, code, event_id, since, "  # noqa: S608  # names and numbers of ours
        "confirmed_on, stale_from, proof, proof_until) "
        f"SELECT service_id, authority_id, 'own', effective_on, status, {_CODE}, id, effective_on, effective_on, "
        f"CASE WHEN status = '{Status.LIVE}' THEN {_STALE_DAY[dialect]} END, proof, proof_until "
        f"FROM adoption_event WHERE {_AMONG[dialect]} ORDER BY authority_id"
    )
    for dialect in ("sqlite", "postgresql")
}


def copy_lone(session: Session, service_id: str, authorities: Collection[int]) -> None:
    """Insert the intervals of authorities that have one event for a service: a statement of their own."""
    if not authorities:
        return
    dialect = session.connection().dialect.name
    cursor = driver_of(session).cursor()
    run_raw(cursor, dialect, _COPY[dialect], (service_id, ids_as_text(dialect, authorities)))
    cursor.close()
