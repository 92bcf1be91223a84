"""Feeds of figures: what of a figure its followers are told, for everybody: its value of each month, its crossings.

Every value is read as it was known when its month or day ended, so that an entry says for good what it said at first;
what was learnt afterwards stands in the next one, by its cause. New versions of counting rules are told beside.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import blake2b
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from marketplace import __version__
from marketplace.actions.closed_figures import ClosedFigures
from marketplace.actions.context import Context
from marketplace.actions.counting_rules import find_rule, list_rules
from marketplace.actions.feed_texts import Compare, Writing, entries_of
from marketplace.actions.feeds import BEFORE_EVERYTHING, ENTRIES, NAME, feed_address
from marketplace.actions.figure_facts import facts_of
from marketplace.actions.figure_notes import rule_name
from marketplace.actions.followed_objects import FigureNames, broken_state, figure_names
from marketplace.actions.kept import Kept
from marketplace.actions.questions import DEFAULT_RULE, Question
from marketplace.domain import dates
from marketplace.domain.change import MessageKind, ObjectKind
from marketplace.domain.followed import FollowedKind
from marketplace.domain.followed_detail import canonical_detail, threshold_text
from marketplace.domain.followed_figures import FigureNews, FollowedFigure, crossings
from marketplace.domain.months import ends_of_months
from marketplace.domain.revision import was_published
from marketplace.domain.rule import Rule
from marketplace.errors import FieldError, InvalidInput, NotFound
from marketplace.notify import feed_titles
from marketplace.notify.atom_feed import Feed, FeedEntry, tag_uri, write_atom
from marketplace.notify.catalogues import translator
from marketplace.notify.feed_text import html_of
from marketplace.notify.wording import word
from marketplace.store import change_feeds, services
from marketplace.store.change_feeds import ChangeFilter
from marketplace.store.marks import marks_and_changes

MONTHS, MONTHS_OF_ALL = 12, 1
"""So many months the feed of one service tells of, and that of all services: each of theirs is read many times over."""
DAYS = 7
"""Crossings are told of so many days: of each day once it is over, so that who asks once a week misses none."""
KEPT_DOCUMENTS = 64
MAX_MOVED = 20
"""So many services whose figure moved are named."""
_documents: Kept[bytes] = Kept(KEPT_DOCUMENTS)


@dataclass(frozen=True, slots=True)
class FigureFeed:
    """A feed of a figure by the newest version of its rule. ``entries``: see ``ClosedFigures``."""

    figure: FollowedFigure
    rule: Rule
    names: FigureNames
    language: str
    today: date
    entries: int
    tag: str
    last_modified: datetime

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """The parameters of its address."""
        figure = self.figure
        given = {
            "rule": figure.rule if figure.rule != DEFAULT_RULE else None,
            "service": figure.service,
            "state": figure.state,
            "unit": figure.unit if figure.unit != self.rule.units[0] else None,
            "threshold": None if figure.threshold is None else threshold_text(figure.threshold),
            "monthly": "true" if figure.monthly and figure.threshold is not None else None,
        }
        return [(name, value) for name, value in given.items() if value]


def figure_feed(ctx: Context, given: Mapping[str, Any], language: str) -> FigureFeed:
    """Return what is known of the feed of a figure without reading the figure.

    ``given`` is as the detail of a subscription; its rule may be left out or name a version: the newest is followed.
    Without a threshold the months are told.

    Raises:
        InvalidInput: there is no such rule, unit, state or threshold.
        NotFound: there is no such entry that was published.
    """
    with ctx.database.reading() as session:
        figure, rule = _asked(ctx, session, given)
        if figure.service is not None:
            _require_published(session, figure.service)
        names = figure_names(ctx, session, asdict(figure))
    month = ends_of_months(ctx.today(), 1)[0]
    # The figures of all services are those of the entries that are published now.
    _, entries, *positions = marks_and_changes(ctx.database)
    told_until = month if figure.threshold is None else ctx.today() - timedelta(days=1)
    said = repr(
        (__version__, ctx.settings.base_url, figure, rule.version, names, language, told_until, positions,
         None if figure.service else entries)
    )  # fmt: skip
    tag = blake2b(said.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    published = (one.published_at for one in list_rules(ctx) if one.published_at is not None)
    last_modified = max([_told_at(told_until), *published])
    return FigureFeed(figure, rule, names, language, ctx.today(), entries, tag, last_modified)


def figure_document(ctx: Context, feed: FigureFeed, compare: Compare) -> bytes:
    """Return the feed of a figure as XML."""
    return _documents.get(ctx.database.engine, feed.tag, lambda: _write(ctx, feed, compare))


def _asked(ctx: Context, session: Session, given: Mapping[str, Any]) -> tuple[FollowedFigure, Rule]:
    question = Question.read(
        ctx, by="state", rule=given.get("rule") or DEFAULT_RULE, unit=given.get("unit"), as_of=None, known_at=None
    )  # fmt: skip
    rule = find_rule(ctx, question.rule.id) or question.rule
    errors: list[FieldError] = []
    named = {**given, "rule": rule.id, "unit": str(question.unit)}
    detail = canonical_detail(FollowedKind.FIGURE, named, errors) or {}
    errors = [replace(one, field=one.field.removeprefix("detail.")) for one in errors]
    if errors := errors or broken_state(session, rule, detail["state"]):
        raise InvalidInput(errors)
    figure = FollowedFigure.of(detail)
    return replace(figure, monthly=figure.monthly or figure.threshold is None), rule


def _require_published(session: Session, service_id: str) -> None:
    service = services.load(session, [service_id]).get(service_id)
    if service is None or not was_published(service):
        raise NotFound("service", service_id)


def _told_at(day: date) -> datetime:
    """Return when a day's figure is told: the instant at which the next day begins in Germany."""
    return dates.end_of_day(day) + timedelta(microseconds=1)


