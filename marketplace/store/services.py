"""Reading catalogue entries by id, many at once in three queries, and the dated facts that figures depend on."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import BindParameter, bindparam, literal, select, union_all
from sqlalchemy.orm import Session

from marketplace.domain.lifecycle import EntryStatus
from marketplace.domain.reading import Activation
from marketplace.domain.service import (
    Contact,
    Maturity,
    Offer,
    Origin,
    Route,
    Service,
    ServiceFacts,
    ServiceKind,
    Source,
    Stage,
)
from marketplace.store.ordering import by_code_point
from marketplace.store.tables import (
    OfferRow,
    ServiceBundleRow,
    ServiceFactRow,
    ServiceProcedureRow,
    ServiceRequirementRow,
    ServiceRow,
)

CHUNK = 500
Links = Mapping[str, Mapping[str, Sequence[str]]]
# Built once: making the statements costs more than running them.
_IDS: BindParameter[Sequence[str]] = bindparam("ids", expanding=True)
_SERVICES = select(ServiceRow.__table__).where(ServiceRow.id.in_(_IDS))
_ENTRIES = select(
    ServiceRow.id, ServiceRow.name, ServiceRow.status, ServiceRow.publisher_id, ServiceRow.available_from
).where(ServiceRow.id.in_(_IDS))
_OFFERS = select(OfferRow.__table__).where(OfferRow.service_id.in_(_IDS)).order_by(OfferRow.position)
_LINKS = union_all(
    *(
        select(literal(name).label("name"), table.service_id, key.label("key"), table.position).where(
            table.service_id.in_(_IDS)
        )
        for name, table, key in (
            ("bundles", ServiceBundleRow, ServiceBundleRow.ozg_id),
            ("procedures", ServiceProcedureRow, ServiceProcedureRow.leika_key),
            ("requirements", ServiceRequirementRow, ServiceRequirementRow.required_id),
        )
    )
).order_by("name", "position")


def load(session: Session, ids: Iterable[str]) -> dict[str, Service]:
    """Return the entries of these ids (those that exist) in the order asked for; three queries for up to 500."""
    wanted = list(dict.fromkeys(ids))
    found: dict[str, Service] = {}
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[start : start + CHUNK]
        links, offers = _links(session, chunk), _offers(session, chunk)
        for row in session.execute(_SERVICES, {"ids": chunk}).all():
            found[row.id] = _service(row, links[row.id], offers.get(row.id, ()))
    return {service_id: found[service_id] for service_id in wanted if service_id in found}


@dataclass(frozen=True, slots=True)
class EntryHead:
    """What recording an adoption needs to know of an entry."""

    id: str
    name: str
    status: EntryStatus
    publisher: str | None
    available_from: date | None


def heads(session: Session, ids: Iterable[str]) -> dict[str, EntryHead]:
    """Return the heads of these entries (those that exist), one query for up to 500."""
    wanted = sorted(set(ids))
    found: dict[str, EntryHead] = {}
    for start in range(0, len(wanted), CHUNK):
        for row in session.connection().execute(_ENTRIES, {"ids": wanted[start : start + CHUNK]}):
            found[row.id] = EntryHead(
                row.id, row.name, EntryStatus(row.status), row.publisher_id, row.available_from
            )
    return found


def offers_of(session: Session, ids: Iterable[str]) -> dict[str, set[str]]:
    """Return the ids of the offers of each of some entries, those that have any."""
    wanted = sorted(set(ids))
    found: dict[str, set[str]] = {}
    for start in range(0, len(wanted), CHUNK):
        offers = _offers(session, wanted[start : start + CHUNK])
        found |= {service_id: {offer.id for offer in own} for service_id, own in offers.items()}
    return found


def all_ids(session: Session) -> list[str]:
    """Return the ids of all entries, whatever their status, in order."""
    return list(session.scalars(select(ServiceRow.id).order_by(by_code_point(session, ServiceRow.id))))


def status_of(session: Session, service_id: str) -> EntryStatus | None:
    """Return where an entry stands, None where there is none."""
    status = session.scalar(select(ServiceRow.status).where(ServiceRow.id == service_id))
    return None if status is None else EntryStatus(status)


def public_ids(session: Session, ids: Sequence[str]) -> set[str]:
    """Return those of some entries that were published, withdrawn ones too."""
    hidden = (EntryStatus.DRAFT, EntryStatus.IN_REVIEW)
    found: set[str] = set()
    for start in range(0, len(ids), CHUNK):
        chosen = ServiceRow.id.in_(ids[start : start + CHUNK])
        found.update(session.scalars(select(ServiceRow.id).where(chosen, ServiceRow.status.not_in(hidden))))
    return found


def parents(session: Session) -> dict[str, str | None]:
    """Return of every entry the one that it is a part of, None where it is whole."""
    return {row.id: row.part_of for row in session.execute(select(ServiceRow.id, ServiceRow.part_of))}


def parts_of(session: Session, ids: Iterable[str]) -> dict[str, set[str]]:
    """Return the parts of each of some entries, those that have any."""
    found: dict[str, set[str]] = defaultdict(set)
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[start : start + CHUNK]
        query = select(ServiceRow.part_of, ServiceRow.id).where(ServiceRow.part_of.in_(chunk))
        for whole, part in session.execute(query):
            found[str(whole)].add(part)
    return found


def facts_at(session: Session, service_id: str, as_of: date, known_at: datetime) -> ServiceFacts | None:
    """Return what a figure depends on, on a day as known at an instant; None for an unknown entry.

    Before the first recording the first one applies, and before the first day its facts.
    """
    return facts_of_many(session, [service_id], as_of, known_at).get(service_id)


def facts_of_many(
    session: Session, ids: Sequence[str], as_of: date, known_at: datetime
) -> dict[str, ServiceFacts]:
    """Return ``facts_at`` of many entries, one query for up to 500."""
    rows: dict[str, list[ServiceFactRow]] = defaultdict(list)
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        for row in session.scalars(select(ServiceFactRow).where(ServiceFactRow.service_id.in_(chunk))):
            rows[row.service_id].append(row)
    return {service_id: _facts(_in_force(own, as_of, known_at)) for service_id, own in rows.items()}


def _in_force(rows: Sequence[ServiceFactRow], as_of: date, known_at: datetime) -> ServiceFactRow:
    instant = max(known_at, min(row.recorded_at for row in rows))
    known = [
        row
        for row in rows
        if row.recorded_at <= instant and (row.superseded_at is None or row.superseded_at > instant)
    ]
    known.sort(key=lambda row: (row.valid_from or date.min, row.recorded_at, row.id))
    begun = [row for row in known if row.valid_from is None or row.valid_from <= as_of]
    return begun[-1] if begun else known[0]


def _facts(row: ServiceFactRow) -> ServiceFacts:
    return ServiceFacts(
        lead_state=row.lead_state,
        partner_states=tuple(row.partner_states),
        authority_set=row.authority_set_id,
        activation=Activation(row.activation),
        part_of=row.part_of,
    )


def _links(session: Session, ids: Sequence[str]) -> Links:
    links: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for name, service_id, key, _ in session.execute(_LINKS, {"ids": ids}).all():
        links[service_id][name].append(key)
    return links


def _offers(session: Session, ids: Sequence[str]) -> Mapping[str, Sequence[Offer]]:
    offers: dict[str, list[Offer]] = defaultdict(list)
    for row in session.execute(_OFFERS, {"ids": ids}).all():
        offers[row.service_id].append(
            Offer(
                id=row.slug,
                route=Route(row.route),
                supplier=row.supplier_id,
                contract_form=row.contract_form,
                contract_term=row.contract_term,
                hosting=row.hosting,
                licence=row.licence,
                price=row.price,
                price_source=row.price_source,
                url=row.url,
            )
        )
    return offers


def _service(row: Any, links: Mapping[str, Sequence[str]], offers: Sequence[Offer]) -> Service:
    return Service(
        id=row.id,
        name=row.name,
        summary=row.summary,
        description=row.description,
        kind=ServiceKind(row.kind),
        lead_state=row.lead_state,
        words=tuple(row.words),
        partner_states=tuple(row.partner_states),
        theme_field=row.theme_field_id,
        ozg_ids=tuple(links.get("bundles", ())),
        leika_keys=tuple(links.get("procedures", ())),
        authority_set=row.authority_set_id,
        authority_set_reason=row.authority_set_reason,
        authority_set_assumed=row.authority_set_assumed,
        activation=Activation(row.activation),
        part_of=row.part_of,
        stage=Stage(row.stage) if row.stage else None,
        origin=Origin(row.origin) if row.origin else None,
        publisher=row.publisher_id,
        url=row.url,
        requires=tuple(links.get("requirements", ())),
        maturity=Maturity(row.maturity_model, row.maturity_level) if row.maturity_model else None,
        available_from=row.available_from,
        offers=tuple(offers),
        contacts=tuple(Contact(**contact) for contact in row.contacts),
        sources={
            name: tuple(Source(**source) for source in sources) for name, sources in row.sources.items()
        },
        status=EntryStatus(row.status),
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
