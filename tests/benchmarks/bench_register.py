"""Import of one whole register into an empty database; on PostgreSQL too where one is given."""

import os
import time
from pathlib import Path

import pytest

from marketplace.actions.context import Context
from marketplace.actions.register import import_register
from marketplace.store.database import Database

ROOT = Path(__file__).parents[2]
WANTED = {"sqlite": 6.0, "postgresql": 8.0}
OFFICIAL = Path(os.environ.get("MARKETPLACE_TEST_OFFICIAL_DATA", "no such folder"))
REGISTERS = [ROOT / "seed" / "registers" / "2025-08-31.csv", *sorted(OFFICIAL.glob("GV100AD_2025*.zip"))]


@pytest.mark.parametrize("path", REGISTERS, ids=lambda path: path.name)
def test_import_of_a_register(context: Context, database: Database, path: Path) -> None:
    data = path.read_bytes()
    begun = time.perf_counter()
    summary = import_register(context, data, path.name)
    took = time.perf_counter() - begun
    name = database.engine.dialect.name
    read = summary.records + summary.skipped
    print(f"\n  {name:10} {path.name}: {read} records in {took:.2f} s (wanted <= {WANTED[name]:.0f} s)")
    begun = time.perf_counter()
    import_register(context, data, path.name)
    print(f"  {name:10} the same again: {time.perf_counter() - begun:.2f} s")
