"""Reading claims that wait: a provider's word without proof that nobody answered, corrected or took back."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, literal_column, or_, select
from sqlalchemy.orm import Session, aliased

from marketplace.domain.adoption import Status
from marketplace.store.ledger import StoredEvent
from marketplace.store.many_ids import among_these
from marketplace.store.tables import AdoptionEventRow as E
from marketplace.store.tables import AuthorityRow, OrganisationRow, RegionVersionRow, ServiceRow

_V = RegionVersionRow


@dataclass(frozen=True, slots=True)
class StoredClaim:
    """A claim with who it is about: ``region_key`` is the last known key of the region the authority is placed in."""

    event: StoredEvent
    service_name: str
    publisher: str | None
    authority_name: str
    region_key: str
    organisation_name: str | None


@dataclass(frozen=True, slots=True)
class ClaimQuery:
    """Which claims are asked for; ``region_keys`` begin the key of an authority's region, empty: everywhere.

    ``authority_ids`` are the identities of those that the claims are about, None: whoever.
    """

    region_keys: Collection[str] = ()
    service_id: str | None = None
    publisher: str | None = None
    authority_ids: Collection[int] | None = None


def _pending() -> ColumnElement[bool]:
    """The condition for a claim that waits; the words are literals so that a partial index can serve it."""
    correction, answer, later = aliased(E), aliased(E), aliased(E)
    return and_(
        E.asserted_by == literal_column("'provider'"),
        E.proof == literal_column("'none'"),
        E.status != str(Status.VOID),
        ~exists(select(correction.id).where(correction.corrects == E.id)),
        ~exists(
            select(answer.id).where(
                answer.answers == E.id, ~exists(select(later.id).where(later.corrects == answer.id))
            )
        ),
    )


_NEWER = aliased(_V)
_IS_LAST = and_(
    _V.superseded_at.is_(None),
    ~exists(
        select(_NEWER.id).where(
            _NEWER.region_id == _V.region_id,
            _NEWER.superseded_at.is_(None),
            _NEWER.valid_from > _V.valid_from,
        )
    ),
)
_EVENT = tuple(getattr(E, name) for name in StoredEvent.__dataclass_fields__)
_CLAIMS = (
    select(
        *_EVENT,
        ServiceRow.name.label("service_name"),
        ServiceRow.publisher_id.label("publisher"),
        func.coalesce(AuthorityRow.name, _V.name).label("authority_name"),
        _V.key.label("region_key"),
        OrganisationRow.name.label("organisation_name"),
    )
    .join(ServiceRow, ServiceRow.id == E.service_id)
    .join(AuthorityRow, AuthorityRow.id == E.authority_id)
    .join(_V, and_(_V.region_id == AuthorityRow.region_id, _IS_LAST))
    .outerjoin(OrganisationRow, OrganisationRow.id == E.organisation_id)
    .where(_pending())
)


def pending(session: Session, query: ClaimQuery, offset: int, limit: int) -> tuple[list[StoredClaim], int]:
    """Return one page of the claims that wait, oldest first, and how many wait in all."""
    found = _CLAIMS.where(*_conditions(query))
    if query.authority_ids is not None:
        found = found.where(among_these(session, E.__table__.c.authority_id, sorted(query.authority_ids)))
    total = session.scalar(select(func.count()).select_from(found.order_by(None).subquery())) or 0
    rows = session.execute(found.order_by(E.recorded_at, E.id).offset(offset).limit(limit)).mappings()
    return [_claim(row) for row in rows], total


def _conditions(query: ClaimQuery) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if query.region_keys:
        conditions.append(
            or_(*(_V.key.startswith(key, autoescape=True) for key in sorted(query.region_keys)))
        )
    if query.service_id is not None:
        conditions.append(E.service_id == query.service_id)
    if query.publisher is not None:
        conditions.append(ServiceRow.publisher_id == query.publisher)
    return conditions


def _claim(row: Any) -> StoredClaim:
    event = StoredEvent(**{name: row[name] for name in StoredEvent.__dataclass_fields__})
    return StoredClaim(
        event, row["service_name"], row["publisher"], row["authority_name"], row["region_key"],
        row["organisation_name"],
    )  # fmt: skip
