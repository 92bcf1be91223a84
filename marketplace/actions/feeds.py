"""Feeds of what changed, for everybody: which changes each holds, when it last changed, its documents.

Whether a feed has changed is known without writing it: the positions of its changes name the document, and they are
kept as long as nothing that lists show and no change has come.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from marketplace import __version__
from marketplace.actions.context import Context
from marketplace.actions.feed_texts import Compare, Writing, entries_of
from marketplace.actions.kept import Kept
from marketplace.errors import Gone, InvalidInput
from marketplace.notify.atom_feed import Feed, tag_uri, write_atom
from marketplace.notify.catalogues import Translator, translator
from marketplace.notify.feed_text import ChangedField
from marketplace.store import change_feeds, marks
from marketplace.store.change_feeds import ChangeFilter

__all__ = ["ENTRIES", "ChangedField", "FeedAt", "FeedHead", "Found", "document_of", "feed_address", "head_of"]

ENTRIES = 50
"""So many entries a document holds at most."""
KEPT_FEEDS, KEPT_DOCUMENTS, KEPT_FOUND = 1024, 64, 32
"""What feeds hold may name all authorities of the federation: of that less is kept than of their heads."""
NAME = "OZG Marketplace"
BEFORE_EVERYTHING = datetime(2000, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Found:
    """What a feed is called and holds. ``part`` as ``feed_texts.Writing``."""

    title: str
    wanted: ChangeFilter
    part: str = ""


@dataclass(frozen=True, slots=True)
class FeedAt:
    """A feed beside a page: the path of the page, the parameters of both, and how to find what it holds.

    ``find`` is asked with the context, a session and a translator, and raises NotFound where there is no such thing.
    """

    page: str
    find: Callable[[Context, Session, Translator], Found]
    parameters: Sequence[tuple[str, str]] = ()

    @property
    def path(self) -> str:
        """The path of the feed."""
        return f"{self.page}.atom"

    def address(self, base_url: str, *more: tuple[str, object]) -> str:
        """Return the whole address, with further parameters."""
        return feed_address(base_url, self.path, [*self.parameters, *more])


@dataclass(frozen=True, slots=True)
class Held:
    """The positions of the changes that a document shows, newest first, and of one more where there are older ones."""

    positions: tuple[int, ...]
    newest_at: datetime | None


@dataclass(frozen=True, slots=True)
class FeedHead:
    """What is known of a document without writing it: its entity tag, when it last changed (None: unknown as yet).

    ``state``: what all feeds depend on.
    """

    feed: FeedAt
    state: tuple[object, ...]
    language: str
    before: int | None
    held: Held
    tag: str
    last_modified: datetime | None


def head_of(ctx: Context, feed: FeedAt, language: str, before: int | None = None) -> FeedHead:
    """Return the head of a feed's newest document, or of the archive of what came before a position.

    Raises:
        NotFound: what the feed is about does not exist.
        InvalidInput: no such position yet.
        Gone: what came before that position is kept no more.
    """
    *of_lists, oldest, last = marks.marks_and_changes(ctx.database)
    if before is not None:
        _check(before, oldest, last)
    state = (*of_lists, oldest, last, ctx.today())
    end = last + 1 if before is None else before
    key = (feed.path, tuple(feed.parameters), language, before, state)
    held, tag = _heads.get(ctx.database.engine, key, lambda: _look(ctx, feed, language, before, end, state))
    return FeedHead(feed, state, language, before, held, tag, _last_modified(held.newest_at, ctx.clock()))


def document_of(ctx: Context, head: FeedHead, compare: Compare) -> bytes:
    """Return a document of a feed as XML; ``compare`` words what changed in an entry."""
    return _documents.get(ctx.database.engine, head.tag, lambda: _write(ctx, head, compare))


_heads: Kept[tuple[Held, str]] = Kept(KEPT_FEEDS)
_found: Kept[Found] = Kept(KEPT_FOUND)
_documents: Kept[bytes] = Kept(KEPT_DOCUMENTS)


def _found_of(ctx: Context, feed: FeedAt, language: str, state: tuple[object, ...]) -> Found:
    """Return what a feed is called and holds; its archives share it."""

    def find() -> Found:
        with ctx.database.reading() as session:
            return feed.find(ctx, session, translator(language))

    return _found.get(ctx.database.engine, (feed.path, tuple(feed.parameters), language, state), find)


def _look(
    ctx: Context, feed: FeedAt, language: str, before: int | None, end: int, state: tuple[object, ...]
) -> tuple[Held, str]:
    """Return the positions of what a feed holds before a position, and the document's entity tag."""
    found = _found_of(ctx, feed, language, state)
    with ctx.database.reading() as session:
        its = change_feeds.page(session, found.wanted, end, ENTRIES + 1)
    held = Held(tuple(one.position for one in its), its[0].recorded_at if its else None)
    said = repr(
        (__version__, ctx.settings.base_url, feed.path, feed.parameters, language, before, found.title, held)
    )
    return held, blake2b(said.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _check(before: int, oldest: int, last: int) -> None:
    if before > last + 1:
        raise InvalidInput.one("before", "future", f"the newest change has position {last}")
    if oldest > 1 and before <= oldest:
        raise Gone(f"changes before position {oldest} are kept no more")


def _last_modified(newest_at: datetime | None, now: datetime) -> datetime | None:
    """Return when a feed last changed; None in the second in which it did: HTTP's date could not tell what follows."""
    if newest_at is None or now - newest_at.replace(microsecond=0) < _SECOND:
        return None
    return newest_at


def _write(ctx: Context, head: FeedHead, compare: Compare) -> bytes:
    base_url = ctx.settings.base_url
    feed, found = head.feed, _found_of(ctx, head.feed, head.language, head.state)
    writing = Writing(
        translator(head.language), base_url, compare, authorities=found.wanted.authorities, part=found.part
    )
    shown = head.held.positions[:ENTRIES]
    with ctx.database.reading() as session:
        entries = entries_of(session, shown, writing)
    spoken: list[tuple[str, object]] = [] if head.language == "de" else [("lang", head.language)]
    current = feed.address(base_url, *spoken)
    older = ("before", shown[-1]) if len(head.held.positions) > len(shown) else None
    named = urlencode(feed.parameters)
    return write_atom(
        Feed(
            id=tag_uri(base_url, f"feed{feed.path}" + (f"?{named}" if named else "")),
            title=found.title,
            author=ctx.settings.operator_name or NAME,
            language=head.language,
            address=current
            if head.before is None
            else feed.address(base_url, *spoken, ("before", head.before)),
            current=current,
            older=feed.address(base_url, *spoken, older) if older else None,
            page=feed_address(base_url, feed.page, [*feed.parameters, *spoken]),
            updated=head.held.newest_at or BEFORE_EVERYTHING,
            entries=entries,
        )
    )


def feed_address(base_url: str, path: str, parameters: Sequence[tuple[str, object]]) -> str:
    """Return a whole address with the parameters that it has."""
    named = urlencode(list(parameters), errors="replace")
    return base_url + path + (f"?{named}" if named else "")
