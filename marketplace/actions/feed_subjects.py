"""What feeds are about: the list of entries, a search, an entry, and what entries belong to; regions, needs, rules."""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy.orm import Session

from marketplace.actions.context import Context
from marketplace.actions.feeds import FeedAt, Found
from marketplace.actions.paging import MAX_PAGE_SIZE, PageRequest
from marketplace.actions.regions import get_region
from marketplace.actions.search import search
from marketplace.domain.change import ObjectKind
from marketplace.domain.revision import was_published
from marketplace.errors import NotFound
from marketplace.notify import feed_titles
from marketplace.notify.catalogues import Translator
from marketplace.store import authorities, catalogue, head, mergers, organisations, services
from marketplace.store.change_feeds import ChangeFilter
from marketplace.store.service_lists import ServiceQuery
from marketplace.store.territory import territory_at

_FEDERATION = "00"


def list_feed(kind: Sequence[str], lead_state: Sequence[str], theme_field: Sequence[str]) -> FeedAt:
    """Return the feed of the list of entries, under its filters."""
    wanted = ServiceQuery(kind=kind, lead_state=lead_state, theme_field=theme_field)

    def find(_ctx: Context, _session: Session, translate: Translator) -> Found:
        return Found(feed_titles.of_list(translate), ChangeFilter(entries=wanted))

    filters = {"kind": kind, "lead_state": lead_state, "theme_field": theme_field}
    return FeedAt("/dienste", find, _parameters(filters))


def search_feed(
    q: str,
    collection: str,
    filters: Mapping[str, Sequence[str]],
    *,
    region: str | None,
    live_here: bool,
    verbatim: bool,
) -> FeedAt:
    """Return the feed of the entries that a search finds, the best 200; of procedures, the entries that offer them.

    A withdrawn entry is found no more, so that only its earlier changes would be left: they go with it.
    """

    def find(ctx: Context, _session: Session, translate: Translator) -> Found:
        found = search(
            ctx, q, collection, filters, PageRequest(1, MAX_PAGE_SIZE), region=region, live_here=live_here,
            verbatim=verbatim,
        )  # fmt: skip
        ids = tuple(item.id for item in found.items)
        by_key = ServiceQuery(leika_key=ids) if collection == "procedures" and ids else None
        wanted = ChangeFilter(entries=by_key, services=() if collection == "procedures" else ids)
        return Found(feed_titles.of_search(q, translate), wanted)

    asked: dict[str, Sequence[str]] = {
        "q": [q] if q else [],
        "in": [collection] if collection != "services" else [],
        **filters,
        "region": [region] if region else [],
        "live_here": ["true"] if live_here else [],
        "verbatim": ["true"] if verbatim else [],
    }
    return FeedAt("/suche", find, _parameters(asked))


def service_feed(service_id: str) -> FeedAt:
    """Return the feed of an entry that was published, withdrawn ones too: everything about it."""

    def find(_ctx: Context, session: Session, translate: Translator) -> Found:
        service = services.load(session, [service_id]).get(service_id)
        if service is None or not was_published(service):
            raise NotFound("service", service_id)
        wanted = ChangeFilter(about=[(ObjectKind.SERVICE, service_id)])
        return Found(feed_titles.of_service(service.name, translate), wanted)

    return FeedAt(f"/dienste/{service_id}", find)


def publisher_feed(organisation_id: str) -> FeedAt:
    """Return the feed of what an organisation publishes; of one that went into another, what that one does."""

    def find(_ctx: Context, session: Session, translate: Translator) -> Found:
        now = mergers.merged_into(session, organisation_id) or organisation_id
        found = organisations.organisations(session, [now]).get(now)
        if found is None:
            raise NotFound("organisation", organisation_id)
        return _entries(found.name, ServiceQuery(publisher=(now,)), translate)

    return FeedAt(f"/organisationen/{organisation_id}", find)


