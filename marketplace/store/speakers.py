"""Which organisations speak for authorities: bound to them, by delegation, or coordinating their state."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from marketplace.domain.catalogue import OrganisationKind
from marketplace.domain.delegation import Delegation
from marketplace.store import delegations
from marketplace.store.tables import OrganisationAuthorityRow, OrganisationRow

_CHUNK = 500


def bound_to(session: Session, keys: Collection[str]) -> dict[str, set[str]]:
    """Return by key of an authority the organisations that are bound to it."""
    found: dict[str, set[str]] = defaultdict(set)
    wanted = sorted(set(keys))
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        bound: list[tuple[InstrumentedAttribute[Any], InstrumentedAttribute[str]]] = [
            (OrganisationRow.region_key, OrganisationRow.id),
            (OrganisationAuthorityRow.authority_key, OrganisationAuthorityRow.organisation_id),
        ]
        for key, organisation in bound:
            for row in session.execute(
                select(key.label("key"), organisation.label("id")).where(key.in_(chunk))
            ):
                found[row.key].add(row.id)
    return found


def coordinations(session: Session) -> dict[str, set[str]]:
    """Return by key of a state the organisations that coordinate it."""
    row = OrganisationRow
    query = select(row.region_key, row.state, row.id).where(row.kind == str(OrganisationKind.COORDINATION))
    found: dict[str, set[str]] = defaultdict(set)
    for region_key, state, organisation_id in session.execute(query):
        if (key := region_key or state) is not None:
            found[key].add(organisation_id)
    return found


def delegated(session: Session, keys: Collection[str]) -> list[Delegation]:
    """Return the delegations that were granted for any of some keys and not ended by hand."""
    found: list[Delegation] = []
    wanted = sorted(set(keys))
    for start in range(0, len(wanted), _CHUNK):
        found += delegations.about_keys(session, wanted[start : start + _CHUNK])
    return found
