"""Feeds of figures: for each complete month what a figure was, and why it differs from the month before.

Every figure is read as it was known when its month ended, so that an entry says for good what it said at first; what
was learnt afterwards stands in the next one, by its cause. New versions of counting rules are told beside.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import blake2b
from itertools import pairwise
from typing import Any

from marketplace import __version__
from marketplace.actions.context import Context
from marketplace.actions.counting_rules import list_rules
from marketplace.actions.feed_texts import Compare, Writing, entries_of
from marketplace.actions.feeds import BEFORE_EVERYTHING, ENTRIES, NAME, feed_address
from marketplace.actions.figures import Figure
from marketplace.actions.kept import Kept
from marketplace.actions.questions import DEFAULT_RULE, Question
from marketplace.actions.reuse_changes import reuse_changes
from marketplace.actions.reuse_overview import ReuseOverview, reuse_overview
from marketplace.domain import dates
from marketplace.domain.change import MessageKind, ObjectKind
from marketplace.domain.months import ends_of_months
from marketplace.domain.revision import was_published
from marketplace.domain.rule import Rule
from marketplace.errors import NotFound
from marketplace.notify import feed_titles
from marketplace.notify.atom_feed import Feed, FeedEntry, tag_uri, write_atom
from marketplace.notify.catalogues import translator
from marketplace.notify.feed_text import html_of
from marketplace.notify.wording import word
from marketplace.store import change_feeds, services
from marketplace.store.change_feeds import ChangeFilter
from marketplace.store.marks import marks_and_changes

MONTHS = 12
"""So many months the feed of one service tells of; that of all services tells of the last one."""
KEPT_DOCUMENTS = 64
MAX_MOVED = 20
"""So many services whose figure moved are named."""
_documents: Kept[bytes] = Kept(KEPT_DOCUMENTS)


@dataclass(frozen=True, slots=True)
class FigureFeed:
    """A feed of figures by one rule: of one service, or (None) of all of them."""

    rule: Rule
    service_id: str | None
    service_name: str
    language: str
    tag: str
    last_modified: datetime

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """The parameters of its address."""
        named = [("rule", self.rule.id)] if self.rule.id != DEFAULT_RULE else []
        return named + ([("service", self.service_id)] if self.service_id else [])


def figure_feed(ctx: Context, rule: str, service_id: str | None, language: str) -> FigureFeed:
    """Return what is known of a feed of figures without reading a figure.

    Raises:
        InvalidInput: there is no such rule.
        NotFound: there is no such entry that was published.
    """
    found = Question.read(
        ctx, by="state", rule=rule or DEFAULT_RULE, unit=None, as_of=None, known_at=None
    ).rule
    name = _name(ctx, service_id) if service_id else ""
    month = ends_of_months(ctx.today(), 1)[0]
    # The figures of all services are those of the entries that are published now.
    _, entries, *positions = marks_and_changes(ctx.database)
    said = repr(
        (__version__, ctx.settings.base_url, found.id, found.version, service_id, name, language, month,
         positions, None if service_id else entries)
    )  # fmt: skip
    tag = blake2b(said.encode(), digest_size=16).hexdigest()
    published = (one.published_at for one in list_rules(ctx) if one.published_at is not None)
    return FigureFeed(found, service_id, name, language, tag, max([_told_at(month), *published]))


def figure_document(ctx: Context, feed: FigureFeed, compare: Compare) -> bytes:
    """Return a feed of figures as XML."""
    return _documents.get(ctx.database.engine, feed.tag, lambda: _write(ctx, feed, compare))


def _name(ctx: Context, service_id: str) -> str:
    with ctx.database.reading() as session:
        service = services.load(session, [service_id]).get(service_id)
    if service is None or not was_published(service):
        raise NotFound("service", service_id)
    return service.name


def _told_at(month: date) -> datetime:
    """Return when a month's figure is told: the instant at which the next month begins in Germany."""
    return dates.end_of_day(month) + timedelta(microseconds=1)


