"""Registers of our own for tests: records in words, and the same as lines of GV100AD."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from marketplace.domain.regions import RegionKind
from marketplace.domain.register import Register, RegisterRecord
from marketplace.exchange import register_seed

FIRST, SECOND, THIRD = date(2023, 11, 30), date(2025, 8, 31), date(2026, 8, 31)
_TYPES = {
    RegionKind.STATE: "10",
    RegionKind.DISTRICT: "40",
    RegionKind.ASSOCIATION: "50",
    RegionKind.MUNICIPALITY: "60",
}


def state(key: str, name: str) -> RegisterRecord:
    return RegisterRecord(RegionKind.STATE, key, name, seat="Hauptstadt")


def district(key: str, name: str, code: str = "44") -> RegisterRecord:
    return RegisterRecord(RegionKind.DISTRICT, key, name, code, "Kreisstadt")


def association(key: str, name: str, code: str = "54") -> RegisterRecord:
    return RegisterRecord(RegionKind.ASSOCIATION, key, name, code)


def town(
    key: str,
    name: str,
    population: int = 1000,
    area: int = 500,
    code: str = "64",
    postcode: str | None = "99999",
) -> RegisterRecord:
    return RegisterRecord(RegionKind.MUNICIPALITY, key, name, code, None, postcode, area, population)


def land() -> list[RegisterRecord]:
    """A district with an association of two towns, a town of its own and a forest; and a lake on the state alone."""
    return [
        state("16", "Thüringen"),
        district("16061", "Eichsfeld"),
        association("160615001", "Am Berg"),
        town("160615001001", "Oberdorf", 900, 700),
        town("160615001002", "Unterdorf", 1100, 800),
        association("160610003", "Kleinstadt", "50"),
        town("160610003003", "Kleinstadt, Stadt", 12_000, 3000, "63"),
        association("160619004", "Forst", "50"),
        town("160619004004", "Forst", 0, 2000, "66", None),
        association("160009999", "See", "50"),
        town("160009999999", "See", 0, 60, "66", None),
    ]


def register(records: Iterable[RegisterRecord], on: date = FIRST) -> Register:
    return Register(on, tuple(replace(r, line=number) for number, r in enumerate(records, start=1)))


def compact(records: Iterable[RegisterRecord], on: date = FIRST, source: str = "Testregister") -> bytes:
    return register_seed.write(register(records, on), source).encode()


def line(record: RegisterRecord, on: date = FIRST) -> str:
    """Write a record as a line of GV100AD."""
    key = record.key
    parts = [key[:5].ljust(5), key[9:12].ljust(3), key[5:9].ljust(4)]
    text = _TYPES[record.kind] + on.strftime("%Y%m%d") + "".join(parts)
    text += record.name.ljust(50) + (record.seat or "").ljust(50) + (record.text_code or "").ljust(2)
    if record.kind is RegionKind.MUNICIPALITY:
        text = text.ljust(128) + f"{record.area_ha:011d}{record.population:011d}{0:011d}"
        text = text.ljust(165) + (record.postcode or "")
    return text.ljust(220)


def gv100ad(records: Iterable[RegisterRecord], on: date = FIRST, end: str = "\n") -> bytes:
    return "".join(line(record, on) + end for record in records).encode()


def renamed(records: Iterable[RegisterRecord], names: dict[str, str]) -> list[RegisterRecord]:
    return [replace(r, name=names.get(r.key, r.name)) for r in records]


def rekeyed(records: Iterable[RegisterRecord], keys: dict[str, str]) -> list[RegisterRecord]:
    return [replace(r, key=keys.get(r.key, r.key)) for r in records]


def without(records: Iterable[RegisterRecord], *keys: str) -> list[RegisterRecord]:
    return [r for r in records if r.key not in keys]
