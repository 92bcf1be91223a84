"""Reading the catalogue: lists of entries, one entry with everything around it, and what stays hidden from whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy.orm import Session

from marketplace.actions.context import Context
from marketplace.actions.entry_in_work import sees
from marketplace.actions.paging import Page, PageRequest
from marketplace.actions.redaction import redacted
from marketplace.actions.service_import import ImportedRow, ImportReport, import_services
from marketplace.actions.service_writing import ANY_VERSION, Written, patch_service, put_service
from marketplace.domain.access import Action, Actor, decide
from marketplace.domain.catalogue import Bundle, Organisation, Procedure, ThemeField
from marketplace.domain.lifecycle import EntryStatus, is_findable
from marketplace.domain.revision import Withdrawal
from marketplace.domain.service import Service, ServiceKind
from marketplace.errors import Gone, InvalidInput, MarketplaceError, NotFound
from marketplace.store import (
    authority_sets,
    catalogue,
    head,
    organisations,
    service_lists,
    services,
    withdrawals,
)
from marketplace.store.service_lists import SORTS, ServiceQuery

__all__ = [
    "ANY_VERSION",
    "ImportReport",
    "ImportedRow",
    "ServiceDetail",
    "ServiceFilter",
    "Written",
    "detail_of",
    "entry_of",
    "get_service",
    "import_services",
    "list_services",
    "may_see",
    "patch_service",
    "put_service",
    "redacted",
]

Values = str | Sequence[str] | None


@dataclass(frozen=True, slots=True)
class ServiceFilter:
    """Which entries a list holds; each filter is one accepted value or several, None or empty accepts all.

    Without ``status`` a list holds what is published. Entries of another status are shown to who may see their
    revisions only: publishers and reviewers of the organisation, operators.
    """

    kind: Values = None
    lead_state: Values = None
    theme_field: Values = None
    ozg_id: Values = None
    leika_key: Values = None
    publisher: Values = None
    status: Values = None
    part_of: Values = None


@dataclass(frozen=True, slots=True)
class ServiceDetail:
    """An entry with what stands around it; other entries only where the reader may see them.

    ``suppliers`` are the organisations named by the offers, by id; ``withdrawal`` is planned or, for who may still
    read the entry, executed.
    """

    service: Service
    parts: tuple[Service, ...]
    whole: Service | None
    requires: tuple[Service, ...]
    required_by: tuple[Service, ...]
    procedures: tuple[Procedure, ...]
    bundles: tuple[Bundle, ...]
    theme_field: ThemeField | None
    publisher: Organisation | None
    suppliers: Mapping[str, Organisation]
    lead_state_name: str | None
    partner_state_names: tuple[str, ...]
    authority_set_name: str | None
    withdrawal: Withdrawal | None = None


def list_services(
    ctx: Context,
    filter: ServiceFilter,  # noqa: A002  # the word of the contract; the built-in is not needed here
    sort: str,
    page: PageRequest,
    actor: Actor | None = None,
) -> Page[Service]:
    """Return one page of the entries; ``sort`` is name, -name, updated, -updated or id.

    Raises:
        InvalidInput: an unknown kind, status or sort order.
    """
    if sort not in SORTS:
        raise InvalidInput.one("sort", "choice", f"must be one of {', '.join(SORTS)}")
    query = ServiceQuery(
        kind=_choices("kind", filter.kind, ServiceKind),
        lead_state=_values(filter.lead_state),
        theme_field=_values(filter.theme_field),
        ozg_id=_values(filter.ozg_id),
        leika_key=_values(filter.leika_key),
        publisher=_values(filter.publisher),
        status=_choices("status", filter.status, EntryStatus) or (EntryStatus.PUBLISHED.value,),
        part_of=_values(filter.part_of),
        own=actor.organisation_id if actor and decide(actor, Action.READ_REVISION).allowed else None,
        everybodys=actor is not None and actor.is_operator,
    )
    with ctx.database.reading() as session:
        ids, total = service_lists.find(session, query, sort, page.page_size, page.offset)
        found = services.load(session, ids)
    return Page([redacted(service, actor) for service in found.values()], total, page.page, page.page_size)


def get_service(ctx: Context, service_id: str, actor: Actor | None = None) -> ServiceDetail:
    """Return an entry with everything around it.

    Raises:
        NotFound: there is no such entry, or the reader may not know of it yet.
        Gone: it was withdrawn.
    """
    with ctx.database.reading() as session:
        return _detail(ctx, session, _seen(session, service_id, actor), actor)


def entry_of(ctx: Context, service_id: str, actor: Actor | None = None) -> tuple[Service, Withdrawal | None]:
    """Return an entry and its withdrawal without what stands around it; errors as in ``get_service``."""
    with ctx.database.reading() as session:
        service = _seen(session, service_id, actor)
        return redacted(service, actor), withdrawals.withdrawal_of(session, service_id)


def detail_of(ctx: Context, service: Service, actor: Actor | None) -> ServiceDetail:
    """Return what stands around an entry as it is given: a preview of what is in work. Who may see it is not asked."""
    with ctx.database.reading() as session:
        return _detail(ctx, session, service, actor)


def may_see(service: Service, actor: Actor | None) -> bool:
    """Tell whether somebody may know of an entry: everybody once it is published, else who may see its revisions."""
    return is_findable(service.status) or sees(actor, service)


def _seen(session: Session, service_id: str, actor: Actor | None) -> Service:
    service = services.load(session, [service_id]).get(service_id)
    if service is None:
        raise NotFound("service", service_id)
    if not may_see(service, actor):
        raise _not_there(session, service)
    return service


def _not_there(session: Session, service: Service) -> MarketplaceError:
    if service.status is not EntryStatus.WITHDRAWN:
        return NotFound("service", service.id)
    withdrawal = withdrawals.withdrawal_of(session, service.id)
    if withdrawal is None:
        return Gone(f"service {service.id!r} was withdrawn")
    return Gone(
        f"service {service.id!r} was withdrawn on {withdrawal.on}",
        withdrawn_on=withdrawal.on,
        successor=withdrawal.successor,
        merged=withdrawal.merged,
    )


def _detail(ctx: Context, session: Session, service: Service, actor: Actor | None) -> ServiceDetail:
    everybodys = ServiceQuery(everybodys=True)
    part_ids = service_lists.ids_of(session, replace(everybodys, part_of=(service.id,)))
    user_ids = service_lists.ids_of(session, replace(everybodys, requires=(service.id,)))
    whole_ids = [service.part_of] if service.part_of else []
    around = {
        other.id: redacted(other, actor)
        for other in services.load(session, [*part_ids, *user_ids, *service.requires, *whole_ids]).values()
        if may_see(other, actor)
    }
    suppliers = {offer.supplier for offer in service.offers}
    known = organisations.organisations(session, [service.publisher, *suppliers])
    states = catalogue.state_names(session)
    return ServiceDetail(
        service=redacted(service, actor),
        parts=tuple(around[one] for one in part_ids if one in around),
        whole=around.get(service.part_of) if service.part_of else None,
        requires=tuple(around[one] for one in service.requires if one in around),
        required_by=tuple(around[one] for one in user_ids if one in around),
        procedures=tuple(catalogue.procedures(session, service.leika_keys).values()),
        bundles=tuple(catalogue.bundles(session, service.ozg_ids).values()),
        theme_field=catalogue.theme_field(session, service.theme_field) if service.theme_field else None,
        publisher=known.get(service.publisher) if service.publisher else None,
        suppliers={one: found for one, found in known.items() if one in suppliers},
        lead_state_name=states.get(service.lead_state, service.lead_state) if service.lead_state else None,
        partner_state_names=tuple(states.get(one, one) for one in service.partner_states),
        authority_set_name=_set_name(ctx, session, service),
        withdrawal=withdrawals.withdrawal_of(session, service.id),
    )


def _set_name(ctx: Context, session: Session, service: Service) -> str | None:
    if service.authority_set is None:
        return None
    known_at = head.head(session).last_recorded_at or ctx.clock()
    definition = authority_sets.definition_at(session, service.authority_set, ctx.today(), known_at)
    return definition.name if definition else service.authority_set


def _values(given: Values) -> tuple[str, ...]:
    if given is None or given == "":
        return ()
    return (given,) if isinstance(given, str) else tuple(given)


def _choices(field: str, given: Values, choices: type[StrEnum]) -> tuple[str, ...]:
    values = _values(given)
    for value in values:
        if value not in set(choices):
            raise InvalidInput.one(field, "choice", f"must be one of {', '.join(choices)}")
    return values
