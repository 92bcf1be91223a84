"""What all answers share."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from marshmallow import EXCLUDE, Schema, fields, validate

from marketplace.api.answers import FORMATS
from marketplace.api.fields import Choice, Day, KnownAt, page_number, page_size


class InAnswer(Schema):
    """An answer: every field is always there; unknown is null or empty. Fields may be added in later versions."""

    class Meta:
        """Written into the contract as: further fields are allowed."""

        unknown = EXCLUDE

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Say that the field is always there."""
        del field_name
        field_obj.required = True


class Listed(InAnswer):
    """A page of a list; subclasses add ``items``."""

    total = fields.Integer(metadata={"description": "How many there are in all"})
    page = fields.Integer(metadata={"description": "This page, from 1"})
    page_size = fields.Integer(metadata={"description": "How many items a page holds"})


class PageQuery(Schema):
    """Parameters of every list."""

    page = page_number()
    page_size = page_size()


class TableQuery(PageQuery):
    """Parameters of a list that comes as a table, too."""

    format = Choice(FORMATS, metadata={"description": "json, csv or xlsx; otherwise `Accept` decides"})


class AtTimes(Schema):
    """The two times of what is read from the ledger."""

    as_of = Day(metadata={"description": "The day it was so; today in Germany if left out"})
    known_at = KnownAt(
        metadata={
            "description": "The day or instant we knew it; a day means its end in Germany, left out means now"
        }
    )


def word(choices: type[StrEnum] | tuple[str, ...], text: str = "", *, null: bool = False) -> fields.String:
    """Return a field that is one of a few words."""
    metadata = {"description": text} if text else {}
    return fields.String(
        validate=validate.OneOf([str(c) for c in choices]), allow_none=null or None, metadata=metadata
    )


def nullable(text: str = "", **more: Any) -> fields.String:
    """Return a text that may be unknown (null)."""
    return fields.String(allow_none=True, metadata={"description": text, **more} if text else more)


def day(value: date | None) -> str | None:
    """Write a day."""
    return None if value is None else value.isoformat()


def instant(value: datetime | None) -> str | None:
    """Write an instant in UTC as ``2026-03-31T12:00:00.123456Z``."""
    return None if value is None else value.isoformat().replace("+00:00", "Z")