def _write(ctx: Context, feed: FigureFeed, compare: Compare) -> bytes:
    base_url = ctx.settings.base_url
    writing = Writing(translator(feed.language), base_url, compare)
    told = _of_all(ctx, feed, writing) if feed.service_id is None else _of_service(ctx, feed, writing)
    last = marks_and_changes(ctx.database)[-1]
    rules = ChangeFilter(rules=True) if feed.service_id is None else _about(feed.rule)
    with ctx.database.reading() as session:
        published = change_feeds.page(session, rules, last + 1, ENTRIES)
        told += entries_of(session, [one.position for one in published], writing)
    told.sort(key=lambda entry: entry.updated, reverse=True)
    spoken = [("lang", feed.language)] if feed.language != "de" else []
    address = feed_address(base_url, "/quoten.atom", [*feed.parameters, *spoken])
    page = "/quoten" if feed.service_id is None else f"/dienste/{feed.service_id}"
    rule = [("rule", feed.rule.id)] if feed.rule.id != DEFAULT_RULE else []
    title = feed.rule.title_en if feed.language == "en" else feed.rule.title_de
    return write_atom(
        Feed(
            id=tag_uri(base_url, f"feed/quoten.atom?rule={feed.rule.id}&service={feed.service_id or ''}"),
            title=feed_titles.of_figures(title, feed.service_name, writing.translate),
            author=ctx.settings.operator_name or NAME,
            language=feed.language,
            address=address,
            current=address,
            older=None,
            page=feed_address(base_url, page, [*rule, *spoken]),
            updated=told[0].updated if told else BEFORE_EVERYTHING,
            entries=told[:ENTRIES],
        )
    )


def _about(rule: Rule) -> ChangeFilter:
    return ChangeFilter(about=[(ObjectKind.COUNTING_RULE, rule.id)])


def _of_service(ctx: Context, feed: FigureFeed, writing: Writing) -> list[FeedEntry]:
    """Return an entry a month, from the first in which there was something to count."""
    ends = ends_of_months(ctx.today(), MONTHS + 1)
    name = f"{feed.rule.id}@{feed.rule.version}"
    entries = []
    for last, first in pairwise(ends):
        found = reuse_changes(
            ctx, str(feed.service_id), first=first, last=last, rule=name,
            known_first=dates.end_of_day(first), known_last=dates.end_of_day(last),
        )  # fmt: skip
        total = found.total
        content = {
            "service": feed.service_id,
            "name": feed.service_name,
            **_figure(total.after, last),
            "before": _figure(total.before, first),
            "causes": [
                {"cause": str(one.cause), "numerator": one.numerator, "denominator": one.denominator}
                for one in total.causes
            ],
        }
        entries.append(_entry(feed, last, content, [], writing))
        if not total.before.numerator:
            break
    return entries


def _of_all(ctx: Context, feed: FigureFeed, writing: Writing) -> list[FeedEntry]:
    """Return an entry of the last month, with the services whose figure moved most."""
    last, first = ends_of_months(ctx.today(), 2)
    now, before = (
        reuse_overview(
            ctx, rule=f"{feed.rule.id}@{feed.rule.version}", as_of=day, known_at=dates.end_of_day(day)
        )
        for day in (last, first)
    )
    content = {**_figure(now.total, last), "before": _figure(before.total, first)}
    return [_entry(feed, last, content, _moved(before, now, writing), writing)]


def _moved(before: ReuseOverview, now: ReuseOverview, writing: Writing) -> list[str]:
    earlier = {row.service_id: row.figure.numerator or 0 for row in before.rows}
    moved = [
        (row.name, earlier[row.service_id], row.figure.numerator or 0, row.figure.denominator or 0)
        for row in now.rows
        if row.service_id in earlier and (row.figure.numerator or 0) != earlier[row.service_id]
    ]
    moved.sort(key=lambda one: (-abs(one[2] - one[1]), one[0]))
    return [feed_titles.moved_figure(*one, writing.translate) for one in moved[:MAX_MOVED]]


def _figure(figure: Figure, as_of: date) -> dict[str, Any]:
    return {
        "rate": figure.rate,
        "numerator": figure.numerator,
        "denominator": figure.denominator,
        "as_of": as_of.isoformat(),
    }


def _entry(
    feed: FigureFeed, month: date, content: dict[str, Any], lines: Sequence[str], writing: Writing
) -> FeedEntry:
    rule = f"{feed.rule.id}@{feed.rule.version}"
    known_at = dates.end_of_day(month).isoformat().replace("+00:00", "Z")
    titles = {"title_de": feed.rule.title_de, "title_en": feed.rule.title_en}
    said = word(
        _Told({"rule": rule, "known_at": known_at, **titles, **content}), writing.translate, writing.base_url
    )
    return FeedEntry(
        id=tag_uri(writing.base_url, f"figure/{rule}/{feed.service_id or 'all'}/{month:%Y-%m}"),
        title=said.title,
        address=said.address,
        html=html_of([*said.lines, *lines]),
        updated=_told_at(month),
        category=str(MessageKind.FIGURE_MONTHLY),
    )


@dataclass(frozen=True, slots=True)
class _Told:
    """A month's figure as ``notify.wording`` takes it."""

    content: dict[str, Any]
    kind: str = MessageKind.FIGURE_MONTHLY
    object_id: str = ""
