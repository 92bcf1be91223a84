"""The shipped registers: their official counts, and what changed from one to the other.

Where ``MARKETPLACE_TEST_OFFICIAL_DATA`` names a folder with the official zips, these are imported too and must give
the same tables.
"""

import json
import os
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from marketplace.actions.authority_sets import get_set, import_sets
from marketplace.actions.context import Context
from marketplace.actions.regions import find_regions, get_region
from marketplace.actions.register import RegisterSummary, import_register
from marketplace.actions.successions import (
    confirm_successions,
    proposals_csv,
    propose_successions,
    succession_status,
)
from marketplace.domain.access import Actor, Role
from marketplace.domain.regions import size_class
from marketplace.exchange.register_seed import SEED
from marketplace.search.engines.embedded import EmbeddedEngine
from marketplace.settings import Settings
from marketplace.store.database import Database, open_engine
from marketplace.store.tables import RegionRow, RegionVersionRow
from marketplace.store.territory import territory_at
from tests import kept_rows
from tests.conftest import NOW, Clock
from tests.kept_rows import KeptRows

OPERATOR = Actor.of("operator", "operator", Role.OPERATOR)
FIRST, SECOND = date(2023, 11, 30), date(2025, 8, 31)
# The clock of these tests stands: the second recording is a microsecond later.
LATER = NOW + timedelta(seconds=1)
OFFICIAL = Path(os.environ.get("MARKETPLACE_TEST_OFFICIAL_DATA", "no such folder"))
OFFICIAL_FILES = sorted(OFFICIAL.glob("GV100AD_*.zip"))
SHIPPED_COUNTS = {
    "states": 16,
    "districts": 400,
    "local_administrations": 4389,
    "municipalities": 10_751,
    "registration_authorities": 5030,
    "disability_offices": 123,
    "housing_benefit_offices": 743,
}


def import_all(context: Context, files: list[Path]) -> list[RegisterSummary]:
    return [import_register(context, file.read_bytes(), file.name) for file in files]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[tuple[Context, Any]]:
    """A context with both shipped registers, and what importing them said."""
    path = tmp_path_factory.mktemp("registers") / "registers.sqlite"
    shutil.copy(migrated_sqlite, path)
    database = Database(open_engine(f"sqlite:///{path}"))
    context = Context(database, Settings(_env_file=None), EmbeddedEngine(database), Clock(NOW))
    summaries = import_all(context, sorted((SEED / "registers").glob("*.csv")))
    import_sets(context, OPERATOR, json.loads((SEED / "authority_sets.json").read_text(encoding="utf-8")))
    yield context, summaries
    database.dispose()


_imported: list[KeptRows] = []


@pytest.fixture
def on_each(context: Context, both: tuple[Context, Any]) -> Context:
    """Both registers and the sets on each database, imported once by each."""
    if context.database.is_sqlite:
        kept_rows.lay(context.database, kept_rows.keep(both[0].database))
    elif _imported:
        kept_rows.lay(context.database, _imported[0])
    else:
        # How PostgreSQL checks a reference it plans once a connection: one from a small land would read all regions.
        context.database.engine.dispose()
        import_all(context, sorted((SEED / "registers").glob("*.csv")))
        import_sets(context, OPERATOR, json.loads((SEED / "authority_sets.json").read_text(encoding="utf-8")))
        _imported.append(kept_rows.keep(context.database))
    return context


def test_the_register_has_its_official_counts(both: tuple[Context, Any]) -> None:
    context, (_, summary) = both
    assert {kind: counts.records for kind, counts in summary.counts_by_kind.items()} == {
        "state": 16,
        "district": 400,
        "association": 4590,
        "municipality": 10_952,
    }
    with context.database.reading() as session:
        land = territory_at(session, SECOND, LATER)
    towns = [region for region in land if region.kind == "municipality"]
    assert sum(region.is_unincorporated for region in towns) == 201
    assert sum(region.has_administration for region in land if region.kind == "association") == 1203
    assert land.by_key["00"].population == 83_577_140
    assert land.by_key["00"].area_ha == 35_768_388


def test_what_changed_between_the_registers_is_what_official_lists_say(both: tuple[Context, Any]) -> None:
    _, (_, summary) = both
    towns = summary.counts_by_kind["municipality"]
    assert (towns.ended, towns.new, towns.rekeyed, towns.renamed) == (32, 3, 5, 13)


def test_a_merger_that_keeps_the_name_is_a_new_body(both: tuple[Context, Any]) -> None:
    context, _ = both
    before, now = (
        find_regions(context, kind="municipality", q="Uder", as_of=day).items[0] for day in (FIRST, SECOND)
    )
    assert (before.name, now.name) == ("Uder", "Uder")
    assert before.region_id != now.region_id
    assert get_region(context, before.key).ended_on == SECOND
    assert get_region(context, now.key).ended_on is None


def test_130_municipalities_move_to_another_size_class(both: tuple[Context, Any]) -> None:
    context, _ = both
    with context.database.reading() as session:
        before, after = (territory_at(session, day, LATER) for day in (FIRST, SECOND))
    classes = {
        r.ags: size_class(r.population) for r in before if r.kind == "municipality" and r.has_administration
    }
    moved = [
        r.ags for r in after
        if r.kind == "municipality" and r.has_administration and classes.get(r.ags, "") not in ("", size_class(r.population))
    ]  # fmt: skip
    assert len(moved) == 130


def test_midpoints_are_missing_for_few(both: tuple[Context, Any]) -> None:
    context, _ = both
    with context.database.reading() as session:
        land = territory_at(session, SECOND, LATER)
    without = [r.name for r in land if r.kind == "municipality" and r.has_administration and r.lon is None]
    assert len(without) == 3


