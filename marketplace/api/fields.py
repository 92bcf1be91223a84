"""Strict fields for parameters. A message is ``rule: text``; ``parsing`` splits it into a field error.

marshmallow itself takes ``1_000`` and 1.5 for integers, ``2024-W01-1`` for a date and NUL in texts.
"""

import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from marshmallow import ValidationError, fields, validate

from marketplace.actions.paging import DEFAULT_PAGE_SIZE, MAX_PAGE, MAX_PAGE_SIZE

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"[0-9](\.[0-9]{1,6})?")
_DATE_FORM = r"(199[0-9]|20[0-9]{2})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_DATE = re.compile(_DATE_FORM)
_TIME_FORM = r"(T[0-2][0-9]:[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?(Z|[+-][0-2][0-9]:[0-5][0-9]))?"
_KNOWN_AT_FORM = _DATE_FORM + _TIME_FORM
# Of any year: that one lies too far back or ahead is said in other words than that it is no date.
_KNOWN_AT = re.compile(rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}{_TIME_FORM}")
_SURROGATE = re.compile("[\ud800-\udfff]")
MAX_TEXT = 300
MAX_SEVERAL = 50
NUL = "\x00"


class WholeNumber(fields.Integer):
    """An integer in plain digits between two bounds."""

    def __init__(self, low: int, high: int, **kwargs: Any) -> None:
        super().__init__(validate=validate.Range(low, high, error="range: must be {min} to {max}"), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any) -> int:
        del attr, data
        if not isinstance(value, str) or not _INTEGER.fullmatch(value):
            raise ValidationError("type: must be a whole number in plain digits")
        return int(value)


class Share(fields.Float):
    """A share above 0 and at most 1, written with a decimal point."""

    def __init__(self, **kwargs: Any) -> None:
        limits = validate.Range(0, 1, min_inclusive=False, error="range: must be above 0, at most 1")
        super().__init__(validate=limits, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any) -> float:
        del attr, data
        if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
            raise ValidationError("type: must be a number such as 0.2")
        return float(value)


class Day(fields.Date):
    """A date as YYYY-MM-DD between 1990 and 2099."""

    def __init__(self, **kwargs: Any) -> None:
        metadata = {"pattern": f"^{_DATE_FORM}$", **kwargs.pop("metadata", {})}
        super().__init__(metadata=metadata, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any) -> date:
        del attr, data
        if isinstance(value, str) and _DATE.fullmatch(value):
            try:
                return date.fromisoformat(value)
            except ValueError as error:
                raise ValidationError("type: is no day of the calendar") from error
        raise ValidationError("type: must be a date as YYYY-MM-DD from 1990 to 2099")


class KnownAt(fields.String):
    """A date, or an instant with offset; the view judges it by its clock."""

    def __init__(self, **kwargs: Any) -> None:
        metadata = {"pattern": f"^{_KNOWN_AT_FORM}$", **kwargs.pop("metadata", {})}
        super().__init__(metadata=metadata, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any) -> str:
        del attr, data
        if isinstance(value, str) and _KNOWN_AT.fullmatch(value):
            return value
        raise ValidationError("type: must be a date, or an instant as 2026-03-31T12:00:00Z")


class Truth(fields.Boolean):
    """``true`` or ``false``, nothing else."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any) -> bool:
        del attr, data
        if value not in ("true", "false"):
            raise ValidationError("type: must be true or false")
        return bool(value == "true")


class Text(fields.String):
    """A text of limited length that every database can keep."""

    def __init__(self, low: int = 1, high: int = MAX_TEXT, **kwargs: Any) -> None:
        limits = validate.Length(low, high, error="length: must have {min} to {max} characters")
        super().__init__(validate=limits, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any) -> str:
        del attr, data
        if not isinstance(value, str):
            raise ValidationError("type: must be a text")
        if refusal := text_refusal(value):
            raise ValidationError(f"characters: {refusal}")
        return value


class Choice(fields.String):
    """One of a few words."""

    def __init__(self, choices: type[StrEnum] | tuple[str, ...], **kwargs: Any) -> None:
        words = tuple(str(choice) for choice in choices)
        super().__init__(
            validate=validate.OneOf(words, error=f"choice: must be one of {', '.join(words)}"), **kwargs
        )


class Several(fields.List[Any]):
    """A parameter that may be given more than once."""

    def __init__(self, inner: fields.Field[Any], **kwargs: Any) -> None:
        limits = validate.Length(max=MAX_SEVERAL, error="length: may be given {max} times at most")
        super().__init__(inner, validate=limits, **kwargs)


def text_refusal(text: str) -> str | None:
    """Return why a text cannot be kept, None when it can: NUL and lone surrogates are no characters."""
    if NUL in text:
        return "must not contain NUL"
    if _SURROGATE.search(text):
        return "must not contain lone surrogates"
    return None


def page_number() -> WholeNumber:
    """Return the field ``page``."""
    return WholeNumber(1, MAX_PAGE, load_default=1, metadata={"description": "Which page, from 1"})


def page_size() -> WholeNumber:
    """Return the field ``page_size``."""
    return WholeNumber(
        1, MAX_PAGE_SIZE, load_default=DEFAULT_PAGE_SIZE, metadata={"description": "How many items on a page"}
    )
