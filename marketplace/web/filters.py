"""What the templates may call: formats in the page's language, labels, links."""

from datetime import date, datetime
from enum import StrEnum

from babel import Locale
from flask import Flask
from flask_babel import get_locale

from marketplace import formats
from marketplace.domain.query_text import LONGEST_QUERY
from marketplace.web import feed_links, labels, links, my_region, refusals, region_words
from marketplace.web.blueprint import asset
from marketplace.web.standings import is_unconfirmed


def locale() -> Locale:
    """Return the locale of the page being written."""
    return get_locale() or Locale("de")


def _number(value: float | None) -> str:
    return formats.number(value, locale())


def _signed(value: int) -> str:
    return formats.signed(value, locale())


def _percent(share: float | None) -> str:
    return formats.percent(share, locale())


def _day(value: date | str | None) -> str:
    if isinstance(value, datetime):
        return formats.instant(value, locale())
    return formats.partial_day(value, locale()) if isinstance(value, str) else formats.day(value, locale())


def _month(value: date | None) -> str:
    return formats.month(value, locale())


def _clock(value: datetime) -> str:
    return formats.clock(value, locale())


def _label(value: StrEnum | str) -> str:
    return labels.label(value) if isinstance(value, StrEnum) else value


def register_filters(app: Flask) -> None:
    """Give the templates their filters and functions."""
    app.jinja_env.filters.update(
        number=_number, signed=_signed, percent=_percent, day=_day, month=_month, clock=_clock, label=_label, leika=formats.grouped_key,
        size_class=labels.size_class_label, region_word=region_words.region_word,
        key_kind=region_words.key_kind,
    )  # fmt: skip
    app.jinja_env.tests["unconfirmed"] = is_unconfirmed
    app.jinja_env.globals.update(
        asset=asset, here=links.here, toggled=links.toggled, asked_from=links.asked_from, absolute=links.absolute, with_query=links.with_query,
        status_here=my_region.status_here, page_feeds=feed_links.page_feeds,
        facet_labels=labels.FACETS, class_labels=labels.CLASSES, class_meanings=labels.CLASS_MEANINGS,
        fact_labels=labels.FACTS, organisation_kinds=labels.ORGANISATION_KINDS, type_labels=labels.TYPES,
        kind_labels=labels.KINDS, stage_labels=labels.STAGES, group_label=labels.group_label,
        longest_query=LONGEST_QUERY, parameter_labels=refusals.PARAMETERS, broken_rules=refusals.BROKEN_RULES,
    )  # fmt: skip
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
