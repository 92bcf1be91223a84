"""What likely duplicates are told by, of every entry at once: lean columns, three queries."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from marketplace.domain.duplicates import Compared
from marketplace.domain.lifecycle import EntryStatus
from marketplace.store.head import head
from marketplace.store.outbox import last_position
from marketplace.store.tables import ServiceBundleRow, ServiceProcedureRow, ServiceRow


@dataclass(frozen=True, slots=True)
class ComparedEntry:
    """What an entry is compared by, and who may know of it."""

    compared: Compared
    status: EntryStatus
    publisher: str | None


def mark(session: Session) -> tuple[int, int]:
    """Return what changes with every entry that is written (the newest change of the catalogue) or deleted.

    Deleting a draft leaves no change of the catalogue behind, but is recorded under the ledger lock as events are not.
    """
    return head(session).structure_version, last_position(session)


def compared_entries(session: Session) -> list[ComparedEntry]:
    """Return all entries but the withdrawn ones, which nobody offers any more."""
    procedures = _keys(session, ServiceProcedureRow.service_id, ServiceProcedureRow.leika_key)
    bundles = _keys(session, ServiceBundleRow.service_id, ServiceBundleRow.ozg_id)
    query = select(
        ServiceRow.id,
        ServiceRow.name,
        ServiceRow.status,
        ServiceRow.publisher_id,
        ServiceRow.lead_state,
        ServiceRow.part_of,
    ).where(ServiceRow.status != EntryStatus.WITHDRAWN)
    return [
        ComparedEntry(
            Compared(
                id=row.id,
                name=row.name,
                lead_state=row.lead_state,
                leika_keys=procedures.get(row.id, frozenset()),
                ozg_ids=bundles.get(row.id, frozenset()),
                part_of=row.part_of,
            ),
            EntryStatus(row.status),
            row.publisher_id,
        )
        for row in session.execute(query)
    ]


def _keys(
    session: Session, service_id: InstrumentedAttribute[Any], key: InstrumentedAttribute[Any]
) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for owner, one in session.execute(select(service_id, key)):
        found[owner].add(one)
    return {owner: frozenset(keys) for owner, keys in found.items()}
