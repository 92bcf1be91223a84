"""The text of a feed's entry as HTML: every word that others wrote is escaped, none is a tag."""

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from marketplace.domain.service_difference import Mark

_TAG = {Mark.GONE: "del", Mark.NEW: "ins"}


class ChangedField(NamedTuple):
    """A field that says something else: what it is called, and its words in reading order, marked."""

    label: str
    words: Sequence[tuple[Mark, str]]


def html_of(lines: Sequence[str], fields: Sequence[ChangedField] = (), *, marked: bool = True) -> str:
    """Return lines as paragraphs, then the fields, each under its name; ``marked``: what went and what came is told apart.

    A field's line breaks are kept.
    """
    parts = [f"<p>{escape(line)}</p>" for line in lines]
    for field in fields:
        words = "".join(_run(mark, text, marked=marked) for mark, text in field.words)
        parts.append(f"<h2>{escape(field.label)}</h2>\n<p>{words}</p>")
    return "\n".join(parts)


def _run(mark: Mark, text: str, *, marked: bool) -> str:
    safe = "<br>\n".join(escape(text).split("\n"))
    tag = _TAG.get(mark) if marked else None
    return f"<{tag}>{safe}</{tag}>" if tag else safe
