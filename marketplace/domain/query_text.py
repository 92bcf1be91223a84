"""What is typed into a search, read in one way for pages, feeds, the API and saved searches."""

import re
import unicodedata

from marketplace.errors import InvalidInput

LONGEST_QUERY = 1_000
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")


def read_query(text: str, field: str = "q") -> str:
    """Return a query from an address as it is searched (``as_searched``).

    Raises:
        InvalidInput: too long; with NUL or lone surrogates, which no database keeps.
    """
    if _NO_TEXT.search(text):
        raise InvalidInput.one(field, "characters", "must not contain NUL or lone surrogates")
    return as_searched(text, field)


def as_searched(text: str, field: str = "q") -> str:
    """Return a query without what pasted text brings along.

    Control characters are blanks, invisible marks (soft hyphens, marks of direction) are nothing, and blanks collapse.

    Raises:
        InvalidInput: more than 1,000 characters as typed.
    """
    if len(text) > LONGEST_QUERY:
        raise InvalidInput.one(
            field, "length", f"has {len(text)} characters, at most {LONGEST_QUERY} are allowed"
        )
    return " ".join("".join(map(_seen, text)).split())


def _seen(mark: str) -> str:
    category = unicodedata.category(mark)
    if category == "Cc":
        return " "
    return "" if category == "Cf" else mark
