"""Feeds of what changed in the catalogue."""

from datetime import UTC, datetime

from marketplace.actions.context import Context
from marketplace.actions.paging import PageRequest
from marketplace.actions.services import ServiceFilter, list_services
from marketplace.notify.atom import Feed, FeedEntry, write_atom

ENTRIES = 50
_BEFORE_EVERYTHING = datetime(2000, 1, 1, tzinfo=UTC)


def services_feed(ctx: Context, title: str, author: str) -> bytes:
    """Return the published entries, latest change first, as an Atom document."""
    base = ctx.settings.base_url
    found = list_services(ctx, ServiceFilter(), "-updated", PageRequest(1, ENTRIES))
    entries = [
        FeedEntry(
            id=f"{base}/dienste/{service.id}",
            title=service.name,
            link=f"{base}/dienste/{service.id}",
            summary=service.summary,
            updated=service.updated_at or _BEFORE_EVERYTHING,
        )
        for service in found.items
    ]
    updated = max((entry.updated for entry in entries), default=_BEFORE_EVERYTHING)
    return write_atom(Feed(f"{base}/dienste.atom", title, f"{base}/dienste", author, updated, entries))
