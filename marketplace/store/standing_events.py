"""The events that decide how some authorities stand on two days, from the intervals of the projection."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    BindParameter,
    Date,
    Select,
    Table,
    and_,
    bindparam,
    exists,
    or_,
    select,
)
from sqlalchemy.orm import Session

from marketplace.domain.adoption import AssertedBy, Proof, Status
from marketplace.store.authority_intervals import in_force_on
from marketplace.store.many_ids import WAYS, among, among_ids
from marketplace.store.tables import AdoptionEventRow, AdoptionIntervalRow

_E = cast("Table", AdoptionEventRow.__table__).c
_I = cast("Table", AdoptionIntervalRow.__table__).c
_LATER = AdoptionEventRow.__table__.alias("later").c
_SERVICE: BindParameter[str] = bindparam("service")
_FIRST: BindParameter[date] = bindparam("first", type_=Date)
_LAST: BindParameter[date] = bindparam("last", type_=Date)
_IS_CLAIM = and_(_E.asserted_by == AssertedBy.PROVIDER, _E.proof == Proof.NONE)


class SequenceName(NamedTuple):
    """Whose words a sequence of events holds, for whom, and whether they are claims."""

    authority_id: int
    scope: str
    is_claim: bool


class Deciding(NamedTuple):
    """The last event of what is in force for an authority, with its sequence; ``is_inherited`` from a cover's."""

    event_id: int
    sequence: SequenceName
    is_inherited: bool


# Built once: making the statements costs more than running them.
_DECIDING = {
    way: select(
        _I.authority_id, in_force_on(_FIRST), in_force_on(_LAST), _I.event_id, _E.authority_id, _E.scope, _IS_CLAIM,
        _I.inherited_from,
    )
    .join(AdoptionEventRow.__table__, _E.id == _I.event_id)
    .where(
        _I.service_id == _SERVICE, among(way, _I.authority_id), _I.scope == "own",
        or_(in_force_on(_FIRST), in_force_on(_LAST)),
    )
    for way in WAYS
}  # fmt: skip
_EFFECTIVE = {
    way: select(_E.id, _E.authority_id, _E.scope, _IS_CLAIM)
    .where(
        _E.service_id == _SERVICE, among(way, _E.authority_id), _E.effective_on > _FIRST, _E.effective_on <= _LAST,
        _E.status != Status.VOID, ~exists().where(_LATER.corrects == _E.id),
    )
    .order_by(_E.id)
    for way in WAYS
}  # fmt: skip


def deciding_events(
    session: Session, service_id: str, authority_ids: Collection[int], days: tuple[date, date]
) -> tuple[dict[int, Deciding], dict[int, Deciding]]:
    """Return by authority what decides how it stands to a service on each of two days, without the unknown ones."""
    found: tuple[dict[int, Deciding], dict[int, Deciding]] = ({}, {})
    for row in _rows(session, _DECIDING, service_id, authority_ids, days):
        one, on_first, on_last, event_id, speaker, scope, is_claim, inherited_from = row
        deciding = Deciding(event_id, SequenceName(speaker, scope, is_claim), inherited_from is not None)
        if on_first:
            found[0][one] = deciding
        if on_last:
            found[1][one] = deciding
    return found


def effective_between(
    session: Session, service_id: str, authority_ids: Collection[int], days: tuple[date, date]
) -> dict[SequenceName, list[int]]:
    """Return the events of some authorities that became effective after a day until another, by sequence.

    Corrected ones are left out.
    """
    found: dict[SequenceName, list[int]] = {}
    for event_id, speaker, scope, is_claim in _rows(session, _EFFECTIVE, service_id, authority_ids, days):
        found.setdefault(SequenceName(speaker, scope, is_claim), []).append(event_id)
    return found


def _rows(
    session: Session,
    statements: dict[str, Select[Any]],
    service_id: str,
    authority_ids: Collection[int],
    days: tuple[date, date],
) -> Sequence[Any]:
    way, given = among_ids(session, sorted(authority_ids))
    values = {"service": service_id, "ids": given, "first": days[0], "last": days[1]}
    return session.connection().execute(statements[way], values).all()
