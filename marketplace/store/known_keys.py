"""Which keys exist, for judging what an entry points to."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from marketplace.domain.service import Service
from marketplace.domain.service_references import KnownKeys
from marketplace.store.service_writes import requirements
from marketplace.store.services import parents
from marketplace.store.tables import AuthoritySetRow, BundleRow, OrganisationRow, ProcedureRow, ThemeFieldRow

CHUNK = 500


def known_keys(session: Session, services: Collection[Service]) -> KnownKeys:
    """Return which of the keys that these entries name exist, the entries themselves being there as they are to be."""
    named = {
        "theme_fields": (ThemeFieldRow.id, (service.theme_field for service in services)),
        "bundles": (BundleRow.ozg_id, (key for service in services for key in service.ozg_ids)),
        "procedures": (ProcedureRow.leika_key, (key for service in services for key in service.leika_keys)),
        "authority_sets": (AuthoritySetRow.id, (service.authority_set for service in services)),
        "organisations": (
            OrganisationRow.id,
            (
                key
                for service in services
                for key in (service.publisher, *(offer.supplier for offer in service.offers))
            ),
        ),
    }
    existing = {name: _existing(session, column, keys) for name, (column, keys) in named.items()}
    return KnownKeys(
        **existing,
        parents=parents(session) | {service.id: service.part_of for service in services},
        requirements=requirements(session) | {service.id: list(service.requires) for service in services},
    )


def theme_fields_among(session: Session, ids: Iterable[str]) -> frozenset[str]:
    """Return those of some ids that are a theme field's."""
    return _existing(session, ThemeFieldRow.id, ids)


def organisations_among(session: Session, ids: Iterable[str]) -> frozenset[str]:
    """Return those of some ids that are an organisation's."""
    return _existing(session, OrganisationRow.id, ids)


def _existing(
    session: Session, column: InstrumentedAttribute[Any], keys: Iterable[str | None]
) -> frozenset[str]:
    wanted = sorted({key for key in keys if key is not None})
    found: set[str] = set()
    for start in range(0, len(wanted), CHUNK):
        found.update(session.scalars(select(column).where(column.in_(wanted[start : start + CHUNK]))))
    return frozenset(found)
