"""How much a service is used, and what a month's use proves.

Cases above zero prove, with proof ``usage``, that the authority was live in that month. Zero cases prove nothing: a
service can be live and nobody come.
"""

import calendar
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from marketplace.domain.access import Voice
from marketplace.domain.adoption import PATH, Event, Proof, Scope, Status
from marketplace.domain.field_reader import FieldReader
from marketplace.errors import FieldError, InvalidInput

FIRST_YEAR = 2000
MAX_NUMBER = 2_000_000_000
MAX_SOURCE = 200
USAGE_FIELDS = ("service_id", "authority_key", "month", "cases_online", "cases_total", "source")
CASE_FIELDS = ("leika_key", "region_key", "year", "number", "source")
_LEIKA = re.compile(r"[0-9]{14}")
_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])(-01)?")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,9}")


@dataclass(frozen=True, slots=True)
class UsageDraft:
    """A submitted usage report: cases in a month (its first day), online and in all (None: unknown)."""

    service_id: str
    authority_key: str
    month: date
    cases_online: int
    cases_total: int | None
    source: str | None


@dataclass(frozen=True, slots=True)
class CaseDraft:
    """A submitted case number: how many cases of a procedure a region had in a year."""

    leika_key: str
    region_key: str
    year: int
    number: int
    source: str | None


def read_usage(raw: Mapping[str, Any], today: date) -> UsageDraft:
    """Read one usage report (JSON values, or the cells of a file as text).

    Raises:
        InvalidInput: naming every field that breaks a rule.
    """
    errors: list[FieldError] = []
    reader = FieldReader(raw, errors)
    reader.only(USAGE_FIELDS)
    service_id = reader.text("service_id", 80, required=True)
    authority_key = reader.text("authority_key", 80, required=True)
    month = _month(reader, today)
    online = whole_number(reader, "cases_online", required=True)
    total = whole_number(reader, "cases_total")
    if online is not None and total is not None and total < online:
        reader.refuse("cases_total", "range", f"is {total}, less than the {online} cases online")
    source = reader.text("source", MAX_SOURCE)
    if errors or month is None or online is None:
        raise InvalidInput(errors)
    return UsageDraft(service_id or "", authority_key or "", month, online, total, source)


def read_case_number(raw: Mapping[str, Any], today: date) -> CaseDraft:
    """Read one case number.

    Raises:
        InvalidInput: naming every field that breaks a rule.
    """
    errors: list[FieldError] = []
    reader = FieldReader(raw, errors)
    reader.only(CASE_FIELDS)
    leika_key = reader.text("leika_key", 14, required=True)
    if leika_key is not None and not _LEIKA.fullmatch(leika_key):
        reader.refuse("leika_key", "format", "must be a LeiKa key: 14 digits")
    region_key = reader.text("region_key", 20, required=True)
    year = whole_number(reader, "year", required=True)
    if year is not None and not FIRST_YEAR <= year <= today.year:
        reader.refuse("year", "range", f"must lie between {FIRST_YEAR} and {today.year}")
    number = whole_number(reader, "number", required=True)
    source = reader.text("source", MAX_SOURCE)
    if errors or year is None or number is None:
        raise InvalidInput(errors)
    return CaseDraft(leika_key or "", region_key or "", year, number, source)


def whole_number(reader: FieldReader, field: str, *, required: bool = False) -> int | None:
    """Read a number of cases: a JSON integer, or plain digits in a file; ``1.000`` and 1.0 are none."""
    value = reader.fields.get(field)
    if value is None or (isinstance(value, str) and not value.strip()):
        if required:
            reader.refuse(field, "required", "is missing")
        return None
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        value = int(value)
    if type(value) is not int:
        reader.refuse(field, "type", "must be a whole number in plain digits")
        return None
    if not 0 <= value <= MAX_NUMBER:
        reader.refuse(field, "range", f"must be 0 to {MAX_NUMBER}")
        return None
    return value


def _month(reader: FieldReader, today: date) -> date | None:
    text = reader.text("month", 10, required=True)
    if text is None:
        return None
    found = _MONTH.fullmatch(text)
    if found is None:
        reader.refuse("month", "format", "must be a month as 2026-03, or its first day")
        return None
    month = date(int(found[1]), int(found[2]), 1) if int(found[1]) else date.min
    if not date(FIRST_YEAR, 1, 1) <= month <= today:
        reader.refuse("month", "range", f"must lie between {FIRST_YEAR}-01 and {today:%Y-%m}")
        return None
    return month


def last_day(month: date) -> date:
    """Return the last day of the month that a day lies in."""
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def proven_from(month: date, available_from: date | None, events: Iterable[Event]) -> date:
    """Return the day from which a month's use proves that an authority was live: normally the month's first.

    Where the service became available, or the authority took a step towards it, later in the month, its cases fell
    after that. ``events`` are those in force for the service and authority.
    """
    end = last_day(month)
    steps = [e.effective_on for e in events if e.scope is Scope.OWN and not e.is_claim and e.status in PATH]
    return max([month, *(day for day in (available_from, *steps) if day is not None and month < day <= end)])


@dataclass(frozen=True, slots=True)
class Carrier:
    """Whose number carries the use of a month (None: an operator's), and in whose voice it stands."""

    organisation_id: str | None
    voice: Voice


def reported_for(source: str) -> str:
    """Return the organisation that the source of a number begins with; an operator's may begin with none."""
    return source.partition(": ")[0]


def proves_use(event: Event) -> bool:
    """Tell whether an event is of the kind that a month's use brings in."""
    return event.scope is Scope.OWN and event.status is Status.LIVE and event.proof is Proof.USAGE


def said_of_report(error: FieldError) -> FieldError:
    """Return what is wrong with the event that a month's use brings in as what is wrong with its report.

    A field that only the event has (its day, its status) follows from the month.
    """
    if error.field in USAGE_FIELDS:
        return error
    return FieldError("month", error.rule, f"the adoption event that follows from it: {error.message}")


def report_ref(service_id: str, authority_key: str, month: date, times: int) -> str:
    """Return the ref of the event that a month's use brings in, for the ``times``-th time (from 1)."""
    name = f"{service_id}/{authority_key}/{month:%Y-%m}"
    return name if times == 1 else f"{name}/{times}"


def is_of_month(ref: str | None, service_id: str, month: date) -> bool:
    """Tell whether a ref is one that ``report_ref`` made for a service (or part) and month, whatever the key then."""
    parts = (ref or "").split("/")
    return len(parts) >= 3 and (parts[0], parts[2]) == (service_id, f"{month:%Y-%m}")