def theme_field_feed(theme_field_id: str) -> FeedAt:
    """Return the feed of a theme field: its entries, and the needs reported in it."""

    def find(_ctx: Context, session: Session, translate: Translator) -> Found:
        found = catalogue.theme_field(session, theme_field_id)
        if found is None:
            raise NotFound("theme field", theme_field_id)
        wanted = ChangeFilter(
            entries=ServiceQuery(theme_field=(theme_field_id,)),
            about=[(ObjectKind.THEME_FIELD, theme_field_id)],
        )
        return Found(feed_titles.of_theme_field(found.name, translate), wanted)

    return FeedAt(f"/themenfelder/{theme_field_id}", find)


def bundle_feed(ozg_id: str) -> FeedAt:
    """Return the feed of the entries that serve a bundle."""

    def find(_ctx: Context, session: Session, translate: Translator) -> Found:
        found = catalogue.bundles(session, [ozg_id]).get(ozg_id)
        if found is None:
            raise NotFound("bundle", ozg_id)
        return _entries(found.name, ServiceQuery(ozg_id=(ozg_id,)), translate)

    return FeedAt(f"/leistungsbuendel/{ozg_id}", find)


def procedure_feed(leika_key: str) -> FeedAt:
    """Return the feed of the entries that put a procedure online."""

    def find(_ctx: Context, session: Session, translate: Translator) -> Found:
        found = catalogue.procedures(session, [leika_key]).get(leika_key)
        if found is None:
            raise NotFound("procedure", leika_key)
        return _entries(found.name, ServiceQuery(leika_key=(leika_key,)), translate)

    return FeedAt(f"/leistungen/{leika_key}", find)


def region_feed(key: str) -> FeedAt:
    """Return the feed of a region: what is recorded of the authorities in it, its reforms, the needs reported there.

    All authorities lie in the federation: its feed names none of them, which would cost more than all it tells.
    """

    def find(ctx: Context, session: Session, translate: Translator) -> Found:
        detail = get_region(ctx, key)
        region = detail.region
        is_whole = region.key == _FEDERATION
        inside = "" if is_whole else region.key
        return Found(
            feed_titles.of_region(region.name, translate),
            ChangeFilter(
                reforms_in=[inside, *detail.former_keys],
                needs_in=inside,
                authorities=()
                if is_whole
                else _authorities_in(ctx, session, region.key, region.authority_id),
                recorded=is_whole,
            ),
            part=f"region/{region.key}",
        )

    return FeedAt(f"/regionen/{key}", find)


def demand_feed() -> FeedAt:
    """Return the feed of all needs, those that name no region too."""
    return _of_everything("/bedarf", feed_titles.of_demand, ChangeFilter(needs_in=""))


def reforms_feed() -> FeedAt:
    """Return the feed of what becomes of regions, wherever."""
    return _of_everything("/regionen", feed_titles.of_reforms, ChangeFilter(reforms_in=[""]))


def rules_feed() -> FeedAt:
    """Return the feed of new versions of counting rules."""
    return _of_everything("/zaehlregeln", feed_titles.of_rules, ChangeFilter(rules=True))


def _of_everything(page: str, title: Callable[[Translator], str], wanted: ChangeFilter) -> FeedAt:
    def find(_ctx: Context, _session: Session, translate: Translator) -> Found:
        return Found(title(translate), wanted)

    return FeedAt(page, find)


def _authorities_in(ctx: Context, session: Session, key: str, own: int | None) -> frozenset[int]:
    """Return the identities of the authorities of a region: its own administration's, and of all that lie in it."""
    land = territory_at(session, ctx.today(), head.known_now(session, ctx.clock()))
    inside = {key, *(region.key for region in land.within(key))}
    found = {one.id for one in authorities.named_authorities(session, land) if one.region_key in inside}
    found |= {region.authority_id for region in land if region.key in inside and region.authority_id}
    return frozenset(found | ({own} if own else set()))


def _entries(name: str, wanted: ServiceQuery, translate: Translator) -> Found:
    return Found(feed_titles.of_entries_about(name, translate), ChangeFilter(entries=wanted))


def _parameters(filters: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, values in filters.items() for value in sorted(set(values))]
