"""What feeds are about: the list of entries, a search, an entry, and what entries belong to; regions, needs, rules."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

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


def feed_about(page: str, key: str) -> FeedAt:
    """Return the feed beside the page of one object: ``page`` is one of ``ABOUT``."""
    return FeedAt(f"{page}/{key}", partial(ABOUT[page], key))


def feed_of_all(page: str) -> FeedAt:
    """Return the feed beside a page about all objects of a kind: ``page`` is one of ``OF_ALL``."""
    title, wanted = OF_ALL[page]

    def find(_ctx: Context, _session: Session, translate: Translator) -> Found:
        return Found(title(translate), wanted)

    return FeedAt(page, find)


def _of_service(key: str, _ctx: Context, session: Session, translate: Translator) -> Found:
    """Everything about an entry that was published, withdrawn ones too."""
    service = services.load(session, [key]).get(key)
    if service is None or not was_published(service):
        raise NotFound("service", key)
    return Found(
        feed_titles.of_service(service.name, translate), ChangeFilter(about=[(ObjectKind.SERVICE, key)])
    )


def _of_publisher(key: str, _ctx: Context, session: Session, translate: Translator) -> Found:
    """What an organisation publishes; of one that went into another, what that one does."""
    now = mergers.merged_into(session, key) or key
    found = organisations.organisations(session, [now]).get(now)
    if found is None:
        raise NotFound("organisation", key)
    return _entries(found.name, ServiceQuery(publisher=(now,)), translate)


def _of_theme_field(key: str, _ctx: Context, session: Session, translate: Translator) -> Found:
    """The entries of a theme field, and the needs reported in it."""
    found = catalogue.theme_field(session, key)
    if found is None:
        raise NotFound("theme field", key)
    wanted = ChangeFilter(entries=ServiceQuery(theme_field=(key,)), about=[(ObjectKind.THEME_FIELD, key)])
    return Found(feed_titles.of_theme_field(found.name, translate), wanted)


def _of_bundle(key: str, _ctx: Context, session: Session, translate: Translator) -> Found:
    """The entries that serve a bundle."""
    found = catalogue.bundles(session, [key]).get(key)
    if found is None:
        raise NotFound("bundle", key)
    return _entries(found.name, ServiceQuery(ozg_id=(key,)), translate)


def _of_procedure(key: str, _ctx: Context, session: Session, translate: Translator) -> Found:
    """The entries that put a procedure online."""
    found = catalogue.procedures(session, [key]).get(key)
    if found is None:
        raise NotFound("procedure", key)
    return _entries(found.name, ServiceQuery(leika_key=(key,)), translate)


def _of_region(key: str, ctx: Context, session: Session, translate: Translator) -> Found:
    """What is recorded of the authorities in a region, its reforms, the needs reported there.

    All authorities lie in the federation: its feed names none of them, which would cost more than all it tells.
    """
    detail = get_region(ctx, key)
    region = detail.region
    is_whole = region.key == _FEDERATION
    inside = "" if is_whole else region.key
    return Found(
        feed_titles.of_region(region.name, translate),
        ChangeFilter(
            reforms_in=[inside, *detail.former_keys],
            needs_in=inside,
            authorities=() if is_whole else _authorities_in(ctx, session, region.key, region.authority_id),
            recorded=is_whole,
        ),
        part=f"region/{region.key}",
    )


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


ABOUT: Mapping[str, Callable[[str, Context, Session, Translator], Found]] = {
    "/dienste": _of_service,
    "/organisationen": _of_publisher,
    "/themenfelder": _of_theme_field,
    "/leistungsbuendel": _of_bundle,
    "/leistungen": _of_procedure,
    "/regionen": _of_region,
}
"""What the feed beside a page of one object holds, by the path of these pages; NotFound where there is no such object."""
OF_ALL: Mapping[str, tuple[Callable[[Translator], str], ChangeFilter]] = {
    "/bedarf": (feed_titles.of_demand, ChangeFilter(needs_in="")),
    "/regionen": (feed_titles.of_reforms, ChangeFilter(reforms_in=[""])),
    "/themenfelder": (feed_titles.of_theme_fields, ChangeFilter(entries=ServiceQuery(), needs_in="")),
    "/zaehlregeln": (feed_titles.of_rules, ChangeFilter(rules=True)),
}
"""What the feed beside a page about all objects of a kind is called and holds, by the path of the page."""
