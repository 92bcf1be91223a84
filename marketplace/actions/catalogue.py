"""The catalogues around the services: procedures, bundles, theme fields, organisations, names of states."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from marketplace.actions.context import Context
from marketplace.actions.organisations import stored
from marketplace.actions.paging import Page, PageRequest
from marketplace.actions.services import redacted
from marketplace.domain.access import Actor
from marketplace.domain.catalogue import (
    Bundle,
    Organisation,
    OrganisationKind,
    Procedure,
    ThemeField,
    object_of,
)
from marketplace.domain.organisation_fields import OrganisationFields
from marketplace.domain.service import Offer, Service
from marketplace.errors import InvalidInput, NotFound
from marketplace.store import catalogue, found_entries, mergers, organisations, service_lists, services
from marketplace.store.service_lists import ServiceQuery

MAX_QUERY = 200


@dataclass(frozen=True, slots=True)
class ProcedureDetail:
    """A procedure with the bundles that hold it and the published services that put it online.

    ``siblings`` are the other procedures of its Leistungsobjekt by key; ``bundle_services`` the services that serve one
    of its bundles without naming the procedure itself.
    """

    procedure: Procedure
    bundles: tuple[Bundle, ...]
    theme_field: ThemeField | None
    services: tuple[Service, ...]
    siblings: tuple[Procedure, ...]
    bundle_services: tuple[Service, ...]

    @property
    def object_id(self) -> str:
        """The Leistungsobjekt it belongs to."""
        return object_of(self.procedure.leika_key)


@dataclass(frozen=True, slots=True)
class BundleDetail:
    """A bundle with its procedures and the published services that serve it."""

    bundle: Bundle
    procedures: tuple[Procedure, ...]
    theme_field: ThemeField | None
    services: tuple[Service, ...]


@dataclass(frozen=True, slots=True)
class ThemeFieldDetail:
    """A theme field with the names of its lead states and how many bundles, procedures and services it has."""

    theme_field: ThemeField
    lead_state_names: tuple[str, ...]
    bundles: int
    procedures: int
    services: int


@dataclass(frozen=True, slots=True)
class SuppliedOffer:
    """An offer together with the service that it offers."""

    service: Service
    offer: Offer


@dataclass(frozen=True, slots=True)
class OrganisationDetail:
    """An organisation with the published services that it publishes and the offers that it supplies.

    ``fields`` is all that it says; ``merged_into``: the organisation that it went into, if it did; ``merged`` are
    those that went into it.
    """

    fields: OrganisationFields
    state_name: str | None
    services: tuple[Service, ...]
    offers: tuple[SuppliedOffer, ...]
    merged_into: str | None
    merged: tuple[Organisation, ...]

    @property
    def organisation(self) -> Organisation:
        """The organisation itself."""
        return self.fields.organisation


def get_procedure(ctx: Context, leika_key: str, actor: Actor | None = None) -> ProcedureDetail:
    """Return a procedure by its LeiKa key.

    Raises:
        NotFound: there is none.
    """
    with ctx.database.reading() as session:
        procedure = catalogue.procedures(session, [leika_key]).get(leika_key)
        if procedure is None:
            raise NotFound("procedure", leika_key)
        ozg_ids = catalogue.bundles_of(session, [leika_key]).get(leika_key, [])
        offering = _published(session, ServiceQuery(leika_key=(leika_key,)), actor)
        serving = _published(session, ServiceQuery(ozg_id=tuple(ozg_ids)), actor) if ozg_ids else ()
        there = {service.id for service in offering}
        family = found_entries.procedures_by_object(session, [object_of(leika_key)])
        return ProcedureDetail(
            procedure=procedure,
            bundles=tuple(catalogue.bundles(session, ozg_ids).values()),
            theme_field=_theme_field(session, procedure.theme_field),
            services=offering,
            siblings=tuple(
                one for one in family[object_of(leika_key)] if one.leika_key != procedure.leika_key
            ),
            bundle_services=tuple(service for service in serving if service.id not in there),
        )


def list_procedures(
    ctx: Context, theme_field: str | None, ozg_id: str | None, q: str | None, page: PageRequest
) -> Page[Procedure]:
    """Return one page of the procedures by name; ``q`` is a part of the name or key.

    Raises:
        InvalidInput: ``q`` is longer than 200 characters.
    """
    _check_query(q)
    with ctx.database.reading() as session:
        found, total = catalogue.find_procedures(session, theme_field, ozg_id, q, page.page_size, page.offset)
    return Page(found, total, page.page, page.page_size)


def get_bundle(ctx: Context, ozg_id: str, actor: Actor | None = None) -> BundleDetail:
    """Return a bundle by its OZG id.

    Raises:
        NotFound: there is none.
    """
    with ctx.database.reading() as session:
        bundle = catalogue.bundles(session, [ozg_id]).get(ozg_id)
        if bundle is None:
            raise NotFound("bundle", ozg_id)
        keys = catalogue.procedures_of(session, [ozg_id]).get(ozg_id, [])
        return BundleDetail(
            bundle,
            tuple(catalogue.procedures(session, keys).values()),
            _theme_field(session, bundle.theme_field),
            _published(session, ServiceQuery(ozg_id=(ozg_id,)), actor),
        )


def list_bundles(ctx: Context, theme_field: str | None, q: str | None, page: PageRequest) -> Page[Bundle]:
    """Return one page of the bundles by name; ``q`` is a part of the name or id.

    Raises:
        InvalidInput: ``q`` is longer than 200 characters.
    """
    _check_query(q)
    with ctx.database.reading() as session:
        found, total = catalogue.find_bundles(session, theme_field, q, page.page_size, page.offset)
    return Page(found, total, page.page, page.page_size)


def get_theme_field(ctx: Context, theme_field_id: str) -> ThemeFieldDetail:
    """Return a theme field by its id.

    Raises:
        NotFound: there is none.
    """
    for detail in list_theme_fields(ctx):
        if detail.theme_field.id == theme_field_id:
            return detail
    raise NotFound("theme field", theme_field_id)


def list_theme_fields(ctx: Context) -> list[ThemeFieldDetail]:
    """Return all theme fields by name."""
    with ctx.database.reading() as session:
        names = catalogue.state_names(session)
        counts = catalogue.theme_field_counts(session)
        published = service_lists.count_by_theme_field(session)
        return [
            ThemeFieldDetail(
                one,
                tuple(names.get(state, state) for state in one.lead_states),
                *counts.get(one.id, (0, 0)),
                published.get(one.id, 0),
            )
            for one in catalogue.theme_fields(session)
        ]


def get_organisation(ctx: Context, organisation_id: str, actor: Actor | None = None) -> OrganisationDetail:
    """Return an organisation by its id.

    Raises:
        NotFound: there is none.
    """
    with ctx.database.reading() as session:
        fields = stored(session, organisation_id)
        found = fields.organisation
        supplied = _published(session, ServiceQuery(supplier=(organisation_id,)), actor)
        return OrganisationDetail(
            fields,
            catalogue.state_names(session).get(found.state) if found.state else None,
            _published(session, ServiceQuery(publisher=(organisation_id,)), actor),
            tuple(
                SuppliedOffer(service, offer)
                for service in supplied
                for offer in service.offers
                if offer.supplier == organisation_id
            ),
            mergers.merged_into(session, organisation_id),
            _merged(session, organisation_id),
        )


def list_organisations(
    ctx: Context, kind: str | None, state: str | None, q: str | None, page: PageRequest
) -> Page[Organisation]:
    """Return one page of the organisations by name; ``q`` is a part of the name.

    Raises:
        InvalidInput: an unknown kind, or ``q`` is longer than 200 characters.
    """
    _check_query(q)
    if kind is not None and kind not in set(OrganisationKind):
        raise InvalidInput.one("kind", "choice", f"must be one of {', '.join(OrganisationKind)}")
    with ctx.database.reading() as session:
        found, total = organisations.find_organisations(session, kind, state, q, page.page_size, page.offset)
    return Page(found, total, page.page, page.page_size)


def state_names(ctx: Context) -> dict[str, str]:
    """Return the names of the federation and the states by key; empty before the first register."""
    with ctx.database.reading() as session:
        return catalogue.state_names(session)


def _published(session: Session, query: ServiceQuery, actor: Actor | None) -> tuple[Service, ...]:
    found = services.load(session, service_lists.ids_of(session, query))
    return tuple(redacted(service, actor) for service in found.values())


def _merged(session: Session, organisation_id: str) -> tuple[Organisation, ...]:
    gone = [one.organisation_id for one in mergers.of_organisation(session, organisation_id)]
    return tuple(organisations.organisations(session, gone).values())


def _theme_field(session: Session, theme_field_id: str | None) -> ThemeField | None:
    return catalogue.theme_field(session, theme_field_id) if theme_field_id else None


def _check_query(q: str | None) -> None:
    if q is not None and len(q) > MAX_QUERY:
        raise InvalidInput.one("q", "length", f"has {len(q)} characters, at most {MAX_QUERY} are allowed")
