"""What somebody says about their inbox: which messages they have read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marketplace.domain.field_reader import FieldReader
from marketplace.errors import FieldError, InvalidInput

MARKING_FIELDS = ("ids", "until_position")
MAX_MARKED = 200
"""So many messages are marked at once by their ids."""
MAX_NUMBER = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Marking:
    """Messages to mark as read: some by their ids, or all that tell of no change after ``until_position``."""

    ids: tuple[int, ...] = ()
    until_position: int | None = None


@dataclass(frozen=True, slots=True)
class MarkedRead:
    """How many messages were marked, and how many are unread now (counted up to a limit)."""

    marked: int
    unread: int


def read_marking(fields: Mapping[str, Any]) -> Marking:
    """Read ``ids`` or ``until_position``.

    Raises:
        InvalidInput: neither or both, unknown fields, no whole numbers from 1, too many.
    """
    errors: list[FieldError] = []
    reader = FieldReader(fields, errors)
    reader.only(MARKING_FIELDS)
    given = [name for name in MARKING_FIELDS if fields.get(name) is not None]
    if len(given) != 1:
        rule = "contradiction" if given else "required"
        reader.refuse("ids", rule, "give either ids or until_position")
        raise InvalidInput(errors)
    if given == ["until_position"]:
        position = _number(reader, "until_position", fields["until_position"], low=0)
        if errors:
            raise InvalidInput(errors)
        return Marking(until_position=position)
    ids = _ids(reader, fields["ids"])
    if errors:
        raise InvalidInput(errors)
    return Marking(ids=tuple(dict.fromkeys(ids)))


def _ids(reader: FieldReader, given: object) -> list[int]:
    if not isinstance(given, list | tuple):
        reader.refuse("ids", "type", "must be a list of whole numbers")
        return []
    if not 1 <= len(given) <= MAX_MARKED:
        reader.refuse("ids", "length", f"must have 1 to {MAX_MARKED} items")
        return []
    return [_number(reader, f"ids.{place}", one, low=1) for place, one in enumerate(given)]


def _number(reader: FieldReader, name: str, value: object, low: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        reader.refuse(name, "type", "must be a whole number")
    elif not low <= value <= MAX_NUMBER:
        reader.refuse(name, "range", f"must be {low} to {MAX_NUMBER}")
    else:
        return value
    return 0
