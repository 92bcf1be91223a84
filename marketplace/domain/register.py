"""What a register says: its records, what is wrong with them as a whole, and the regions that follow from them.

A register is the official list of all regions on one territory date (Destatis, GV100AD). Population and area are given
for municipalities only; those of everything above are their sums, unincorporated areas included.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from marketplace.domain.regions import (
    FEDERATION_KEY,
    PSEUDO_ASSOCIATION,
    UNINCORPORATED,
    RegionKind,
    ags_of,
    keys_above,
)

FEDERATION_NAME = "Deutschland"
MAX_NAME = 100
MAX_FIGURE = 100_000_000
"""No municipality has as many inhabitants or hectares; a larger figure is a shifted column."""
TEXT_CODES = {
    RegionKind.STATE: frozenset({""}),
    RegionKind.DISTRICT: frozenset(map(str, range(41, 46))),
    RegionKind.ASSOCIATION: frozenset(map(str, range(50, 59))),
    RegionKind.MUNICIPALITY: frozenset(map(str, range(60, 68))),
}
"""The Textkennzeichen that a record of each kind may have (Destatis, "Datensatzbeschreibung GV100AD")."""


@dataclass(frozen=True, slots=True)
class RegisterRecord:
    """One line of a register that is kept.

    ``key`` without padding; ``area_ha`` in hectares and ``population`` in inhabitants, both None except for
    municipalities; ``line`` (from 1) is where it stood, for messages only.
    """

    kind: RegionKind
    key: str
    name: str
    text_code: str | None = None
    seat: str | None = None
    postcode: str | None = None
    area_ha: int | None = None
    population: int | None = None
    line: int = field(default=0, compare=False)

    @property
    def ags(self) -> str | None:
        """The AGS of a municipality, None for other kinds."""
        return ags_of(self.key) if self.kind is RegionKind.MUNICIPALITY else None

    @property
    def is_unincorporated(self) -> bool:
        """Whether it is an area without a municipality."""
        return self.kind is RegionKind.MUNICIPALITY and self.text_code in UNINCORPORATED

    @property
    def is_pseudo_association(self) -> bool:
        """Whether it only stands for a municipality, or areas, without an association."""
        return self.kind is RegionKind.ASSOCIATION and self.text_code == PSEUDO_ASSOCIATION


@dataclass(frozen=True, slots=True)
class Register:
    """All kept records of one territory date. ``skipped`` counts what was read and is not kept."""

    territory_on: date
    records: tuple[RegisterRecord, ...]
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class Midpoint:
    """Where a municipality lies (WGS 84, degrees) and its degree of urbanisation (Eurostat: 01, 02, 03)."""

    lon: float
    lat: float
    degurba: str | None


@dataclass(frozen=True, slots=True)
class RegionFacts:
    """What is said about a region from a day on; the fields are those of ``domain.regions.Region``."""

    kind: RegionKind
    key: str
    ags: str | None
    name: str
    parent_key: str | None
    text_code: str | None = None
    seat: str | None = None
    postcode: str | None = None
    population: int | None = None
    area_ha: int | None = None
    degurba: str | None = None
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """A record that breaks a rule: where it stood, the field, the rule's short name, a readable message."""

    line: int
    field: str
    rule: str
    message: str


def faults(register: Register) -> list[Fault]:
    """Return what is wrong with the records as a whole.

    Keys given twice, regions that hang nowhere, and regions without a municipality, as where a file was cut off.
    """
    found: list[Fault] = []
    by_key: dict[str, RegisterRecord] = {}
    by_ags: dict[str, RegisterRecord] = {}
    for record in register.records:
        if (first := by_key.setdefault(record.key, record)) is not record:
            found.append(_given_twice(record, "key", record.key, first))
        elif record.ags and (first := by_ags.setdefault(record.ags, record)) is not record:
            found.append(_given_twice(record, "ags", record.ags, first))
    unincorporated = Counter(r.key[:9] for r in register.records if r.is_unincorporated)
    members = Counter(
        key for r in register.records if r.kind is RegionKind.MUNICIPALITY for key in keys_above(r.key)
    )
    for record in register.records:
        if record.kind is not RegionKind.MUNICIPALITY and not members[record.key]:
            found.append(
                Fault(
                    record.line, "key", "no_municipality",
                    f"{record.kind} {record.key} ({record.name}) has no municipality: the file is not complete",
                )
            )  # fmt: skip
        missing = [key for key in keys_above(record.key)[:-1] if key not in by_key]
        hangs_on_state = record.is_unincorporated or (
            record.is_pseudo_association and 0 < members[record.key] == unincorporated[record.key]
        )
        if missing and not (hangs_on_state and record.key[:2] in by_key):
            found.append(
                Fault(
                    record.line, "key", "hangs_nowhere",
                    f"{record.kind} {record.key} ({record.name}) hangs nowhere: there is no {missing[0]}",
                )
            )  # fmt: skip
    return sorted(found, key=lambda fault: fault.line)


def _given_twice(record: RegisterRecord, name: str, value: str, first: RegisterRecord) -> Fault:
    return Fault(record.line, name, "duplicate", f"{value} was already given in line {first.line}")


def digest(register: Register) -> str:
    """Return a fingerprint of what a register says, whatever file and order it came in."""
    content = hashlib.sha256(register.territory_on.isoformat().encode())
    for r in sorted(register.records, key=lambda record: record.key):
        fields = (r.kind, r.key, r.name, r.text_code, r.seat, r.postcode, r.area_ha, r.population)
        content.update("\x1f".join("" if f is None else str(f) for f in fields).encode() + b"\n")
    return content.hexdigest()


def regions_of(register: Register, midpoints: Mapping[str, Midpoint]) -> list[RegionFacts]:
    """Return the regions a register describes, the federation first; ``midpoints`` by AGS."""
    population, area = _sums(register.records)
    parents = {r.key for r in register.records if not r.is_pseudo_association}
    found = [
        RegionFacts(
            RegionKind.FEDERATION, FEDERATION_KEY, None, FEDERATION_NAME, None,
            population=population.get(FEDERATION_KEY), area_ha=area.get(FEDERATION_KEY),
        )
    ]  # fmt: skip
    for r in register.records:
        parent = next((key for key in keys_above(r.key) if key in parents), FEDERATION_KEY)
        point = midpoints.get(r.ags) if r.ags else None
        found.append(
            RegionFacts(
                r.kind, r.key, r.ags, r.name, parent, r.text_code, r.seat, r.postcode,
                population.get(r.key), area.get(r.key),
                point.degurba if point else None, point.lon if point else None, point.lat if point else None,
            )
        )  # fmt: skip
    return found


def _sums(records: Iterable[RegisterRecord]) -> tuple[dict[str, int], dict[str, int]]:
    population: Counter[str] = Counter()
    area: Counter[str] = Counter()
    for record in records:
        if record.kind is RegionKind.MUNICIPALITY:
            for key in (record.key, *keys_above(record.key)):
                population[key] += record.population or 0
                area[key] += record.area_ha or 0
    return population, area
