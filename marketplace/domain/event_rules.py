"""What a submitted adoption event must look like, before the ledger is asked."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from marketplace.domain import dates
from marketplace.domain.adoption import AssertedBy, Connection, Proof, Scope, Status
from marketplace.domain.field_reader import FieldReader
from marketplace.domain.service import MATURITY_LEVELS
from marketplace.domain.sources import refusal_of_source
from marketplace.errors import FieldError, InvalidInput

EARLIEST = date(2000, 1, 1)
FURTHEST_AHEAD = timedelta(days=5 * 366)
MAX_KEYS = 12_000
MAX_ID = 2**62
TEXTS = {
    "service_id": 80, "authority_key": 80, "source": 200, "ref": 200, "note": 2000, "reason": 2000,
    "offer_id": 80, "on_behalf_of": 80,
}  # fmt: skip
FIELDS = frozenset(TEXTS) | {
    "status", "scope", "except", "effective_on", "proof", "proof_url", "proof_until", "corrects", "answers",
    "parts", "planned_live_on", "maturity", "connection",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class EventDraft:
    """A submitted event whose fields hold by themselves; keys and references are not looked up yet.

    ``corrects`` is an event id or ``ref:`` with the source's own id. ``written_proof`` are proof and ``proof_until`` as
    they were written, where ``read_event`` or ``spoken_by`` reads them as something else: so they stand in older events.
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
    written_proof: tuple[Proof, date | None] = (Proof.NONE, None)


def read_event(raw: Mapping[str, Any], today: date, own_sources: Collection[str] = ()) -> EventDraft:
    """Read one submitted event (JSON values, or the cells of a file as text).

    ``declined`` and the rejection of a claim need a reason, ``void`` stands only in a correction, ``except`` with a
    cover, ``ref`` with a source; it is effective between 2000 and five years ahead. A ``link`` needs its address, and an
    address alone is read as a ``link``. ``proof_until`` goes with a proof, and is not before the event. Of the reserved
    sources only ``own_sources`` are taken.

    Raises:
        InvalidInput: naming every field that breaks a rule.
    """
    errors: list[FieldError] = []
    reader = FieldReader(raw, errors)
    reader.only(FIELDS)
    texts: dict[str, Any] = {
        name: reader.text(
            name, limit, required=name in ("service_id", "authority_key"), lines=name in ("note", "reason")
        )
        for name, limit in TEXTS.items()
    }
    status: Any = reader.one_of("status", Status, required=True)
    effective_on: Any = reader.day("effective_on")
    scope = reader.one_of("scope", Scope) or Scope.OWN
    model, level = _maturity(raw, reader)
    values: dict[str, Any] = {
        "except_keys": _keys("except", raw, reader),
        "parts": _keys("parts", raw, reader),
        "proof": reader.one_of("proof", Proof) or Proof.NONE,
        "proof_url": reader.url("proof_url"),
        "proof_until": reader.day("proof_until"),
        "planned_live_on": reader.day("planned_live_on"),
        "corrects": _corrected(raw, reader),
        "answers": _event_id("answers", raw, reader),
        "connection": reader.one_of("connection", Connection),
    }
    if raw.get("effective_on") in (None, ""):
        reader.refuse("effective_on", "required", "is missing")
    elif effective_on is not None and not EARLIEST <= effective_on <= today + FURTHEST_AHEAD:
        between = f"must lie between {EARLIEST} and {today + FURTHEST_AHEAD}"
        reader.refuse("effective_on", "range", between)
    if status is Status.VOID and values["corrects"] is None:
        reader.refuse("status", "void", "void only stands in a correction: name the event in `corrects`")
    if status is Status.DECLINED and texts["reason"] is None:
        reader.refuse("reason", "required", "declined needs a reason")
    if status is Status.VOID and values["answers"] is not None and texts["reason"] is None:
        reader.refuse("reason", "required", "rejecting a claim needs a reason")
    if values["except_keys"] and scope is not Scope.BELOW:
        reader.refuse("except", "scope", "goes with scope `below` only")
    if texts["ref"] and not texts["source"]:
        reader.refuse("source", "required", "a ref needs its source")
    reserved = refusal_of_source(texts["source"], own_sources)
    errors += [reserved] if reserved else []
    written = values["proof"], values["proof_until"]
    if status is not Status.VOID:
        _judge_proof(values, effective_on, reader)
    if errors:
        raise InvalidInput(errors)
    return EventDraft(
        **texts, **values, status=status, scope=scope, effective_on=effective_on,
        maturity_model=model, maturity_level=level, written_proof=written,
    )  # fmt: skip


