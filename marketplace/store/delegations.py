"""Delegations in the database: granting, ending and reading them from both sides."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, insert, or_, select, true, update
from sqlalchemy.orm import Session

from marketplace.domain.delegation import Delegation
from marketplace.store.tables import DelegationRow

_R = DelegationRow
_ALL = tuple(getattr(_R, name) for name in Delegation.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Party:
    """Whose delegations are asked for: what an organisation was given or gave, and what is about its authorities.

    ``authority_keys`` are its own, ``above`` the regions they lie in (what is granted there ``below`` reaches them),
    ``states`` those it coordinates. None of a query for everything.
    """

    organisation_id: str
    authority_keys: Collection[str] = ()
    above: Collection[str] = ()
    states: Collection[str] = ()


def to_organisation(session: Session, organisation_id: str) -> list[Delegation]:
    """Return every delegation to an organisation, ended ones too, by id."""
    query = select(*_ALL).where(_R.organisation_id == organisation_id).order_by(_R.id)
    return [_delegation(row) for row in session.execute(query).mappings()]


def about_keys(session: Session, keys: Collection[str]) -> list[Delegation]:
    """Return the delegations for any of some keys that nobody ended by hand, by id."""
    query = select(*_ALL).where(_R.authority_key.in_(sorted(keys)), _R.ended_at.is_(None)).order_by(_R.id)
    return [_delegation(row) for row in session.execute(query).mappings()]


def find(session: Session, party: Party | None, limit: int, offset: int) -> tuple[list[Delegation], int]:
    """Return one page of the delegations that a party may see (None: all), newest first, and how many there are."""
    condition = true() if party is None else _seen_by(party)
    total = session.scalar(select(func.count()).select_from(_R).where(condition)) or 0
    query = select(*_ALL).where(condition).order_by(_R.id.desc()).limit(limit).offset(offset)
    return [_delegation(row) for row in session.execute(query).mappings()], total


def one_of(session: Session, party: Party | None, delegation_id: int) -> Delegation | None:
    """Return a delegation that a party may see, None where there is none."""
    condition = true() if party is None else _seen_by(party)
    row = session.execute(select(*_ALL).where(_R.id == delegation_id, condition)).mappings().one_or_none()
    return None if row is None else _delegation(row)


def add(session: Session, delegation: Delegation) -> Delegation:
    """Add a delegation (its id is given by the database) and return it."""
    values = {name: getattr(delegation, name) for name in Delegation.__dataclass_fields__ if name != "id"}
    values["service_ids"] = None if delegation.service_ids is None else list(delegation.service_ids)
    return _delegation(session.execute(insert(_R).values(values).returning(*_ALL)).mappings().one())


def end(session: Session, delegation_id: int, ended_at: datetime, ended_by: str) -> bool:
    """End a delegation at once; tells whether it was not ended before."""
    done = session.execute(
        update(_R)
        .where(_R.id == delegation_id, _R.ended_at.is_(None))
        .values(ended_at=ended_at, ended_by=ended_by)
        .returning(_R.id)
    )
    return done.one_or_none() is not None


def remove_unsigned(session: Session, granted_by: str) -> int:
    """Delete what was granted under a name but by no organisation, as only the demo does; returns how many."""
    gone = session.execute(
        delete(_R).where(_R.granted_by == granted_by, _R.granted_by_id.is_(None)).returning(_R.id)
    )
    return len(gone.all())


def _seen_by(party: Party) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [
        _R.organisation_id == party.organisation_id,
        _R.granted_by_id == party.organisation_id,
        _R.authority_key.in_(sorted(party.authority_keys)),
        and_(_R.below, _R.authority_key.in_(sorted(party.above))),
        *(_R.authority_key.startswith(state, autoescape=True) for state in sorted(party.states)),
    ]
    return or_(*conditions)


def _delegation(row: Mapping[Any, Any]) -> Delegation:
    values = {str(name): value for name, value in row.items()}
    named = values.pop("service_ids")
    return Delegation(**values, service_ids=None if named is None else tuple(named))
