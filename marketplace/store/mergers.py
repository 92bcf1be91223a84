"""Organisations that went into another one."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from marketplace.store.tables import OrganisationMergerRow


@dataclass(frozen=True, slots=True)
class Merger:
    """That ``organisation_id`` went into ``into_id``; ``merged_by`` is the name of who decided it."""

    organisation_id: str
    into_id: str
    merged_at: datetime
    merged_by: str


def merged_into(session: Session, organisation_id: str) -> str | None:
    """Return the organisation that one went into, the last one where that went on; None: it stands."""
    found, seen = None, {organisation_id}
    following: str | None = organisation_id
    while following is not None:
        following = session.scalar(
            select(OrganisationMergerRow.into_id).where(OrganisationMergerRow.organisation_id == following)
        )
        if following is None or following in seen:
            return found
        found = following
        seen.add(following)
    return found


def predecessors(session: Session, organisation_id: str) -> frozenset[str]:
    """Return the organisations that went into one, directly or by others on the way."""
    first = (
        select(OrganisationMergerRow.organisation_id)
        .where(OrganisationMergerRow.into_id == organisation_id)
        .cte("predecessor", recursive=True)
    )
    before = select(OrganisationMergerRow.organisation_id).where(
        OrganisationMergerRow.into_id == first.c.organisation_id
    )
    # UNION without ALL ends where a chain leads back to itself.
    return frozenset(session.scalars(select(first.union(before).c.organisation_id)))


@dataclass(frozen=True, slots=True)
class Successor:
    """An organisation with those that went into it: what they did stands as its own."""

    organisation_id: str
    predecessors: frozenset[str]

    def in_place_of(self, organisation_id: str | None) -> str | None:
        """Return the organisation that stands for one: itself for those that went into it, any other as it is."""
        return self.organisation_id if organisation_id in self.predecessors else organisation_id


def successor(session: Session, organisation_id: str) -> Successor:
    """Return an organisation with all that went into it, directly or by others on the way."""
    return Successor(organisation_id, predecessors(session, organisation_id))


def merged(session: Session, ids: Collection[str]) -> set[str]:
    """Return which of these organisations went into another one."""
    return set(
        session.scalars(
            select(OrganisationMergerRow.organisation_id).where(
                OrganisationMergerRow.organisation_id.in_(ids)
            )
        )
    )


def of_organisation(session: Session, organisation_id: str) -> list[Merger]:
    """Return what went into an organisation, newest first."""
    rows = session.execute(
        select(OrganisationMergerRow.__table__)
        .where(OrganisationMergerRow.into_id == organisation_id)
        .order_by(OrganisationMergerRow.merged_at.desc(), OrganisationMergerRow.organisation_id)
    )
    return [Merger(row.organisation_id, row.into_id, row.merged_at, row.merged_by) for row in rows]


def keep(session: Session, merger: Merger) -> None:
    """Keep that an organisation went into another one."""
    session.execute(
        insert(OrganisationMergerRow).values(
            organisation_id=merger.organisation_id,
            into_id=merger.into_id,
            merged_at=merger.merged_at,
            merged_by=merger.merged_by,
        )
    )
