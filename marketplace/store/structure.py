"""What figures depend on besides events, as believed now: facts of entries by their days, and the days of borders."""

from collections import defaultdict
from datetime import date
from typing import Any

from sqlalchemy import CompoundSelect, Select, select, union
from sqlalchemy.orm import Session

from marketplace.domain.reading import Activation
from marketplace.domain.service import ServiceFacts
from marketplace.store.tables import AuthoritySetVersionRow, RegisterRow, ServiceFactRow, SuccessionRow

FactsByDay = list[tuple[date, ServiceFacts]]


def facts_by_entry(session: Session) -> dict[str, FactsByDay]:
    """Return the facts of every entry with the day each begins on, in order; the first holds before its day too."""
    row = ServiceFactRow.__table__.c
    found: dict[str, list[tuple[date, int, ServiceFacts]]] = defaultdict(list)
    query: Select[Any] = select(
        row.service_id, row.valid_from, row.id, row.lead_state, row.partner_states, row.authority_set_id,
        row.activation, row.part_of,
    ).where(row.superseded_at.is_(None))  # fmt: skip
    for service_id, begin, number, lead_state, partners, set_id, activation, part_of in session.execute(
        query
    ):
        facts = ServiceFacts(lead_state, tuple(partners), set_id, Activation(activation), part_of)
        found[service_id].append((begin or date.min, number, facts))
    return {
        service_id: [(begin, facts) for begin, _, facts in sorted(rows, key=lambda row: row[:2])]
        for service_id, rows in found.items()
    }


def entries_with_facts(session: Session) -> set[str]:
    """Return the ids of all entries."""
    query = select(ServiceFactRow.service_id).where(ServiceFactRow.superseded_at.is_(None)).distinct()
    return set(session.scalars(query))


def borders(session: Session) -> list[date]:
    """Return the days on which the territory or a set of authorities changes, in order."""
    sets = AuthoritySetVersionRow
    query: CompoundSelect[Any] = union(
        select(RegisterRow.territory_on),
        select(SuccessionRow.effective_on).where(SuccessionRow.superseded_at.is_(None)),
        select(sets.valid_from).where(sets.superseded_at.is_(None), sets.valid_from.is_not(None)),
        select(sets.valid_to).where(sets.superseded_at.is_(None), sets.valid_to.is_not(None)),
    )
    return sorted(session.scalars(query))


def entries_of_set(session: Session, set_id: str) -> list[str]:
    """Return the entries that name a set of authorities on any day, as believed now."""
    query = select(ServiceFactRow.service_id).where(
        ServiceFactRow.authority_set_id == set_id, ServiceFactRow.superseded_at.is_(None)
    )
    return sorted(set(session.scalars(query)))
