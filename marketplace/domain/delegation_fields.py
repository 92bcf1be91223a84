"""What a submitted delegation must look like, before anything is looked up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from marketplace.domain.event_rules import EARLIEST, FURTHEST_AHEAD
from marketplace.domain.field_reader import SLUG, FieldReader
from marketplace.errors import FieldError, InvalidInput

FIELDS = ("authority_key", "below", "organisation_id", "service_ids", "valid_from", "valid_to", "note")
MAX_SERVICES = 200
_FURTHEST_END = FURTHEST_AHEAD * 2


@dataclass(frozen=True, slots=True)
class DelegationDraft:
    """A submitted delegation whose fields hold by themselves; ``service_ids`` None: for all services."""

    authority_key: str
    below: bool
    organisation_id: str
    service_ids: tuple[str, ...] | None
    valid_from: date
    valid_to: date | None
    note: str | None


def read_delegation(raw: Mapping[str, Any], today: date) -> DelegationDraft:
    """Read a submitted delegation; it begins today where no day is named, and ends at the latest in ten years.

    Raises:
        InvalidInput: naming every field that breaks a rule.
    """
    errors: list[FieldError] = []
    reader = FieldReader(raw, errors)
    reader.only(FIELDS)
    authority_key = reader.text("authority_key", 80, required=True)
    organisation_id = reader.text("organisation_id", 80, required=True)
    below = reader.flag("below")
    service_ids = None
    if raw.get("service_ids") is not None:
        service_ids = tuple(sorted(reader.keys("service_ids", SLUG, "the id of a service", MAX_SERVICES)))
        if raw["service_ids"] == []:
            reader.refuse("service_ids", "length", "names no service: leave it out for all services")
    valid_from, valid_to = reader.day("valid_from") or today, reader.day("valid_to")
    if not EARLIEST <= valid_from <= today + FURTHEST_AHEAD:
        reader.refuse("valid_from", "range", f"must lie between {EARLIEST} and {today + FURTHEST_AHEAD}")
    if valid_to is not None:
        if valid_to <= valid_from:
            reader.refuse("valid_to", "order", "must lie after the first day")
        elif not today < valid_to <= today + _FURTHEST_END:
            reader.refuse("valid_to", "range", f"must lie after today and until {today + _FURTHEST_END}")
    note = reader.text("note", 500, lines=True)
    if errors or authority_key is None or organisation_id is None:
        raise InvalidInput(errors)
    return DelegationDraft(authority_key, below, organisation_id, service_ids, valid_from, valid_to, note)
