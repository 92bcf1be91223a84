"""Reading the parameters of a page's address; what is none is refused by name.

A parameter that a page does not know is ignored, other than in the API: the links of newsletters carry names of their own
(``utm_source``), and who follows one can do nothing about it.
"""

import re
from datetime import date

from flask import request

from marketplace.actions.paging import DEFAULT_PAGE_SIZE, PageRequest
from marketplace.domain import dates
from marketplace.domain.query_text import read_query
from marketplace.errors import InvalidInput

MAX_TEXT = 300
MAX_VALUES = 50
_SHARE = re.compile(r"[0-9](\.[0-9]{1,6})?")


def page_request(name: str = "page", size: int = DEFAULT_PAGE_SIZE) -> PageRequest:
    """Read which page of a list is asked for.

    Raises:
        InvalidInput: not a whole number, or out of range.
    """
    text = _given(name, "1")
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise InvalidInput.one(name, "integer", "must be a whole number")
    return PageRequest(int(text), size)


def text_of(name: str) -> str:
    """Read one line of text, "" where there is none.

    Raises:
        InvalidInput: too long, or with characters that no text has.
    """
    return _checked(name, _given(name).strip())


def words_of(name: str) -> str:
    """Read words to search by, as the API reads them (``domain.query_text``).

    Raises:
        InvalidInput: too long, or with characters that no text has.
    """
    return read_query(_given(name), name)


def truth_of(name: str) -> bool:
    """Read whether something is wanted: ``true``, or ``false`` or nothing.

    Raises:
        InvalidInput: anything else.
    """
    text = _given(name)
    if text not in ("", "true", "false"):
        raise InvalidInput.one(name, "choice", "must be true or false, or be left out")
    return text == "true"


def texts_of(name: str) -> list[str]:
    """Read all values of a filter, each once, empty ones left out.

    Raises:
        InvalidInput: too many, too long, or with characters that no text has.
    """
    values = list(dict.fromkeys(value.strip() for value in request.args.getlist(name) if value.strip()))
    if len(values) > MAX_VALUES:
        raise InvalidInput.one(name, "length", f"at most {MAX_VALUES} values")
    return [_checked(name, value) for value in values]


def day_of(name: str) -> date | None:
    """Read a day (2026-03-31), None where there is none.

    Raises:
        InvalidInput: not a day, or none that the API would take.
    """
    text = _given(name).strip()
    if not text:
        return None
    refusal = InvalidInput.one(name, "date", "must be a day such as 2026-03-31")
    if len(text) != len("2026-03-31") or text[4] != "-":
        raise refusal
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise refusal from error
    if not dates.is_possible(day):
        raise InvalidInput.one(name, "years", f"must lie between {dates.EARLIEST} and {dates.LATEST}")
    return day


def whole_of(name: str, default: int) -> int:
    """Read a whole number.

    Raises:
        InvalidInput: not one.
    """
    text = _given(name).strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise InvalidInput.one(name, "integer", "must be a whole number")
    return int(text)


def share_of(name: str, default: float) -> float:
    """Read a share such as 0.2.

    Raises:
        InvalidInput: not one.
    """
    text = _given(name).strip()
    if not text:
        return default
    if not _SHARE.fullmatch(text):
        raise InvalidInput.one(name, "share", "must be a share such as 0.2")
    return float(text)


def required(name: str) -> InvalidInput:
    """Return the refusal of an address that lacks what it needs."""
    return InvalidInput.one(name, "required", "is needed")


def _given(name: str, default: str = "") -> str:
    """Return what the address says, ``default`` where nothing; which of several is meant nobody knows."""
    values = request.args.getlist(name)
    if len(values) > 1:
        raise InvalidInput.one(name, "repeated", "may be given once only")
    return values[0] if values else default


def _checked(name: str, text: str) -> str:
    if len(text) > MAX_TEXT:
        raise InvalidInput.one(name, "length", f"at most {MAX_TEXT} characters")
    if not text.isprintable():
        raise InvalidInput.one(name, "characters", "control characters are not allowed")
    return text
