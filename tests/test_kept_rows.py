"""A test's database is as good as new: emptied without a trace, and the small land laid as the rules write it."""

import pytest
from sqlalchemy import delete, insert, text
from sqlalchemy.exc import IntegrityError

from marketplace.actions.context import Context
from marketplace.actions.recording import record_events
from marketplace.store.database import Database
from marketplace.store.tables import LedgerRow, Table, ThemeFieldRow
from tests import kept_rows, land
from tests.conftest import MANY, empty_postgresql

EVENT = {
    "service_id": "hundesteuer", "authority_key": land.SEEDORF, "status": "live", "effective_on": "2026-06-01",
}  # fmt: skip


def empty(database: Database) -> None:
    if not database.is_sqlite:
        empty_postgresql(database)
        return
    with database.writing() as session:
        session.execute(text("DROP TRIGGER IF EXISTS audit_entry_no_delete"))
        for table in reversed(Table.metadata.sorted_tables):
            session.execute(delete(table))
        session.execute(insert(LedgerRow).values(id=1, version=0, last_event_id=0))


def everything(database: Database) -> tuple[dict[str, list[str]], dict[str, int]]:
    kept = kept_rows.keep(database)
    lines = {
        name: rows.splitlines() if isinstance(rows, bytes) else rows for name, rows in kept.tables.items()
    }
    return {name: sorted(map(repr, rows)) for name, rows in lines.items()}, kept.identities


def test_a_land_laid_again_is_the_land_that_the_rules_write(context: Context) -> None:
    land.write_by_rules(context)
    written = everything(context.database)
    assert len(written[0]["region_version"]) > len(land.RECORDS)
    for _first_and_again in range(2):
        empty(context.database)
        assert kept_rows.is_empty(context.database)
        land.settle(context)
        again = everything(context.database)
        for name in written[0].keys() | again[0].keys():
            assert again[0].get(name) == written[0].get(name), name
        assert again[1] == written[1]


@pytest.mark.parametrize(
    "database", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)
@pytest.mark.parametrize("theme_fields", [1, MANY], ids=["few rows", "many rows"])
def test_an_emptied_database_counts_from_one_and_still_guards_its_events(
    context: Context, theme_fields: int
) -> None:
    for _first_and_again in range(2):
        land.settle(context)
        with context.database.writing() as session:
            fields = {"name": "Feld", "lead_states": [land.HAMBURG], "evidence": "seen"}
            session.execute(insert(ThemeFieldRow), [{"id": f"{n}", **fields} for n in range(theme_fields)])
        (told,) = record_events(context, land.OPERATOR, [EVENT]).rows
        assert told.id == 1
        with pytest.raises(IntegrityError, match="append-only"), context.database.writing() as session:
            session.execute(text("DELETE FROM adoption_event"))
        empty(context.database)
        assert kept_rows.is_empty(context.database)
