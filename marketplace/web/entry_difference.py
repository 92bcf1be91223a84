"""The fields of an entry as people read them, and what differs between two versions of it, the words marked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from marketplace.domain.service_difference import Mark, marked_words
from marketplace.formats import grouped_key, partial_day
from marketplace.web.entry_choices import Choices
from marketplace.web.entry_conflict import NAMES, Entry
from marketplace.web.entry_fields import FIELDS, GROUPS, Field, Widget
from marketplace.web.entry_words import label_of
from marketplace.web.filters import locale


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that says something else: both values in words, and their words in reading order, marked."""

    field: str
    label: str
    old: str
    new: str
    words: Sequence[tuple[Mark, str]]


def differences(old: Entry | None, new: Entry, choices: Choices) -> list[Difference]:
    """Return the fields in which two versions differ, in the order of the form; None: there was none before."""
    before = old or {}
    found = []
    for name in NAMES:
        if (before.get(name) or None) == (new.get(name) or None):
            continue
        was, now = readable(name, before.get(name), choices), readable(name, new.get(name), choices)
        found.append(Difference(name, label_of(name), was, now, marked_words(was, now)))
    return found


def readable(name: str, value: Any, choices: Choices) -> str:
    """Return a field's value in words: one line for each item of a list, "" where it is unknown."""
    if not value:
        return ""
    if name == "sources":
        items = [{"about": about, **one} for about, found in value.items() for one in found]
    elif name in GROUPS:
        items = value
    else:
        return _text(FIELDS[name], value, choices)
    return "\n\n".join(_item(name, item, choices) for item in items)


def _item(group: str, item: Mapping[str, Any], choices: Choices) -> str:
    return "\n".join(
        f"{field.label}: {_text(field, item[field.name], choices)}"
        for field in GROUPS[group].fields
        if item.get(field.name)
    )


def _text(field: Field, value: Any, choices: Choices) -> str:
    if field.widget is Widget.FLAG:
        return str(_("ja"))
    if field.name == "maturity":
        value = f"{value['model']}:{value['level']}"
    if isinstance(value, list):
        return "\n".join(_one(field, one, choices) for one in value)
    return _one(field, str(value), choices)


def _one(field: Field, value: str, choices: Choices) -> str:
    if field.choices:
        return choices[field.choices].get(value, value)
    if field.widget is Widget.DAY:
        return partial_day(value, locale())
    return grouped_key(value) if field.name == "leika_keys" else value
