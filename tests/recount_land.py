"""The land of the second count: exported rows, what of them was known, and who executes a task on a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from marketplace.store.tables import Table as Tables

Row = Any


@dataclass
class Export:
    """All rows that a figure depends on, as they lie in the tables."""

    events: list[Row]
    versions: list[Row]
    registers: list[Row]
    kinds: dict[int, str]
    authorities: list[Row]
    sets: list[Row]
    facts: list[Row]
    entries: list[Row]
    successions: list[Row]
    attributes: list[Row]

    @classmethod
    def of(cls, session: Session) -> "Export":
        """Read the tables."""

        def rows(name: str) -> list[Row]:
            table: Table = Tables.metadata.tables[name]
            return list(session.execute(select(table)).all())

        return cls(
            rows("adoption_event"), rows("region_version"), rows("register"),
            {row.id: row.kind for row in rows("region")}, rows("authority"), rows("authority_set_version"),
            rows("service_fact"), rows("service_version"), rows("succession"), rows("authority_attribute"),
        )  # fmt: skip


def wholes(entries: Iterable[Row], known_at: datetime) -> tuple[str, ...]:
    """The entries that the public saw then and that are no part; before the first entry of all the first ones."""
    by_age = sorted(entries, key=lambda row: row.version)
    then = max(known_at, min(row.published_at for row in by_age))
    seen = {row.service_id: row for row in by_age if row.published_at <= then}
    kept = [one for one, row in seen.items() if row.status == "published" and not row.fields["part_of"]]
    return tuple(sorted(kept))


@dataclass
class Body:
    """An eligible authority: identity, region, inhabitants, and whose covers reach it, nearest first."""

    identity: int
    region: str
    inhabitants: int | None
    reached_by: list[int]


def believed(rows: Iterable[Row], known_at: datetime) -> list[Row]:
    """What was known then; before the first record the first one."""
    kept = list(rows)
    if not kept:
        return []
    then = max(known_at, min(row.recorded_at for row in kept))
    return [
        row for row in kept
        if row.recorded_at <= then and not (getattr(row, "superseded_at", None) and row.superseded_at <= then)
    ]  # fmt: skip


def on_day(rows: list[Row], day: date) -> Row | None:
    """The row that holds on a day, the earliest one before all."""
    ordered = sorted(rows, key=lambda row: (row.valid_from or date.min, row.id))
    started = [row for row in ordered if row.valid_from is None or row.valid_from <= day] or ordered[:1]
    return started[-1] if started else None


class Land:
    """The regions of a day, their administrations, and who executes a task."""

    def __init__(self, export: Export, as_of: date, known_at: datetime) -> None:
        self.export = export
        known = believed(export.registers, known_at)
        day = max(as_of, min(row.territory_on for row in known))
        versions = believed(export.versions, known_at)
        standing = [v for v in versions if v.valid_from <= day and (v.valid_to is None or v.valid_to > day)]
        self.regions = {v.key: v for v in standing}
        self.by_identity = {v.region_id: v for v in standing}
        self.own = {a.region_id: a.id for a in export.authorities if a.key is None}
        self.named = {a.key: a for a in export.authorities if a.key is not None}
        self.inside: dict[str, int] = {}
        for region in standing:
            if self.kind(region) == "municipality":
                self.inside[region.key[:9]] = self.inside.get(region.key[:9], 0) + (region.population or 0)
        self.drawn: dict[int, list[Body]] = {}
        self.made_of = self.reforms(as_of, known_at, versions)

    def reforms(self, as_of: date, known_at: datetime, versions: list[Row]) -> dict[int, list[int]]:
        """The authorities that each authority of a new region was made of; who was there before is not new."""
        made: dict[int, list[int]] = {}
        for decision in self.export.successions:
            if decision.recorded_at > known_at or decision.effective_on > as_of:
                continue
            if decision.superseded_at is not None and decision.superseded_at <= known_at:
                continue
            began = min(v.valid_from for v in versions if v.region_id == decision.successor_id)
            old, new = self.own.get(decision.predecessor_id), self.own.get(decision.successor_id)
            if began == decision.effective_on and old is not None and new is not None:
                made.setdefault(new, []).append(old)
        return made

    def kind(self, region: Row) -> str:
        return self.export.kinds[region.region_id]

    def is_office(self, region: Row) -> bool:
        if self.kind(region) == "association":
            return str(region.text_code) != "50"
        return not (self.kind(region) == "municipality" and region.text_code in ("65", "66"))

    def executes(self, region: Row, level: str | None) -> bool:
        kind = self.kind(region)
        if not self.is_office(region):
            return False
        if level != "local_administration":
            return kind == level
        around = self.regions.get(region.key[:9])
        alone = kind == "municipality" and (around is None or not self.is_office(around))
        return kind == "association" or alone

    def inhabitants(self, region: Row) -> int | None:
        if self.kind(region) != "association":
            return region.population  # type: ignore[no-any-return]  # a row of a table
        return self.inside.get(region.key)

    def body(self, region: Row) -> Body:
        above = [self.regions.get(region.key[:length]) for length in (9, 5, 2) if length < len(region.key)]
        chain = [region, *above, self.regions.get("00")]
        reached = [self.own[r.region_id] for r in chain if r is not None and self.is_office(r)]
        return Body(
            self.own[region.region_id], region.key, self.inhabitants(region), list(dict.fromkeys(reached))
        )

    def members(self, definition: Row) -> list[Body]:
        if definition.id not in self.drawn:
            self.drawn[definition.id] = self.draw(definition)
        return self.drawn[definition.id]

    def values(self, name: str, known_at: datetime) -> dict[int, str]:
        """All that any source says of each administration, in one line; unknown before it was recorded."""
        said: dict[int, set[str]] = {}
        for row in self.export.attributes:
            is_gone = row.superseded_at is not None and row.superseded_at <= known_at
            if row.name == name and row.recorded_at <= known_at and not is_gone:
                said.setdefault(row.authority_id, set()).add(row.value)
        return {one: " + ".join(sorted(values)) for one, values in said.items()}

    def speaks_for(self, members: list[Body]) -> dict[int, int]:
        """Who is no member but the same administration as one: a town alone in its district, or state, is these, too."""
        chosen = {body.identity for body in members}
        found: dict[int, int] = {}
        for area in (key for key in self.regions if len(key) in (2, 5)):
            towns = [
                key for key, one in self.regions.items()
                if len(key) == 12 and key.startswith(area) and self.is_office(one)
            ]  # fmt: skip
            if len(towns) == 1:
                keys = sorted({area, towns[0][:5], towns[0]} & self.regions.keys(), key=len)
                bodies = [self.own[self.regions[key].region_id] for key in keys]
                member = next((one for one in bodies if one in chosen), None)
                found |= {one: member for one in bodies if member is not None and one not in chosen}
        return found

    def draw(self, definition: Row) -> list[Body]:
        chosen: dict[str, Body] = {}
        for key, region in self.regions.items():
            if self.executes(region, definition.states.get(key[:2], definition.level)):
                chosen[key] = self.body(region)
        key_of = self.keys_of_today(definition)
        for written in definition.add:
            key = key_of.get(written, written)
            if key in self.named:
                place = self.body(self.by_identity[self.named[key].region_id])
                identity = self.named[key].id
                chosen[key] = Body(identity, place.region, None, [identity, *place.reached_by])
            elif key in self.regions and self.is_office(self.regions[key]):
                chosen[key] = self.body(self.regions[key])
        for written in definition.remove:
            chosen.pop(key_of.get(written, written), None)
        for key in chosen.keys() & self.named.keys():
            body = chosen[key]
            others = [one.region for other, one in chosen.items() if other != key]
            if not any(o.startswith(body.region) or body.region.startswith(o) or o == "00" for o in others):
                body.inhabitants = self.inhabitants(self.regions[body.region])
        return list(chosen.values())

    def keys_of_today(self, definition: Row) -> dict[str, str]:
        """The keys that the regions have which a definition names by the keys they had when it was written."""
        written = {*definition.add, *definition.remove}
        if not written:
            return {}
        versions = believed(self.export.versions, definition.recorded_at)
        last = {v.key: v.region_id for v in sorted(versions, key=lambda v: v.valid_from) if v.key in written}
        return {
            key: self.by_identity[identity].key if identity in self.by_identity else ""
            for key, identity in last.items()
        }
