"""What a submitted adoption event must look like, before the ledger is asked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import urlsplit

from marketplace.domain.adoption import Connection, Proof, Scope, Status
from marketplace.domain.service import MATURITY_LEVELS

EARLIEST = date(2000, 1, 1)
FURTHEST_AHEAD = timedelta(days=5 * 366)
MAX_KEYS = 12_000
LIMITS = {
    "service_id": 80, "authority_key": 80, "source": 200, "ref": 200, "note": 2000, "reason": 2000,
    "proof_url": 500, "offer_id": 80, "on_behalf_of": 80,
}  # fmt: skip
FIELDS = frozenset(LIMITS) | {
    "status", "scope", "except", "effective_on", "proof", "proof_until", "corrects", "answers", "parts",
    "planned_live_on", "maturity", "connection",
}  # fmt: skip
REQUIRED = ("service_id", "authority_key", "status", "effective_on")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Problem:
    """A broken rule of one field."""

    field: str
    rule: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventDraft:
    """A submitted event whose fields hold by themselves; keys and references are not looked up yet.

    ``corrects`` is an event id or ``ref:`` with the source's own id.
    """

    service_id: str
    authority_key: str
    status: Status
    effective_on: date
    scope: Scope = Scope.OWN
    except_keys: tuple[str, ...] = ()
    proof: Proof = Proof.NONE
    proof_url: str | None = None
    proof_until: date | None = None
    corrects: int | str | None = None
    answers: int | None = None
    source: str | None = None
    ref: str | None = None
    note: str | None = None
    reason: str | None = None
    on_behalf_of: str | None = None
    offer_id: str | None = None
    parts: tuple[str, ...] = ()
    planned_live_on: date | None = None
    maturity_model: str | None = None
    maturity_level: int | None = None
    connection: Connection | None = None


class _Reader:
    """Reads one field after the other and collects what is wrong."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.raw = raw
        self.problems: list[Problem] = []

    def fail(self, field: str, rule: str, message: str) -> None:
        self.problems.append(Problem(field, rule, message))

    def text(self, field: str) -> str | None:
        value = self.raw.get(field)
        if value is None:
            return None
        if not isinstance(value, str):
            self.fail(field, "type", "must be text")
            return None
        if _UNSTORABLE.search(value):
            self.fail(field, "characters", "holds a NUL or half a surrogate pair")
            return None
        if len(value) > LIMITS[field]:
            self.fail(field, "length", f"longer than {LIMITS[field]} characters")
            return None
        return value.strip() or None

    def choice(self, field: str, kind: type[Choice]) -> Choice | None:
        value = self.raw.get(field)
        if value is None:
            return None
        if isinstance(value, str) and value in kind._value2member_map_:
            return kind(value)
        self.fail(field, "choice", f"must be one of {', '.join(kind)}")
        return None

    def day(self, field: str) -> date | None:
        value = self.raw.get(field)
        if value is None:
            return None
        if isinstance(value, date):
            return value
        if isinstance(value, str) and _DATE.fullmatch(value):
            try:
                return date.fromisoformat(value)
            except ValueError:
                self.fail(field, "date", "is no day of the calendar")
                return None
        self.fail(field, "date", "must be a date as in 2026-06-01")
        return None

    def keys(self, field: str) -> tuple[str, ...]:
        value = self.raw.get(field)
        if value is None:
            return ()
        if isinstance(value, str):
            value = value.split("|")
        if not isinstance(value, list | tuple) or not all(isinstance(key, str) for key in value):
            self.fail(field, "type", "must be a list of keys")
            return ()
        if len(value) > MAX_KEYS or any(len(key) > 80 or _UNSTORABLE.search(key) for key in value):
            self.fail(field, "length", f"at most {MAX_KEYS} keys of 80 characters")
            return ()
        return tuple(sorted({key.strip() for key in value if key.strip()}))

    def event_id(self, field: str) -> int | None:
        value = self.raw.get(field)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 2**62:
            self.fail(field, "type", "must be the id of an event")
            return None
        return value

    def corrected(self) -> int | str | None:
        value = self.raw.get("corrects")
        if isinstance(value, str) and value.startswith("ref:") and len(value) <= LIMITS["ref"] + 4:
            return value
        return self.event_id("corrects")


def read_event(raw: Mapping[str, Any], today: date) -> EventDraft | list[Problem]:
    """Read one submitted event (JSON values, or the cells of a file as text).

    ``declined`` needs a reason, ``void`` stands only in a correction, a proof link goes with a proof, ``except`` with
    a cover, ``ref`` with a source; days lie between 2000 and five years ahead.
    """
    reader = _Reader(raw)
    for name in sorted(raw.keys() - FIELDS):
        reader.fail(str(name)[:80], "unknown_field", "is not a field of an event")
    texts: dict[str, Any] = {field: reader.text(field) for field in LIMITS}
    status: Any = reader.choice("status", Status)
    scope = reader.choice("scope", Scope) or Scope.OWN
    proof = reader.choice("proof", Proof) or Proof.NONE
    effective_on: Any = reader.day("effective_on")
    values: dict[str, Any] = {
        "except_keys": reader.keys("except"), "parts": reader.keys("parts"),
        "proof_until": reader.day("proof_until"), "planned_live_on": reader.day("planned_live_on"),
        "corrects": reader.corrected(), "answers": reader.event_id("answers"),
        "connection": reader.choice("connection", Connection),
    }  # fmt: skip
    model, level = _maturity(reader)
    broken = {problem.field for problem in reader.problems}
    for field, value in (
        *((f, texts[f]) for f in REQUIRED[:2]),
        ("status", status),
        ("effective_on", effective_on),
    ):
        if value is None and field not in broken:
            reader.fail(field, "required", "is missing")
    if effective_on is not None and not EARLIEST <= effective_on <= today + FURTHEST_AHEAD:
        reader.fail("effective_on", "range", f"must lie between {EARLIEST} and {today + FURTHEST_AHEAD}")
    if status is Status.VOID and values["corrects"] is None:
        reader.fail("status", "void", "void only stands in a correction: name the event in `corrects`")
    if status is Status.DECLINED and texts["reason"] is None:
        reader.fail("reason", "required", "declined needs a reason")
    if values["except_keys"] and scope is not Scope.BELOW:
        reader.fail("except", "scope", "goes with scope `below` only")
    if texts["ref"] and not texts["source"]:
        reader.fail("source", "required", "a ref needs its source")
    if texts["proof_url"] and not _is_web_address(texts["proof_url"]):
        reader.fail("proof_url", "url", "must be an http or https address")
    if reader.problems:
        return reader.problems
    return EventDraft(
        **values, **texts, status=status, scope=scope, proof=proof, effective_on=effective_on,
        maturity_model=model, maturity_level=level,
    )  # fmt: skip


def _maturity(reader: _Reader) -> tuple[str | None, int | None]:
    value = reader.raw.get("maturity")
    if value is None:
        return None, None
    if isinstance(value, Mapping) and value.keys() == {"model", "level"}:
        model, level = value["model"], value["level"]
        if model in MATURITY_LEVELS and type(level) is int and level in MATURITY_LEVELS[model]:
            return str(model), level
    reader.fail("maturity", "maturity", "must name model 1.1 with level 0-4 or model 2.0 with level 0-7")
    return None, None


def _is_web_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
