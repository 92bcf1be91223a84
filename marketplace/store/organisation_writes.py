"""Writing organisations one by one, and moving what belongs to one that goes into another."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from marketplace.domain.catalogue import Organisation
from marketplace.domain.folding import fold
from marketplace.store.tables import (
    MembershipRow,
    OfferRow,
    OrganisationAuthorityRow,
    OrganisationRow,
    ServiceRow,
    WebSessionRow,
)

MAX_FOLDED = 320


def lock(session: Session, ids: Sequence[str]) -> None:
    """Let nobody else change these organisations until the transaction ends; always in the order of their ids."""
    for organisation_id in sorted(ids):
        session.execute(
            select(OrganisationRow.id)
            .where(OrganisationRow.id == organisation_id)
            .with_for_update(key_share=True)
        )


def further_authorities(session: Session, organisation_id: str) -> list[str]:
    """Return the authorities that an organisation speaks for beside its own key, ordered."""
    return list(
        session.scalars(
            select(OrganisationAuthorityRow.authority_key)
            .where(OrganisationAuthorityRow.organisation_id == organisation_id)
            .order_by(OrganisationAuthorityRow.authority_key)
        )
    )


def add(session: Session, one: Organisation) -> bool:
    """Add an organisation; False where there is one by its id."""
    dialect_insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    added = session.execute(
        dialect_insert(OrganisationRow)
        .values(id=one.id, **_values(one))
        .on_conflict_do_nothing()
        .returning(OrganisationRow.id)
    ).all()
    return bool(added)


def change(session: Session, one: Organisation) -> None:
    """Replace what an organisation says."""
    session.execute(
        update(OrganisationRow)
        .where(OrganisationRow.id == one.id)
        .values(**_values(one))
        .execution_options(synchronize_session=False)
    )


def set_further_authorities(session: Session, organisation_id: str, keys: Sequence[str]) -> None:
    """Say which authorities an organisation speaks for beside its own key."""
    session.execute(
        delete(OrganisationAuthorityRow).where(OrganisationAuthorityRow.organisation_id == organisation_id)
    )
    if keys:
        session.execute(
            insert(OrganisationAuthorityRow),
            [{"organisation_id": organisation_id, "authority_key": key} for key in sorted(set(keys))],
        )


def entries_naming(session: Session, organisation_id: str) -> list[tuple[str, int]]:
    """Return id and version of the entries that an organisation publishes or offers, whatever their status."""
    supplied = select(OfferRow.service_id).where(OfferRow.supplier_id == organisation_id)
    rows = session.execute(
        select(ServiceRow.id, ServiceRow.version)
        .where(or_(ServiceRow.publisher_id == organisation_id, ServiceRow.id.in_(supplied)))
        .order_by(ServiceRow.id)
    )
    return [(row.id, row.version) for row in rows]


def move_members(session: Session, organisation_id: str, into_id: str, now: datetime, by: str) -> list[str]:
    """Give the members of one organisation the same roles in another, take them from the first; return their ids.

    Sessions that act for the first act for the other from now on.
    """
    rows = session.execute(
        select(MembershipRow.person_id, MembershipRow.role).where(
            MembershipRow.organisation_id == organisation_id
        )
    ).all()
    there = {
        (row.person_id, row.role)
        for row in session.execute(
            select(MembershipRow.person_id, MembershipRow.role).where(
                MembershipRow.organisation_id == into_id
            )
        )
    }
    new = [row for row in rows if (row.person_id, row.role) not in there]
    if new:
        session.execute(
            insert(MembershipRow),
            [
                {
                    "organisation_id": into_id, "person_id": row.person_id, "role": row.role,
                    "granted_at": now, "granted_by": by,
                }
                for row in new
            ],
        )  # fmt: skip
    session.execute(delete(MembershipRow).where(MembershipRow.organisation_id == organisation_id))
    session.execute(
        update(WebSessionRow)
        .where(WebSessionRow.organisation_id == organisation_id)
        .values(organisation_id=into_id)
        .execution_options(synchronize_session=False)
    )
    return sorted({row.person_id for row in rows})


def _values(one: Organisation) -> dict[str, object]:
    return {
        "name": one.name,
        "name_folded": fold(one.name)[:MAX_FOLDED],
        "kind": one.kind.value,
        "state": one.state,
        "region_key": one.region_key,
        "url": one.url,
        "source": one.source,
        "own_review": one.own_review,
    }
