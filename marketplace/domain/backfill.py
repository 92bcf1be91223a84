"""What an operator's backfill brings of its own: when an event was recorded elsewhere, and in whose name."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from marketplace.domain.adoption import AssertedBy
from marketplace.domain.dates import parse_known_at, today
from marketplace.domain.field_reader import FieldReader
from marketplace.errors import FieldError, InvalidInput

FIELDS = ("recorded_at", "asserted_by")
_FORM = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2}))?"
)


@dataclass(frozen=True, slots=True)
class Brought:
    """When an event became known where it was recorded first (UTC), and in whose name it speaks.

    ``day`` is set where only the day of the recording was given.
    """

    recorded_at: datetime
    asserted_by: AssertedBy
    day: date | None = None

    def was_at(self, instant: datetime) -> bool:
        """Tell whether an event recorded at an instant was recorded when this says: then, or on that day in Germany."""
        return self.recorded_at == instant or (self.day is not None and today(instant) == self.day)


def read_brought(raw: Mapping[str, Any], now: datetime) -> Brought:
    """Read ``recorded_at`` (a date means its end in Germany; from ``dates.EARLIEST``, never in the future) and ``asserted_by``.

    Raises:
        InvalidInput: naming every field that breaks a rule.
    """
    errors: list[FieldError] = []
    reader = FieldReader(raw, errors)
    text = reader.text("recorded_at", 40, required=True)
    who = reader.one_of("asserted_by", AssertedBy, required=True)
    instant = _instant(text, now, reader) if text else None
    if errors or text is None or instant is None or who is None:
        raise InvalidInput(errors)
    return Brought(instant, who, date.fromisoformat(text) if len(text) == len("2026-03-31") else None)


def _instant(text: str, now: datetime, reader: FieldReader) -> datetime | None:
    if not _FORM.fullmatch(text):
        reader.refuse("recorded_at", "format", "must be a date, or an instant as 2026-03-31T12:00:00Z")
        return None
    try:
        return parse_known_at(text, now)
    except ValueError as error:
        reader.refuse("recorded_at", "range", str(error))
        return None
