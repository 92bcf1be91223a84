"""The shipped facts of the catalogue, as they lie in ``seed/``: each file read into the words of the domain."""

import csv
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from marketplace.domain.catalogue import Bundle, Organisation, OrganisationKind, Procedure, ThemeField
from marketplace.exchange.register_seed import SEED
from marketplace.exchange.service_rows import read_json_lines
from marketplace.exchange.thesaurus_rows import read_thesaurus

SNAPSHOT_ON = date(2019, 10, 1)
"""LeiKa and OZG catalogue are of October 2019; the day is not known, so the month's first stands for it."""

CATALOGUE_FILES = (
    "organisations.json", "theme_fields.json", "bundles.csv", "procedures.csv", "bundle_procedures.csv",
    "bundle_words.csv", "procedure_words.csv",
)  # fmt: skip
SETS_FILE = "authority_sets.json"
SERVICES_FILE = "services.jsonl"
THESAURUS_FILE = "thesaurus.csv"


@dataclass(frozen=True, slots=True)
class SeedFolder:
    """The folder of the seed."""

    path: Path = SEED

    def digest(self, *names: str) -> str:
        """Return the SHA-256 of some of its files, in order."""
        together = hashlib.sha256()
        for name in names:
            together.update(hashlib.sha256((self.path / name).read_bytes()).digest())
        return together.hexdigest()

    def registers(self) -> list[Path]:
        """Return the registers, the oldest first: their names are their territory dates."""
        return sorted((self.path / "registers").glob("*.csv"))

    def organisations(self) -> list[Organisation]:
        """Read the organisations. A state's coordination speaks for its state."""
        return [
            Organisation(
                id=row["id"],
                name=row["name"],
                kind=OrganisationKind(row["kind"]),
                state=row["state"],
                region_key=row.get("region_key") or _region_of_coordination(row),
                url=row["url"],
                source=source_text(row["source"]),
            )
            for row in self._json("organisations.json")
        ]

    def theme_fields(self) -> list[ThemeField]:
        """Read the theme fields."""
        return [
            ThemeField(
                id=row["id"],
                name=row["name"],
                lead_states=tuple(row["lead_states"]),
                ministry=row["ministry"],
                evidence=row["evidence"],
                source=source_text(row["source"]),
            )
            for row in self._json("theme_fields.json")
        ]

    def bundles(self) -> list[Bundle]:
        """Read the OZG bundles and what people call them."""
        said = self._words("bundle_words.csv", "ozg_id")
        return [
            Bundle(
                row["ozg_id"],
                row["name"],
                row["theme_field"] or None,
                row["life_situation"] or None,
                SNAPSHOT_ON,
                said.get(row["ozg_id"], ()),
            )
            for row in self._csv("bundles.csv")
        ]

    def procedures(self) -> list[Procedure]:
        """Read the LeiKa procedures and what people call them."""
        said = self._words("procedure_words.csv", "leika_key")
        return [
            Procedure(
                leika_key=row["leika_key"],
                version=1,
                name=row["name"],
                typisierung=row["typisierung"] or None,
                theme_field=row["theme_field"] or None,
                life_situation=row["life_situation"] or None,
                flags=(),
                snapshot_on=SNAPSHOT_ON,
                words=said.get(row["leika_key"], ()),
            )
            for row in self._csv("procedures.csv")
        ]

    def bundle_procedures(self) -> list[tuple[str, str]]:
        """Read which procedures a bundle holds."""
        return [(row["ozg_id"], row["leika_key"]) for row in self._csv("bundle_procedures.csv")]

    def authority_sets(self) -> list[dict[str, Any]]:
        """Read the authority sets in the shape of ``PUT /authority-sets/{id}``."""
        return [{**row, "source": source_text(row["source"])} for row in self._json(SETS_FILE)]

    def services(self) -> list[dict[str, Any]]:
        """Read the services in the shape of ``PUT /services/{id}``."""
        return read_json_lines((self.path / SERVICES_FILE).read_bytes())

    def thesaurus(self) -> list[dict[str, Any]]:
        """Read the rows of the thesaurus in the shape of ``POST /thesaurus``."""
        return read_thesaurus((self.path / THESAURUS_FILE).read_bytes())

    def _words(self, name: str, key: str) -> dict[str, tuple[str, ...]]:
        return {row[key]: tuple(row["words"].split("|")) for row in self._csv(name)}

    def _json(self, name: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = json.loads((self.path / name).read_text(encoding="utf-8"))
        return rows

    def _csv(self, name: str) -> Iterator[dict[str, str]]:
        with (self.path / name).open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file, delimiter=";")


def source_text(source: str | Sequence[Mapping[str, Any]] | None) -> str | None:
    """Return sources as one text: title, date and address of each."""
    if not source:
        return None
    if isinstance(source, str):
        return source
    return "; ".join(
        f"{one['title']} ({one['date']}): {one['url']}"
        if one.get("date")
        else f"{one['title']}: {one['url']}"
        for one in source
    )


def _region_of_coordination(row: Mapping[str, Any]) -> str | None:
    state: str | None = row["state"]
    return state if row["kind"] == OrganisationKind.COORDINATION else None
