"""Feeds that belong to pages: what changed, for feed readers, without any address of whoever reads."""

from collections.abc import Callable, Sequence
from datetime import datetime
from http import HTTPStatus

from flask import Response, request

from marketplace.actions import feed_subjects as subjects
from marketplace.actions.feeds import ChangedField, FeedAt, document_of, head_of
from marketplace.actions.figure_feed import figure_document, figure_feed
from marketplace.domain.access import Action
from marketplace.domain.service import Service
from marketplace.errors import InvalidInput
from marketplace.http import context, needs
from marketplace.web import queries
from marketplace.web.blueprint import web
from marketplace.web.entry_difference import differences
from marketplace.web.entry_pages import entry_choices, fields_of
from marketplace.web.language import language
from marketplace.web.search import search_filters

CONTENT_TYPE = "application/atom+xml; charset=utf-8"
_MAX_DIGITS = 18


@web.get("/dienste.atom")
@needs(Action.READ_PUBLIC)
def feed_of_services() -> Response:
    """Tell of new and changed entries of the list, under its filters."""
    names = ("kind", "lead_state", "theme_field")
    return _answer(subjects.list_feed(*(queries.texts_of(name) for name in names)))


@web.get("/suche.atom")
@needs(Action.READ_PUBLIC)
def feed_of_search() -> Response:
    """Tell of new and changed entries that a search finds."""
    return _answer(
        subjects.search_feed(
            queries.words_of("q"),
            queries.text_of("in") or "services",
            search_filters(),
            region=queries.text_of("region") or None,
            live_here=queries.truth_of("live_here"),
            verbatim=queries.truth_of("verbatim"),
        )
    )


@web.get("/quoten.atom")
@needs(Action.READ_PUBLIC)
def feed_of_figures() -> Response:
    """Tell what the followers of a figure are told: month by month, or when it crosses a threshold."""
    given = {name: queries.text_of(name) or None for name in ("rule", "service", "state", "unit")}
    threshold = queries.share_of("threshold", 0) if queries.text_of("threshold") else None
    wanted = {**given, "threshold": threshold, "monthly": queries.truth_of("monthly")}
    found = figure_feed(context(), wanted, language())
    return _conditional(found.tag, found.last_modified, lambda: figure_document(context(), found, _compared))


def _add(page: str) -> None:
    """Add the feeds beside the pages at a path: of one object each, and of all of them."""

    @needs(Action.READ_PUBLIC)
    def about(key: str) -> Response:
        return _answer(subjects.feed_about(page, key))

    @needs(Action.READ_PUBLIC)
    def of_all() -> Response:
        return _answer(subjects.feed_of_all(page))

    name = page.removeprefix("/")
    if page in subjects.ABOUT:
        web.add_url_rule(f"{page}/<key>.atom", f"feed_about_{name}", about)
    if page in subjects.OF_ALL:
        web.add_url_rule(f"{page}.atom", f"feed_of_{name}", of_all)


for _page in {**subjects.ABOUT, **subjects.OF_ALL}:
    _add(_page)


def _answer(feed: FeedAt) -> Response:
    """Answer with a document of a feed; who holds it costs no writing of it."""
    head = head_of(context(), feed, language(), _before())
    return _conditional(head.tag, head.last_modified, lambda: document_of(context(), head, _compared))


def _conditional(tag: str, last_modified: datetime | None, write: Callable[[], bytes]) -> Response:
    response = Response(content_type=CONTENT_TYPE)
    response.set_etag(tag)
    if last_modified is not None:
        response.last_modified = last_modified
    response.headers["Vary"] = "Cookie"
    response.headers["Cache-Control"] = "no-cache"
    response.make_conditional(request)
    if response.status_code == HTTPStatus.OK:
        response.set_data(write())
    return response


def _before() -> int | None:
    """Read before which position the entries of an archive stand."""
    text = request.args.get("before", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS) or int(text) < 1:
        raise InvalidInput.one("before", "integer", "must be the position of a change")
    return int(text)


def _compared(before: Service | None, after: Service) -> Sequence[ChangedField]:
    """Say in the words of the pages in which fields two versions of an entry differ."""
    old = None if before is None else fields_of(before)
    return [ChangedField(one.label, one.words) for one in differences(old, fields_of(after), entry_choices())]