def spoken_by(draft: EventDraft, asserted_by: AssertedBy) -> EventDraft:
    """Return what a draft says in somebody's name.

    A provider proves its own word only by what others can look up: without an address its contract or use is no proof,
    and the event stays a claim that waits for the authority. Whoever may state needs no proof for that, and names what
    there is.
    """
    if asserted_by is not AssertedBy.PROVIDER or draft.proof_url is not None:
        return draft
    return replace(draft, proof=Proof.NONE, proof_until=None)


def _judge_proof(values: dict[str, Any], effective_on: date | None, reader: FieldReader) -> None:
    """Judge proof and the days beside the event's own; what is taken out need not be right."""
    if values["proof"] is Proof.NONE and values["proof_url"] is not None:
        values["proof"] = Proof.LINK
    if values["proof"] is Proof.LINK and reader.fields.get("proof_url") in (None, ""):
        reader.refuse("proof_url", "required", "the proof `link` needs its address")
    for name in ("proof_until", "planned_live_on"):
        if values[name] is not None and not dates.is_possible(values[name]):
            reader.refuse(name, "range", f"must lie between {dates.EARLIEST} and {dates.LATEST}")
    until = values["proof_until"]
    if (
        until is not None
        and values["proof"] is Proof.NONE
        and reader.fields.get("proof") in (None, "", "none")
    ):
        reader.refuse("proof_until", "proof", "goes with a proof only: name it in `proof`")
    if until is not None and effective_on is not None and until < effective_on:
        reader.refuse("proof_until", "order", f"lies before effective_on, {effective_on}")


def _keys(field: str, raw: Mapping[str, Any], reader: FieldReader) -> tuple[str, ...]:
    """Read a list of keys, or one text with ``|`` between them as files have it; sorted, without repeats."""
    value = raw.get(field)
    if value is None:
        return ()
    if isinstance(value, str):
        value = value.split("|")
    if not isinstance(value, list | tuple) or not all(isinstance(key, str) for key in value):
        reader.refuse(field, "type", "must be a list of keys")
        return ()
    if len(value) > MAX_KEYS or any(len(key) > 80 or not key.isprintable() for key in value):
        reader.refuse(field, "length", f"at most {MAX_KEYS} printable keys of 80 characters")
        return ()
    return tuple(sorted({key.strip() for key in value if key.strip()}))


def _event_id(field: str, raw: Mapping[str, Any], reader: FieldReader) -> int | None:
    value = raw.get(field)
    if value is None:
        return None
    if type(value) is not int or not 0 < value < MAX_ID:
        reader.refuse(field, "type", "must be the id of an event")
        return None
    return value


def _corrected(raw: Mapping[str, Any], reader: FieldReader) -> int | str | None:
    value = raw.get("corrects")
    if isinstance(value, str) and value.startswith("ref:"):
        return reader.text("corrects", TEXTS["ref"] + len("ref:"))
    return _event_id("corrects", raw, reader)


def _maturity(raw: Mapping[str, Any], reader: FieldReader) -> tuple[str | None, int | None]:
    value = raw.get("maturity")
    if value is None:
        return None, None
    if isinstance(value, Mapping) and value.keys() == {"model", "level"}:
        model, level = value["model"], value["level"]
        if isinstance(model, str) and type(level) is int and level in MATURITY_LEVELS.get(model, ()):
            return model, level
    reader.refuse("maturity", "maturity", "must name model 1.1 with level 0-4 or model 2.0 with level 0-7")
    return None, None