def _write(ctx: Context, feed: FigureFeed, compare: Compare) -> bytes:
    base_url, figure = ctx.settings.base_url, feed.figure
    writing = Writing(translator(feed.language), base_url, compare)
    last = marks_and_changes(ctx.database)[-1]
    rules = ChangeFilter(rules=True)
    if figure.service is not None:
        rules = ChangeFilter(about=[(ObjectKind.COUNTING_RULE, feed.rule.id)])
    with ctx.database.reading() as session:
        closed = ClosedFigures(ctx, session, figure, rule_name(feed.rule), feed.entries)
        told = [_entry(feed, one, closed, writing) for one in _news(feed, closed)]
        published = change_feeds.page(session, rules, last + 1, ENTRIES)
        told += entries_of(session, [one.position for one in published], writing)
    told.sort(key=lambda entry: entry.updated, reverse=True)
    spoken = [("lang", feed.language)] if feed.language != "de" else []
    address = feed_address(base_url, "/quoten.atom", [*feed.parameters, *spoken])
    page = "/quoten" if figure.service is None else f"/dienste/{figure.service}"
    rule = [("rule", feed.rule.id)] if feed.rule.id != DEFAULT_RULE else []
    title = feed.names.title_en if feed.language == "en" else feed.names.title_de
    further = urlencode([one for one in feed.parameters if one[0] not in ("rule", "service")])
    named = f"rule={feed.rule.id}&service={figure.service or ''}" + (f"&{further}" if further else "")
    return write_atom(
        Feed(
            id=tag_uri(base_url, f"feed/quoten.atom?{named}"),
            title=feed_titles.of_figures(
                title, feed.names.service or "", feed.names.state or "", figure.threshold, writing.translate
            ),
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


def _news(feed: FigureFeed, closed: ClosedFigures) -> Iterator[FigureNews]:
    if feed.figure.threshold is not None:
        days = [feed.today - timedelta(days=number) for number in range(DAYS + 1, 0, -1)]
        yield from crossings(feed.figure, [closed.value(day) for day in days])
    if feed.figure.monthly:
        yield from _months(feed, closed)


def _months(feed: FigureFeed, closed: ClosedFigures) -> Iterator[FigureNews]:
    """Yield the figure of each month, from the first in which there was something to count."""
    count = MONTHS if feed.figure.service else MONTHS_OF_ALL
    for last, first in pairwise(ends_of_months(feed.today, count + 1)):
        now, before = closed.value(last), closed.value(first)
        yield FigureNews(MessageKind.FIGURE_MONTHLY, now, before)
        if not before.numerator:
            break


def _entry(feed: FigureFeed, one: FigureNews, closed: ClosedFigures, writing: Writing) -> FeedEntry:
    told = _Told(one.kind, facts_of(feed.figure, feed.names, one, closed.causes))
    said = word(told, writing.translate, writing.base_url)
    lines = list(said.lines)
    if feed.figure.service is None and one.before is not None:
        moved = closed.moved(one.before, one.value)[:MAX_MOVED]
        lines += [feed_titles.moved_figure(*service, writing.translate) for service in moved]
    return FeedEntry(
        id=tag_uri(writing.base_url, "/".join(["figure", *_name_parts(feed, one)])),
        title=said.title,
        address=said.address,
        html=html_of(lines),
        updated=_told_at(one.value.as_of),
        category=str(one.kind),
    )


def _name_parts(feed: FigureFeed, one: FigureNews) -> Iterator[str]:
    """Yield what an entry is known by, for good."""
    yield rule_name(feed.rule)
    yield feed.figure.service or "all"
    if feed.figure.state is not None:
        yield feed.figure.state
    if feed.figure.unit != feed.rule.units[0]:
        yield feed.figure.unit
    if one.kind is MessageKind.FIGURE_CROSSED and feed.figure.threshold is not None:
        yield f"crossed/{threshold_text(feed.figure.threshold)}/{one.value.as_of.isoformat()}"
    else:
        yield f"{one.value.as_of:%Y-%m}"


@dataclass(frozen=True, slots=True)
class _Told:
    """What is news of a figure, as ``notify.wording`` takes it."""

    kind: MessageKind
    content: dict[str, Any]
    object_id: str = ""
