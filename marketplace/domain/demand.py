"""What people miss: a need that somebody reported, and what a query that found nothing may leave behind.

No text and no person stands in a need. A query's text is kept only when it was asked three times; until then a keyed
digest stands for it. A query that looks like personal data is not kept in any form.
"""

import hmac
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from marketplace.domain.catalogue import OBJECT_DIGITS
from marketplace.domain.field_reader import FieldReader
from marketplace.errors import FieldError, InvalidInput

NEED_FIELDS = ("theme_field", "region", "object")
MAX_ID = 80
MAX_REGION = 40
MAX_KEY = 30
LONGEST_MISS = 200
"""Longer queries (in characters) are not noted: they are no search words."""
TOLD_FROM = 3
"""From which time on the text of a query without result is kept."""
KEPT_DAYS = 90
"""After how many days a query that was not asked often enough to be told is forgotten."""
_LEIKA_KEY_DIGITS = 14
# Telephone numbers, dates of birth, case numbers: six digits, whatever parts them.
_NUMBER = re.compile(r"\d(?:[\s/.,:;()+-]*\d){5}")
_ADDRESS_IN_THE_NET = re.compile(r"@|\(at\)|\[at\]|://|\bwww\b|[^\W_]\.[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True)
class Need:
    """A reported need as written: a theme field, a region as its key, AGS or ARS, a Leistungsobjekt (eight digits)."""

    theme_field: str
    region: str | None
    object_id: str | None


def read_need(fields: Mapping[str, Any]) -> Need:
    """Read a need; whether what it names exists is the catalogue's to say.

    Raises:
        InvalidInput: unknown or missing fields, values without the necessary form.
    """
    errors: list[FieldError] = []
    reader = FieldReader(fields, errors)
    reader.only(NEED_FIELDS)
    theme_field = reader.text("theme_field", MAX_ID, required=True)
    region = reader.text("region", MAX_REGION)
    key = reader.text("object", MAX_KEY)
    object_id = None
    try:
        object_id = None if key is None else read_object(key)
    except InvalidInput as error:
        errors += error.errors
    if errors or theme_field is None:
        raise InvalidInput(errors)
    return Need(theme_field, region, object_id)


def read_object(key: str) -> str:
    """Return the Leistungsobjekt of a key as its eight digits; blanks in the key say nothing.

    Raises:
        InvalidInput: neither eight digits nor a whole LeiKa key.
    """
    digits = "".join(key.split())
    if not (digits.isascii() and digits.isdigit() and len(digits) in (OBJECT_DIGITS, _LEIKA_KEY_DIGITS)):
        raise InvalidInput.one(
            "object", "format", "must be the first 8 digits of a LeiKa key, or a whole one of 14"
        )
    return digits[:OBJECT_DIGITS]


def month_of(day: date) -> date:
    """Return the month in which a need is counted, as its first day."""
    return day.replace(day=1)


def forgotten_before(today: date) -> date:
    """Return the day before which a query must have been asked last to be forgotten, if it never was asked often."""
    return today - timedelta(days=KEPT_DAYS)


def noted_text(query: str) -> str | None:
    """Return a query as it is counted, None where it must not be noted.

    Blanks collapse, case goes, control characters and lone surrogates are taken out. Not noted: what is too long, has
    no letter, or looks like an e-mail address, an address in the net or a number of six digits and more (telephone,
    date of birth, file number).
    """
    if len(query) > 2 * LONGEST_MISS:
        return None
    plain = "".join(_kept(mark) for mark in unicodedata.normalize("NFKC", query))
    text = " ".join(plain.casefold().split())
    if len(text) > LONGEST_MISS or not any(mark.isalpha() for mark in text):
        return None
    return None if _NUMBER.search(text) or _ADDRESS_IN_THE_NET.search(text) else text


def _kept(mark: str) -> str:
    """Line breaks and tabs part words; other control, format and half characters say nothing."""
    if mark.isspace():
        return " "
    return "" if unicodedata.category(mark) in ("Cc", "Cf", "Cs") else mark


def digest_of(text: str, key: str) -> str:
    """Return what stands for a noted text: its HMAC-SHA256 under a secret key, 64 hexadecimal digits (RFC 2104)."""
    return hmac.new(key.encode(), b"search miss\0" + text.encode(), sha256).hexdigest()
