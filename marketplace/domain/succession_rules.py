"""What a decision on successors must say, and which decisions cannot be true."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from marketplace.domain.borders import border_of
from marketplace.domain.field_reader import FieldReader
from marketplace.domain.regions import Region, RegionKind
from marketplace.domain.successions import SuccessionKind
from marketplace.errors import FieldError

FIELDS = (
    "predecessor_key", "predecessor_name", "successor_key", "successor_name", "kind", "effective_on", "area_ha",
    "confidence", "reason", "source",
)  # fmt: skip
MAX_SOURCE = 300
_GERMAN_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_SUCCESSOR_KINDS = {
    RegionKind.MUNICIPALITY: {RegionKind.MUNICIPALITY},
    RegionKind.ASSOCIATION: {RegionKind.ASSOCIATION, RegionKind.MUNICIPALITY},
    RegionKind.DISTRICT: {RegionKind.DISTRICT, RegionKind.MUNICIPALITY},
}


@dataclass(frozen=True, slots=True)
class Decision:
    """A row of a file as it was read. Keys are regional keys or AGS; the names are there to be compared."""

    predecessor_key: str
    predecessor_name: str | None
    successor_key: str
    successor_name: str | None
    kind: SuccessionKind
    effective_on: date
    source: str


@dataclass(frozen=True, slots=True)
class Known:
    """What a decision is judged by.

    ``ended`` and ``standing`` are versions of regions by key and by AGS: of those that ended, as they were last, with
    ``valid_to``; of all others, every version. ``registers`` are the territory dates in order.
    """

    ended: Mapping[str, Sequence[Region]]
    standing: Mapping[str, Sequence[Region]]
    registers: Sequence[date]


@dataclass(frozen=True, slots=True)
class Judged:
    """A decision with the two regions it is about."""

    decision: Decision
    predecessor: Region
    successor: Region


def read_decision(
    fields: Mapping[str, str | None], source: str | None, errors: list[FieldError]
) -> Decision | None:
    """Read a row; ``source`` stands for an empty one. ``area_ha``, ``confidence`` and ``reason`` are for people."""
    noted = len(errors)
    day = _GERMAN_DATE.fullmatch((fields.get("effective_on") or "").strip())
    if day:
        fields = {**fields, "effective_on": f"{day[3]}-{int(day[2]):02}-{int(day[1]):02}"}
    reader = FieldReader(fields, errors)
    reader.only(FIELDS)
    predecessor = reader.text("predecessor_key", 12, required=True)
    successor = reader.text("successor_key", 12, required=True)
    kind = reader.one_of("kind", SuccessionKind, required=True)
    on = reader.day("effective_on")
    said = reader.text("source", MAX_SOURCE) if (fields.get("source") or "").strip() else source
    if not (fields.get("effective_on") or "").strip():
        reader.refuse("effective_on", "required", "is missing")
    if said is None and not (fields.get("source") or "").strip():
        reader.refuse("source", "required", "is missing: who says so, and where")
    names = (reader.text("predecessor_name", 100), reader.text("successor_name", 100))
    if len(errors) > noted or not (predecessor and successor and kind and on and said):
        return None
    return Decision(predecessor, names[0], successor, names[1], kind, on, said)


def judge(decision: Decision, known: Known) -> tuple[Judged | None, list[FieldError]]:
    """Find the two regions a decision is about and judge it by itself."""
    errors: list[FieldError] = []
    predecessor = _predecessor(decision, known, errors)
    if predecessor is None or predecessor.valid_to is None:
        return None, errors
    register = border_of(predecessor.valid_to, known.registers) or predecessor.valid_to
    before = max((day for day in known.registers if day < register), default=date.min)
    if not before < decision.effective_on <= register:
        message = f"must lie after {before} and not after {register}, the registers between which it ended"
        errors.append(FieldError("effective_on", "range", message))
    successor = _successor(decision, predecessor, register, known, errors)
    if errors or successor is None:
        return None, errors
    return Judged(decision, predecessor, successor), []


def _predecessor(decision: Decision, known: Known, errors: list[FieldError]) -> Region | None:
    key = decision.predecessor_key
    found = known.ended.get(key, ())
    if not found:
        if key in known.standing:
            message = f"{known.standing[key][0].name} has not ended"
            errors.append(FieldError("predecessor_key", "not_ended", message))
        else:
            errors.append(FieldError("predecessor_key", "unknown", f"no region had the key {key!r}"))
        return None
    _compare("predecessor_name", decision.predecessor_name, found[0], errors)
    return found[0]


def _successor(
    decision: Decision, predecessor: Region, register: date, known: Known, errors: list[FieldError]
) -> Region | None:
    key = decision.successor_key
    versions = [*known.standing.get(key, ()), *known.ended.get(key, ())]
    stood = [
        version for version in versions
        if version.valid_from is not None and version.valid_from <= register
        and (version.valid_to is None or version.valid_to > register)
    ]  # fmt: skip
    if not stood:
        errors.append(FieldError("successor_key", "unknown", f"no region has the key {key!r} on {register}"))
        return None
    _compare("successor_name", decision.successor_name, stood[0], errors)
    if stood[0].kind not in _SUCCESSOR_KINDS.get(predecessor.kind, set()):
        message = f"a {predecessor.kind} does not go into a {stood[0].kind}"
        errors.append(FieldError("successor_key", "kind", message))
    return stood[0]


def _compare(field: str, name: str | None, region: Region, errors: list[FieldError]) -> None:
    if name is not None and name != region.name:
        errors.append(FieldError(field, "name", f"the region with this key is called {region.name}"))


def faults_together(rows: Iterable[tuple[int, Judged]]) -> list[tuple[int, FieldError]]:
    """Return what contradicts itself among the decisions of a file: the place of the row and the broken rule."""
    by_predecessor: defaultdict[int, list[tuple[int, Judged]]] = defaultdict(list)
    for place, row in rows:
        by_predecessor[row.predecessor.region_id].append((place, row))
    found = []
    for together in by_predecessor.values():
        first = together[0][1]
        seen: set[int] = set()
        for place, row in together:
            if row.successor.region_id in seen:
                message = f"{row.predecessor.name} into {row.successor.name} stands twice"
                found.append((place, FieldError("successor_key", "unique", message)))
            seen.add(row.successor.region_id)
            if row.decision.effective_on != first.decision.effective_on:
                message = (
                    f"{row.predecessor.name} ended on one day, another row says {first.decision.effective_on}"
                )
                found.append((place, FieldError("effective_on", "contradiction", message)))
            expected = SuccessionKind.MERGED if len(together) == 1 else SuccessionKind.SPLIT
            if row.decision.kind is not expected:
                message = (
                    f"must be {expected}: {row.predecessor.name} has {len(together)} successors in the file"
                )
                found.append((place, FieldError("kind", "contradiction", message)))
    return found