@pytest.mark.parametrize(("set_id", "count"), SHIPPED_COUNTS.items())
def test_the_shipped_sets_have_their_counts(both: tuple[Context, Any], set_id: str, count: int) -> None:
    detail = get_set(both[0], set_id, SECOND)
    assert (detail.member_count, len(detail.members), sum(detail.counts_by_state.values())) == (count,) * 3
    assert detail.territory_on == SECOND


def test_the_shipped_sets_count_the_same_on_every_database(on_each: Context) -> None:
    assert {set_id: get_set(on_each, set_id).member_count for set_id in SHIPPED_COUNTS} == SHIPPED_COUNTS


def test_importing_both_again_changes_nothing(both: tuple[Context, Any]) -> None:
    for summary in import_all(both[0], sorted((SEED / "registers").glob("*.csv"))):
        assert (summary.new, summary.changed, summary.renamed, summary.rekeyed, summary.ended) == (0,) * 5


def proposed(context: Context) -> dict[str, set[tuple[str, str, int | None, str]]]:
    """What is proposed for each municipality that ended, by AGS: successor, how, hectares, how sure."""
    found: dict[str, set[tuple[str, str, int | None, str]]] = {}
    for one in propose_successions(context, decided=True).proposals:
        if one.predecessor.ags is not None:
            said = (one.successor.name, str(one.kind), one.area_ha, str(one.confidence))
            found.setdefault(one.predecessor.ags, set()).add(said)
    return found


def check_proposals(context: Context) -> None:
    """Areas and names tell something sensible for all 32 municipalities and areas that ended."""
    found = proposed(context)
    assert len(found) == 32
    assert found["16064055"] == {
        ("Mühlhausen/Thüringen, Stadt", "split", 1551, "medium"), ("Dingelstädt, Stadt", "split", 1117, "medium"),
    }  # fmt: skip
    assert found["16063037"] == {("Südeichsfeld", "merged", 398, "medium")}
    assert found["09479453"] == {
        ("Thierstein, M", "split", 595, "medium"), ("Hohenberg a.d.Eger, St", "split", 206, "medium"),
    }  # fmt: skip
    into = Counter(successor for said in found.values() for successor, *_ in said)
    assert into["Uder"] == 11
    assert (
        into["Berga-Wünschendorf, Stadt"] == into["Obergeckler"] == into["Heilbad Heiligenstadt, Stadt"] == 2
    )
    assert into["Weißenstadt, St"] == 3
    assert {confidence for said in found.values() for *_, confidence in said} == {"high", "medium"}
    for said in found.values():
        assert all((area or 0) > 0 for _, _, area, _ in said)
        assert {kind for _, kind, *_ in said} == ({"merged"} if len(said) == 1 else {"split"})


def test_areas_and_names_tell_what_became_of_all_that_ended(both: tuple[Context, Any]) -> None:
    context, _ = both
    check_proposals(context)
    work = propose_successions(context)
    assert work.unexplained == []
    bodies = {(p.predecessor.name, p.successor.key) for p in work.proposals if p.predecessor.ags is None}
    assert bodies == {
        ("Uder", "160615051"), ("Unstrut-Hainich", "160640076076"), ("Südeichsfeld", "160640074074"),
        ("Südeichsfeld", "160640046046"), ("Südeichsfeld", "160610118118"),
    }  # fmt: skip


def test_the_land_stays_whole_where_all_proposals_are_confirmed_for_a_day_between(
    on_each: Context, clock: Clock
) -> None:
    context = on_each
    reform = date(2025, 1, 1)
    content = proposals_csv(propose_successions(context)).replace(b"2025-08-31", b"2025-01-01")
    done = confirm_successions(context, OPERATOR, content, source="a test's own")
    assert (done.report.accepted, done.report.rejected) == (40, 0)
    assert succession_status(context).open == []
    clock.tick(hours=1)
    day = timedelta(days=1)
    with context.database.reading() as session:
        lands = [territory_at(session, on, clock.now) for on in (reform - day, reform, SECOND - day, SECOND)]
    municipalities = [sum(r.kind == "municipality" and r.has_administration for r in each) for each in lands]
    assert municipalities == [10_773, 10_751, 10_751, 10_751]
    before, after = lands[0], lands[1]
    lost = {r.ags for r in before if r.ags} - {r.ags for r in after if r.ags}
    assert len(lost) == 32
    for each in lands:
        for region in each:
            if region.kind == "municipality":
                association = each.by_key.get(region.key[:9])
                assert association is not None, (each.on, region.key, region.name)


def rows(context: Context) -> Counter[tuple[Any, ...]]:
    """All region versions without what differs by nature: recordings and ids of rows."""
    left_out = ("id", "recorded_at", "superseded_at")
    columns = [column for column in RegionVersionRow.__table__.columns if column.name not in left_out]
    with context.database.reading() as session:
        found = session.execute(
            select(*columns, RegionRow.kind, RegionVersionRow.superseded_at.is_(None)).join(
                RegionRow, RegionRow.id == RegionVersionRow.region_id
            )
        )
        return Counter(tuple(row) for row in found)


if OFFICIAL_FILES:

    def test_the_official_files_give_the_same_tables(
        both: tuple[Context, Any], tmp_path: Path, migrated_sqlite: Path
    ) -> None:
        path = tmp_path / "official.sqlite"
        shutil.copy(migrated_sqlite, path)
        database = Database(open_engine(f"sqlite:///{path}"))
        context = Context(database, Settings(_env_file=None), EmbeddedEngine(database), Clock(NOW))
        assert [summary.skipped for summary in import_all(context, OFFICIAL_FILES)] == [41, 41]
        check_proposals(context)
        assert rows(context) == rows(both[0])
        database.dispose()
