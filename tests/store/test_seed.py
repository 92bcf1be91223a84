"""Loading the seed."""

import hashlib
import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from marketplace.actions.authority_sets import get_set, put_set
from marketplace.actions.context import Context
from marketplace.actions.demo import remove
from marketplace.actions.register import list_registers
from marketplace.actions.seed import seed
from marketplace.actions.services import get_service, patch_service
from marketplace.domain.register import Register
from marketplace.domain.service_json import service_as_dict
from marketplace.domain.service_rules import KEPT_BY_THE_SERVER
from marketplace.errors import InvalidInput
from marketplace.exchange.register_seed import SEED, write
from marketplace.exchange.seed_files import SeedFolder, source_text
from marketplace.store import ledger, seed_state
from marketplace.store.tables import (
    BundleProcedureRow,
    BundleRow,
    OrganisationRow,
    ProcedureRow,
    SearchChangeRow,
    ServiceRow,
    Table,
    ThemeFieldRow,
)
from tests import kept_rows, land
from tests.conftest import Clock
from tests.kept_rows import KeptRows
from tests.shelf import OPERATOR

EWA = "elektronische-wohnsitzanmeldung"


def count(ctx: Context, table: type[Table]) -> int:
    with ctx.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def has_demo(ctx: Context) -> bool:
    with ctx.database.reading() as session:
        return ledger.has_demo_events(session)


@pytest.fixture
def folder(tmp_path: Path) -> SeedFolder:
    """A seed to be changed: what the shipped services name, and a register of a few towns, all in states 02 and 09."""
    path = tmp_path / "seed"
    path.mkdir()
    for file in SEED.iterdir():
        if file.is_file():
            shutil.copy(file, path)
    (path / "registers").mkdir()
    (path / "registers" / f"{land.ON}.csv").write_text(
        write(Register(land.ON, land.RECORDS), "a test's own"), encoding="utf-8"
    )
    services = (path / "services.jsonl").read_text(encoding="utf-8")
    for name, column in (("procedures.csv", 0), ("bundle_procedures.csv", 1)):
        heading, *lines = (path / name).read_text(encoding="utf-8").splitlines(keepends=True)
        named = [line for line in lines if line.strip().split(";")[column] in services]
        (path / name).write_text(heading + "".join(named), encoding="utf-8")
    file = path / "authority_sets.json"
    sets = json.loads(file.read_text(encoding="utf-8"))
    for one in sets:
        if one["states"]:
            one["states"] = {land.BAVARIA: next(iter(one["states"].values()))}
    file.write_text(json.dumps(sets, ensure_ascii=False), encoding="utf-8")
    return SeedFolder(path)


def rewrite(folder: SeedFolder, service_id: str, fields: dict[str, Any]) -> None:
    """Change one service in the seed's file."""
    file = folder.path / "services.jsonl"
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    next(row for row in rows if row["id"] == service_id).update(fields)
    file.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")


def load(ctx: Context, folder: SeedFolder) -> list[str]:
    """Load without demo; return what was left alone."""
    return seed(ctx, with_demo=False, folder=folder).left


_loaded: dict[bool, KeptRows] = {}


@pytest.fixture
def loaded(context: Context, folder: SeedFolder) -> Context:
    """A context on that seed, loaded once by each kind of database and laid again as it is."""
    if context.database.is_sqlite in _loaded:
        kept_rows.lay(context.database, _loaded[context.database.is_sqlite])
    else:
        assert load(context, folder) == []
        _loaded[context.database.is_sqlite] = kept_rows.keep(context.database)
    return context


def test_the_shipped_seed_holds_what_it_promises(seeded: Context) -> None:
    counted = {
        table.__tablename__: count(seeded, table)
        for table in (BundleRow, ProcedureRow, BundleProcedureRow, ThemeFieldRow, ServiceRow, OrganisationRow)
    }
    assert counted == {
        "bundle": 557, "procedure": 4813, "bundle_procedure": 4797, "theme_field": 14, "service": 70, "organisation": 46,
    }  # fmt: skip
    assert [one.territory_on for one in list_registers(seeded)] == [date(2023, 11, 30), date(2025, 8, 31)]
    members = {
        name: get_set(seeded, name, date(2025, 8, 31)).member_count
        for name in (
            "states",
            "districts",
            "local_administrations",
            "municipalities",
            "registration_authorities",
            "disability_offices",
            "housing_benefit_offices",
        )
    }
    assert members == {
        "states": 16, "districts": 400, "local_administrations": 4389, "municipalities": 10751,
        "registration_authorities": 5030, "disability_offices": 123, "housing_benefit_offices": 743,
    }  # fmt: skip
    assert has_demo(seeded)


def test_everything_that_can_be_searched_is_in_the_change_feed(seeded: Context) -> None:
    leistungsobjekte, services, lexicon, thesaurus, places = 1826, 70, 1, 1, 1
    assert count(seeded, SearchChangeRow) == leistungsobjekte + services + lexicon + thesaurus + places


def test_a_seed_loaded_before_is_not_loaded_again(writable_seed: Context) -> None:
    report = seed(writable_seed)
    assert (report.nothing_to_do, report.written, report.left) == (True, {}, [])


def test_a_demo_taken_away_stays_away(writable_seed: Context) -> None:
    remove(writable_seed)
    assert seed(writable_seed).nothing_to_do
    assert not has_demo(writable_seed)


