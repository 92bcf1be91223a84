"""A letter: what a mail says, before it is a mail, and its two bodies of plain text and HTML."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from textwrap import fill

WIDTH = 76
_STYLE = "font-family:sans-serif;line-height:1.5;max-width:40em"


@dataclass(frozen=True, slots=True)
class Link:
    """An address on the marketplace's own host, and what it is called."""

    label: str
    address: str


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a letter; ``is_section`` makes its heading the greater one."""

    heading: str | None = None
    paragraphs: Sequence[str] = ()
    links: Sequence[Link] = ()
    is_section: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says, each text plain and on one line; ``one_click`` ends what it is about (RFC 8058)."""

    language: str
    subject: str
    parts: Sequence[Part]
    footer: Part
    one_click: str | None = None


def text_of(letter: Letter) -> str:
    """Return the letter as plain text."""
    written = [_text_part(part) for part in letter.parts]
    return "\n\n".join([*written, "-- \n" + _text_part(letter.footer)]) + "\n"


def _text_part(part: Part) -> str:
    blocks = []
    if part.heading:
        mark = "=" if part.is_section else "-"
        blocks.append(f"{_filled(part.heading)}\n{mark * min(len(part.heading), WIDTH)}")
    blocks += [_filled(one) for one in part.paragraphs]
    blocks += [f"{_filled(link.label + ':')}\n{link.address}" for link in part.links]
    return "\n\n".join(blocks)


def _filled(text: str) -> str:
    return fill(text, WIDTH, break_long_words=False, break_on_hyphens=False)


def html_of(letter: Letter) -> str:
    """Return the letter as HTML that loads nothing: no image, no style sheet, nothing that tells it was read."""
    parts = "\n".join(_html_part(part) for part in letter.parts)
    return (
        f'<!doctype html>\n<html lang="{escape(letter.language)}">\n<head><meta charset="utf-8">'
        f"<title>{escape(letter.subject)}</title></head>\n"
        f'<body style="{_STYLE}">\n{parts}\n<hr>\n{_html_part(letter.footer)}\n</body>\n</html>\n'
    )


def _html_part(part: Part) -> str:
    lines = []
    if part.heading:
        level = "h1" if part.is_section else "h2"
        lines.append(f"<{level}>{escape(part.heading)}</{level}>")
    lines += [f"<p>{escape(one)}</p>" for one in part.paragraphs]
    lines += [f'<p><a href="{escape(one.address)}">{escape(one.label)}</a></p>' for one in part.links]
    return "\n".join(lines)
