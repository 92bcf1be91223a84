"""Writing catalogue entries, guarded by their version, and recording the dated facts that figures depend on."""

import dataclasses
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, insert, literal, select, union, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from marketplace.domain.folding import fold
from marketplace.domain.service import Service, ServiceFacts
from marketplace.domain.service_json import contact_as_dict, source_as_dict
from marketplace.errors import VersionMismatch
from marketplace.store.tables import (
    AdoptionIntervalRow,
    OfferRow,
    ServiceBundleRow,
    ServiceFactRow,
    ServiceProcedureRow,
    ServiceProjectionRow,
    ServiceRequirementRow,
    ServiceRow,
    ServiceTransferRow,
    ServiceWithdrawalRow,
)

MAX_FOLDED = 320


def write_services(session: Session, services: Sequence[Service]) -> None:
    """Write entries as they are to stand: version 1 adds one, a later version replaces exactly the one before it.

    Entries may point to one another in any order. Nothing is flushed half: the caller's transaction holds it all.

    Raises:
        VersionMismatch: somebody wrote one of them in between.
    """
    in_order = sorted(services, key=lambda service: (service.part_of is not None, service.id))
    for service in in_order:
        if service.version == 1:
            _insert(session, service)
        else:
            _update(session, service)
    for service in in_order:
        _replace_links(session, service)


def record_facts(session: Session, service: Service, recorded_at: datetime) -> None:
    """Record, under the ledger lock, what figures about an entry depend on from ``recorded_at`` on.

    The writer says what is so, not since when: the facts hold for every day, and what was believed before stays
    readable by ``known_at``.
    """
    facts = ServiceFacts.of(service)
    session.execute(
        update(ServiceFactRow)
        .where(ServiceFactRow.service_id == service.id, ServiceFactRow.superseded_at.is_(None))
        .values(superseded_at=recorded_at)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        insert(ServiceFactRow).values(
            service_id=service.id,
            lead_state=facts.lead_state,
            partner_states=list(facts.partner_states),
            authority_set_id=facts.authority_set,
            activation=facts.activation.value,
            part_of=facts.part_of,
            valid_from=None,
            valid_to=None,
            recorded_at=recorded_at,
            superseded_at=None,
        )
    )


def requirements(session: Session) -> dict[str, list[str]]:
    """Return what every entry requires."""
    found: dict[str, list[str]] = {}
    for row in session.execute(select(ServiceRequirementRow.service_id, ServiceRequirementRow.required_id)):
        found.setdefault(row.service_id, []).append(row.required_id)
    return found


def pointing_to(session: Session, service_id: str) -> list[str]:
    """Return what refers to an entry from outside: entries that require it or are its parts, offers to hand it over."""
    others = union(
        select(ServiceRequirementRow.service_id).where(ServiceRequirementRow.required_id == service_id),
        select(ServiceRow.id).where(ServiceRow.part_of == service_id),
        select(ServiceFactRow.service_id).where(ServiceFactRow.part_of == service_id),
        select(ServiceWithdrawalRow.service_id).where(ServiceWithdrawalRow.successor_id == service_id),
        select(literal("service_transfer")).where(
            exists().where(ServiceTransferRow.service_id == service_id, ServiceTransferRow.outcome.is_(None))
        ),
    )
    return sorted(session.scalars(others))


def delete_draft(session: Session, service_id: str) -> None:
    """Delete an entry that never was published, under the ledger lock: its facts counted nowhere."""
    for table, column in (
        (ServiceFactRow, ServiceFactRow.service_id),
        (ServiceTransferRow, ServiceTransferRow.service_id),
        (ServiceProjectionRow, ServiceProjectionRow.service_id),
        (AdoptionIntervalRow, AdoptionIntervalRow.service_id),
        (ServiceRow, ServiceRow.id),
    ):
        session.execute(
            delete(table).where(column == service_id).execution_options(synchronize_session=False)
        )


def _insert(session: Session, service: Service) -> None:
    dialect_insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    added = session.execute(
        dialect_insert(ServiceRow)
        .values(id=service.id, created_at=service.created_at, **_values(service))
        .on_conflict_do_nothing()
        .returning(ServiceRow.id)
    ).all()
    if not added:
        raise VersionMismatch(f"{service.id} was added by somebody else in between")


def _update(session: Session, service: Service) -> None:
    changed = session.execute(
        update(ServiceRow)
        .where(ServiceRow.id == service.id, ServiceRow.version == service.version - 1)
        .values(**_values(service))
        .returning(ServiceRow.id)
        .execution_options(synchronize_session=False)
    ).all()
    if not changed:
        raise VersionMismatch(f"{service.id} was changed by somebody else in between")


def _values(service: Service) -> dict[str, Any]:
    return {
        "version": service.version,
        "status": service.status.value,
        "kind": service.kind.value,
        "name": service.name,
        "name_folded": fold(service.name)[:MAX_FOLDED],
        "summary": service.summary,
        "description": service.description,
        "words": list(service.words),
        "lead_state": service.lead_state,
        "partner_states": list(service.partner_states),
        "theme_field_id": service.theme_field,
        "authority_set_id": service.authority_set,
        "authority_set_reason": service.authority_set_reason,
        "authority_set_assumed": service.authority_set_assumed,
        "activation": service.activation.value,
        "part_of": service.part_of,
        "stage": service.stage.value if service.stage else None,
        "origin": service.origin.value if service.origin else None,
        "publisher_id": service.publisher,
        "url": service.url,
        "maturity_model": service.maturity.model if service.maturity else None,
        "maturity_level": service.maturity.level if service.maturity else None,
        "available_from": service.available_from,
        "contacts": [contact_as_dict(contact) for contact in service.contacts],
        "sources": {name: [source_as_dict(one) for one in found] for name, found in service.sources.items()},
        "updated_at": service.updated_at,
    }


def _replace_links(session: Session, service: Service) -> None:
    for table, column, keys in (
        (ServiceBundleRow, "ozg_id", service.ozg_ids),
        (ServiceProcedureRow, "leika_key", service.leika_keys),
        (ServiceRequirementRow, "required_id", service.requires),
    ):
        rows = [
            {"service_id": service.id, column: key, "position": position} for position, key in enumerate(keys)
        ]
        _replace(session, table, service.id, rows)
    offers = []
    for position, offer in enumerate(service.offers):
        values = dataclasses.asdict(offer)
        values |= {
            "service_id": service.id,
            "slug": values.pop("id"),
            "supplier_id": values.pop("supplier"),
            "route": offer.route.value,
            "position": position,
        }
        offers.append(values)
    _replace(session, OfferRow, service.id, offers)


def _replace(session: Session, table: Any, service_id: str, rows: Sequence[dict[str, Any]]) -> None:
    session.execute(
        delete(table).where(table.service_id == service_id).execution_options(synchronize_session=False)
    )
    if rows:
        session.execute(insert(table), rows)
