"""The shipped versions of the EfA minimum requirements (``seed/efa_minimum_requirements.csv``)."""

import csv
from functools import cache
from pathlib import Path

from marketplace.domain.self_check import Evidence, Level, Requirement, RequirementList
from marketplace.exchange.register_seed import SEED

REQUIREMENTS_FILE = "efa_minimum_requirements.csv"


@cache
def requirement_lists(path: Path = SEED / REQUIREMENTS_FILE) -> tuple[RequirementList, ...]:
    """Read the versions of the list, the oldest first; read once a process, a published version never changes."""
    by_version: dict[str, list[Requirement]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            by_version.setdefault(row["version"], []).append(
                Requirement(
                    id=row["id"],
                    level=Level(row["level"]),
                    evidence=Evidence(row["evidence"]),
                    title_de=row["title_de"],
                    title_en=row["title_en"],
                    text_de=row["text_de"],
                    text_en=row["text_en"],
                    source=row["source"],
                    source_date=row["source_date"],
                )
            )
    return tuple(RequirementList(version, tuple(by_version[version])) for version in sorted(by_version))