def test_a_small_seed_loads_on_every_database(context: Context, folder: SeedFolder) -> None:
    report = seed(context, with_demo=False, folder=folder)
    assert (report.written["services"], report.written["bundles"], report.left) == (70, 557, [])
    assert not has_demo(context)
    assert get_service(context, EWA).authority_set_name == "Meldebehörden"
    assert get_service(context, EWA).lead_state_name == "Hamburg"
    assert seed(context, with_demo=False, folder=folder).nothing_to_do


def test_two_who_load_the_seed_at_once_load_it_once(context: Context, folder: SeedFolder) -> None:
    with ThreadPoolExecutor(2) as pool:
        for left in pool.map(lambda _: load(context, folder), range(2)):
            assert left == []
    assert count(context, ServiceRow) == 70
    assert get_service(context, EWA).service.version == 1
    assert seed(context, with_demo=False, folder=folder).nothing_to_do


def test_a_changed_seed_changes_what_nobody_else_has_changed(
    loaded: Context, folder: SeedFolder, clock: Clock
) -> None:
    for number in (2, 3):
        clock.tick(days=1)
        rewrite(folder, EWA, {"name": f"eWA {number}"})
        assert load(loaded, folder) == []
        service = get_service(loaded, EWA).service
        assert (service.name, service.version) == (f"eWA {number}", number)
    assert get_service(loaded, "ehe-online").service.version == 1


def test_a_changed_seed_leaves_what_somebody_has_changed_and_says_so(
    loaded: Context, folder: SeedFolder
) -> None:
    patch_service(loaded, OPERATOR, EWA, {"name": "Ummeldung"}, 1)
    assert seed(loaded, with_demo=False, folder=folder).nothing_to_do
    rewrite(folder, EWA, {"name": "eWA 2"})
    assert load(loaded, folder) == [f"service/{EWA}"]
    assert get_service(loaded, EWA).service.name == "Ummeldung"
    assert seed(loaded, with_demo=False, folder=folder).nothing_to_do


def test_words_reach_an_entry_that_was_loaded_before_entries_had_any(
    loaded: Context, folder: SeedFolder
) -> None:
    rewrite(folder, EWA, {"words": []})
    assert load(loaded, folder) == []
    said = service_as_dict(get_service(loaded, EWA, OPERATOR).service)
    old = {name: value for name, value in said.items() if name not in (*KEPT_BY_THE_SERVER, "words")}
    digest = hashlib.sha256(json.dumps(old, sort_keys=True).encode()).hexdigest()
    with loaded.database.writing() as session:
        seed_state.remember(session, {f"service/{EWA}": digest}, loaded.clock())
    rewrite(folder, EWA, {"words": ["Umzug melden"]})
    assert load(loaded, folder) == []
    assert get_service(loaded, EWA).service.words == ("Umzug melden",)


def test_an_authority_set_that_somebody_has_changed_is_left_alone(
    loaded: Context, folder: SeedFolder
) -> None:
    put_set(loaded, OPERATOR, "states", {"name": "Alle Länder", "level": "state", "reason": "eigener"}, 1)
    file = folder.path / "authority_sets.json"
    file.write_text(
        file.read_text(encoding="utf-8")
        .replace('"Länder"', '"Die Länder"')
        .replace('"Gemeinden"', '"Alle Gemeinden"'),
        encoding="utf-8",
    )
    assert load(loaded, folder) == ["authority sets/states"]
    assert get_set(loaded, "states").definition.name == "Alle Länder"
    assert get_set(loaded, "municipalities").definition.name == "Alle Gemeinden"


def test_a_register_newer_than_the_seeds_is_kept(loaded: Context, folder: SeedFolder) -> None:
    old = folder.path / "registers" / "2020-01-01.csv"
    old.write_text(write(Register(date(2020, 1, 1), land.RECORDS), "a test's own"), encoding="utf-8")
    assert load(loaded, folder) == ["register 2020-01-01 (the register of 2025-08-31 is newer)"]
    assert [one.territory_on for one in list_registers(loaded)] == [land.ON]


def test_a_broken_seed_names_the_entry_and_its_field_and_writes_no_service(
    context: Context, folder: SeedFolder
) -> None:
    rewrite(folder, EWA, {"ozg_ids": ["99999"]})
    with pytest.raises(InvalidInput) as error:
        load(context, folder)
    assert [one.field for one in error.value.errors] == [f"{EWA}.ozg_ids.0"]
    assert count(context, ServiceRow) == 0
    rewrite(folder, EWA, {"ozg_ids": ["10124"]})
    load(context, folder)
    assert count(context, ServiceRow) == 70


def test_an_authority_set_that_does_not_fit_the_register_is_named(
    context: Context, folder: SeedFolder
) -> None:
    file = folder.path / "authority_sets.json"
    file.write_text(file.read_text(encoding="utf-8").replace('{"09": ', '{"77": ', 1), encoding="utf-8")
    with pytest.raises(InvalidInput) as error:
        load(context, folder)
    assert [one.field for one in error.value.errors] == ["registration_authorities.states.77"]
    assert count(context, ServiceRow) == 0


def test_a_coordination_speaks_for_its_state() -> None:
    coordinations = {
        one.id: one.region_key for one in SeedFolder().organisations() if one.kind == "coordination"
    }
    assert len(coordinations) == 16
    assert coordinations["coordination-hh"] == "02"


def test_sources_become_one_text() -> None:
    sources: list[dict[str, Any]] = [
        {"title": "Bericht", "date": "2025-08", "url": "https://example.org/1"},
        {"title": "Seite", "date": None, "url": "https://example.org/2"},
    ]
    assert source_text(sources) == "Bericht (2025-08): https://example.org/1; Seite: https://example.org/2"
    assert source_text([]) is None
    assert source_text("Satzung") == "Satzung"
