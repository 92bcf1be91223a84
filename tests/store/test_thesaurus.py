"""The thesaurus as editors keep it, on both databases."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from marketplace.actions.context import Context
from marketplace.actions.paging import PageRequest
from marketplace.actions.seed_thesaurus import load_thesaurus
from marketplace.actions.service_writing import ANY_VERSION
from marketplace.actions.tables import write_table
from marketplace.actions.thesaurus import add_row, change_row, delete_row, get_row, list_rows
from marketplace.actions.thesaurus_files import export_table, import_file, import_rows
from marketplace.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    Unauthenticated,
    VersionMismatch,
    VersionRequired,
)
from marketplace.search.engines.base import EngineQuery
from marketplace.search.engines.embedded import EmbeddedEngine
from marketplace.search.planning import plan_query
from marketplace.store import outbox
from marketplace.store.database import Database, open_engine
from marketplace.store.marks import marks
from tests import shelf
from tests.conftest import Clock
from tests.shelf import NORTH, OPERATOR

LICENCE = {"left": "Lappen", "right": ["Fahrerlaubnis"]}


@pytest.fixture
def ctx(context: Context) -> Context:
    """The small catalogue on each database."""
    return shelf.fill(context)


@pytest.fixture
def elsewhere(ctx: Context, clock: Clock) -> Iterator[Context]:
    """Another process on the same database."""
    database = Database(open_engine(ctx.database.engine.url.render_as_string(hide_password=False)))
    yield Context(database, ctx.settings, EmbeddedEngine(database), clock)
    database.dispose()


def lefts(ctx: Context, **filters: Any) -> list[str]:
    return [one.row.left for one in list_rows(ctx, PageRequest(1, 200), **filters).items]


def found(ctx: Context, q: str) -> list[str]:
    """What a search for procedures finds, in a new look at the database."""
    reader = ctx.engine.reader()
    plan = plan_query(q, reader.state.language)
    return list(reader.search(EngineQuery(plan, "procedures", limit=10)).ids)


def owed(ctx: Context) -> int:
    with ctx.database.reading() as session:
        return outbox.state(session).size


def test_what_an_editor_writes_takes_effect_with_the_next_query_of_every_process(
    ctx: Context, elsewhere: Context
) -> None:
    marriage = ["99059001"]
    debts = owed(ctx)
    assert (found(ctx, "Bettlaken"), found(elsewhere, "Bettlaken")) == ([], [])
    row = add_row(ctx, OPERATOR, {"left": "Bettlaken", "right": ["Eheschließung"]})
    assert (found(ctx, "Bettlaken"), found(elsewhere, "Bettlaken")) == (marriage, marriage)
    row = change_row(
        elsewhere, OPERATOR, str(row.id), {"left": "Kopfkissen", "right": ["Eheschließung"]}, row.version
    )
    assert (found(ctx, "Bettlaken"), found(ctx, "Kopfkissen")) == ([], marriage)
    delete_row(ctx, OPERATOR, str(row.id), row.version)
    assert (found(ctx, "Kopfkissen"), found(elsewhere, "Kopfkissen")) == ([], [])
    assert import_rows(ctx, OPERATOR, [{"left": "Bettlaken", "right": ["Eheschließung"]}]).written
    assert found(elsewhere, "Bettlaken") == marriage
    assert owed(ctx) == debts


def test_a_row_says_who_wrote_it_when(ctx: Context, clock: Clock) -> None:
    row = add_row(
        ctx, OPERATOR, {**LICENCE, "weight": 0.8, "theme_field": "familie-kind", "note": "sagt man so"}
    )
    assert (row.author, row.updated_at) == ("betrieb", clock.now)
    later = clock.tick(days=1)
    changed = change_row(ctx, OPERATOR, str(row.id), LICENCE, row.version)
    assert changed.version > row.version
    assert (changed.updated_at, changed.row.weight, changed.row.theme_field, changed.row.note) == (
        later,
        1.0,
        None,
        None,
    )
    assert get_row(ctx, str(row.id)) == changed
    clock.tick(days=1)
    assert change_row(ctx, OPERATOR, str(row.id), LICENCE, changed.version) == changed


def test_rows_are_listed_by_what_people_type_and_filtered(ctx: Context) -> None:
    for left, right, theme_field in (
        ("Zoll", "Einfuhrabgabe", None),
        ("äußern", "Stellungnahme", "familie-kind"),
        ("Auto", "Fahrzeug", None),
        ("bauen", "Öffentlicher Bau", "familie-kind"),
    ):
        add_row(ctx, OPERATOR, {"left": left, "right": [right], "theme_field": theme_field})
    assert lefts(ctx) == ["äußern", "Auto", "bauen", "Zoll"]
    assert lefts(ctx, q="AU") == ["äußern", "Auto", "bauen"]
    assert lefts(ctx, q="offentlich") == ["bauen"]
    assert lefts(ctx, theme_field="familie-kind") == ["äußern", "bauen"]
    assert (lefts(ctx, author="betrieb", q="zeug"), lefts(ctx, author="seed")) == (["Auto"], [])
    second = list_rows(ctx, PageRequest(2, 3))
    assert ([one.row.left for one in second.items], second.total) == (["Zoll"], 4)
    assert list_rows(ctx, PageRequest(9, 3)).items == []
    with pytest.raises(InvalidInput):
        list_rows(ctx, PageRequest(), q="x" * 201)


def test_the_same_words_have_one_row(ctx: Context) -> None:
    first = add_row(ctx, OPERATOR, {"left": "Laden eröffnen", "right": ["Gewerbe"]})
    other = add_row(ctx, OPERATOR, LICENCE)
    with pytest.raises(Conflict, match=f"row {first.id} "):
        add_row(ctx, OPERATOR, {"left": "eröffne einen Laden", "right": ["Gaststätte"]})
    with pytest.raises(Conflict):
        change_row(ctx, OPERATOR, str(other.id), {"left": "Läden eröffnen", "right": ["Amt"]}, other.version)
    mine = {"left": "Läden eröffnen", "right": ["Amt"]}
    assert change_row(ctx, OPERATOR, str(first.id), mine, first.version).row.left == "Läden eröffnen"


def test_of_two_who_add_the_same_at_once_one_is_told_so(ctx: Context, elsewhere: Context) -> None:
    def add(one: Context) -> str:
        try:
            return add_row(one, OPERATOR, LICENCE).row.left
        except Conflict:
            return "conflict"

    with ThreadPoolExecutor(2) as pool:
        for _ in range(5):
            assert sorted(pool.map(add, (ctx, elsewhere))) == ["Lappen", "conflict"]
            delete_row(ctx, OPERATOR, str(list_rows(ctx, PageRequest()).items[0].id), ANY_VERSION)


def test_who_saw_an_older_version_is_told_so(ctx: Context) -> None:
    row = add_row(ctx, OPERATOR, LICENCE)
    newer = change_row(ctx, OPERATOR, str(row.id), {**LICENCE, "weight": 0.5}, row.version)
    for version, error in ((row.version, VersionMismatch), (None, VersionRequired)):
        with pytest.raises(error):
            change_row(ctx, OPERATOR, str(row.id), {**LICENCE, "weight": 0.7}, version)
        with pytest.raises(error):
            delete_row(ctx, OPERATOR, str(row.id), version)
    assert get_row(ctx, str(row.id)) == newer


def test_a_row_that_took_the_id_of_a_deleted_one_is_not_mistaken_for_it(ctx: Context) -> None:
    row = add_row(ctx, OPERATOR, LICENCE)
    delete_row(ctx, OPERATOR, str(row.id), row.version)
    following = add_row(ctx, OPERATOR, {"left": "Schein", "right": ["Führerschein"]})
    if ctx.database.is_sqlite:
        assert following.id == row.id
    with pytest.raises((VersionMismatch, NotFound)):
        change_row(ctx, OPERATOR, str(row.id), LICENCE, row.version)
    assert lefts(ctx) == ["Schein"]


@pytest.mark.parametrize("row_id", ["0", "7", "-1", "1.0", "x", "", "99999999999999999999", "١"])
def test_a_row_that_there_is_not_is_not_found(ctx: Context, row_id: str) -> None:
    with pytest.raises(NotFound):
        get_row(ctx, row_id)
    with pytest.raises(NotFound):
        delete_row(ctx, OPERATOR, row_id, 1)


def test_a_theme_field_that_there_is_not_is_refused(ctx: Context) -> None:
    with pytest.raises(InvalidInput) as error:
        add_row(ctx, OPERATOR, {**LICENCE, "theme_field": "nirgendwo"})
    assert [(one.field, one.rule) for one in error.value.errors] == [("theme_field", "reference")]
    assert lefts(ctx) == []


def test_only_operators_write(ctx: Context) -> None:
    row = str(add_row(ctx, OPERATOR, LICENCE).id)
    for actor, error in ((NORTH, Forbidden), (None, Unauthenticated)):
        with pytest.raises(error):
            add_row(ctx, actor, LICENCE)
        with pytest.raises(error):
            change_row(ctx, actor, row, LICENCE, ANY_VERSION)
        with pytest.raises(error):
            delete_row(ctx, actor, row, ANY_VERSION)
        with pytest.raises(error):
            import_file(ctx, actor, b"left;right\nLappen;Schein\n")


def test_a_file_is_imported_whole_and_the_second_time_changes_nothing(ctx: Context) -> None:
    file = (
        "left;right;direction;weight;theme_field;note\n"
        "Lappen;Führerschein|Fahrerlaubnis;one_way;0,8;familie-kind;umgangssprachlich\n"
        "WBS;Wohnberechtigungsschein;both;1;;\n"
    ).encode()
    position = marks(ctx.database)[1]
    report = import_file(ctx, OPERATOR, file, dry_run=True)
    assert (report.accepted, report.written, lefts(ctx)) == (2, False, [])
    assert import_file(ctx, OPERATOR, file).accepted == 2
    assert lefts(ctx) == ["Lappen", "WBS"]
    after = marks(ctx.database)[1]
    assert after > position
    report = import_file(ctx, OPERATOR, file)
    assert (report.accepted, report.unchanged, report.rejected) == (0, 2, 0)
    assert marks(ctx.database)[1] == after
    before = list_rows(ctx, PageRequest()).items
    report = import_file(ctx, OPERATOR, file.replace(b"WBS", b"wbs").replace(b"0,8", b"0.8"))
    assert [row.outcome for row in report.rows] == ["unchanged", "accepted"]
    assert [one.id for one in list_rows(ctx, PageRequest()).items] == [one.id for one in before]
    assert lefts(ctx) == ["Lappen", "wbs"]


def test_a_file_with_a_broken_row_writes_nothing_and_names_it(ctx: Context) -> None:
    rows: list[dict[str, Any]] = [
        LICENCE,
        {"left": "für", "right": ["Schein"]},
        {"left": "die Lappen", "right": ["Schein"]},
        {"left": "WBS", "right": ["Wohnen"], "theme_field": "nirgendwo"},
        {"right": ["Schein"]},
    ]
    report = import_rows(ctx, OPERATOR, rows)
    assert [(row.outcome, [(one.field, one.rule) for one in row.errors]) for row in report.rows] == [
        ("accepted", []),
        ("rejected", [("left", "words")]),
        ("rejected", [("left", "unique")]),
        ("rejected", [("theme_field", "reference")]),
        ("rejected", [("left", "required")]),
    ]
    assert lefts(ctx) == []
    with pytest.raises(InvalidInput):
        import_rows(ctx, OPERATOR, [LICENCE] * 10_001)


@pytest.mark.parametrize("file", [b"", b"left\nLappen\n", b"\xff\xfe\x00", b'{"left": \n', b"left;right\n"])
def test_a_file_that_is_none_is_refused(ctx: Context, file: bytes) -> None:
    with pytest.raises(InvalidInput):
        import_file(ctx, OPERATOR, file)


def test_what_is_exported_is_imported_unchanged_and_runs_no_formula(ctx: Context) -> None:
    add_row(
        ctx,
        OPERATOR,
        {"left": "=SUMME(1)", "right": ["-Minus", "Größe; Maß"], "note": "+7\n@x", "weight": 0.1},
    )
    add_row(ctx, OPERATOR, {"left": "WBS", "right": ["Wohnberechtigungsschein"], "direction": "both"})
    content = write_table(export_table(ctx), "csv").content
    assert content.decode("utf-8-sig").splitlines()[0] == "left;right;direction;weight;theme_field;note"
    assert b"'=SUMME(1);\"'-Minus|" in content
    report = import_file(ctx, OPERATOR, content)
    assert (report.accepted, report.unchanged, report.rejected) == (0, 2, 0)


def seed(ctx: Context, *rows: tuple[str, str]) -> tuple[int, list[str]]:
    with ctx.database.writing() as session:
        return load_thesaurus(session, [{"left": one, "right": [other]} for one, other in rows], ctx.clock())


def test_the_seed_replaces_what_still_says_what_it_said(ctx: Context) -> None:
    assert seed(ctx, ("Lappen", "Schein"), ("WBS", "Wohnen"), ("Opa", "Rente")) == (3, [])
    position = marks(ctx.database)[1]
    assert seed(ctx, ("Lappen", "Schein"), ("WBS", "Wohnen"), ("Opa", "Rente")) == (0, [])
    assert marks(ctx.database)[1] == position
    assert seed(ctx, ("Lappen", "Fahrerlaubnis"), ("WBS", "Wohnen")) == (2, [])
    assert [(one.row.left, one.row.right, one.author) for one in list_rows(ctx, PageRequest()).items] == [
        ("Lappen", ("Fahrerlaubnis",), "seed"),
        ("WBS", ("Wohnen",), "seed"),
    ]
    assert seed(ctx, ("Lappen", "Fahrerlaubnis"), ("WBS", "Wohnen"), ("Opa", "Rente")) == (1, [])


def test_the_seed_leaves_what_editors_wrote_changed_or_deleted(ctx: Context) -> None:
    add_row(ctx, OPERATOR, {"left": "Zaun", "right": ["Einfriedung"]})
    seed(ctx, ("Lappen", "Schein"), ("WBS", "Wohnen"), ("Opa", "Rente"))
    ids = {one.row.left: str(one.id) for one in list_rows(ctx, PageRequest()).items}
    change_row(ctx, OPERATOR, ids["Lappen"], LICENCE, ANY_VERSION)
    change_row(ctx, OPERATOR, ids["Opa"], {"left": "Opa", "right": ["Großvater"]}, ANY_VERSION)
    delete_row(ctx, OPERATOR, ids["WBS"], ANY_VERSION)
    same = ("Lappen", "Schein"), ("WBS", "Wohnen"), ("Zaun", "Einfriedung")
    assert seed(ctx, *same) == (0, [])
    changed = ("Lappen", "Karte"), ("WBS", "Wohnung"), ("Zaun", "Grenze")
    assert seed(ctx, *changed) == (0, ["thesaurus/Lappen", "thesaurus/WBS", "thesaurus/Zaun"])
    assert {one.row.left: one.row.right for one in list_rows(ctx, PageRequest()).items} == {
        "Lappen": ("Fahrerlaubnis",),
        "Opa": ("Großvater",),
        "Zaun": ("Einfriedung",),
    }


def test_a_broken_seed_names_the_row_and_writes_nothing(ctx: Context) -> None:
    with pytest.raises(InvalidInput) as error:
        seed(ctx, ("Lappen", "Schein"), ("der", "Wohnen"), ("die Lappen", "Karte"))
    assert [(one.field, one.rule) for one in error.value.errors] == [
        ("2.left", "words"),
        ("3.left", "unique"),
    ]
    assert lefts(ctx) == []


def test_the_shipped_rows_are_many_in_all_theme_fields(seeded: Context, tmp_path: Path) -> None:
    rows = [
        one
        for number in range(1, 20)
        for one in list_rows(seeded, PageRequest(number, 200), author="seed").items
    ]
    assert len(rows) >= 400
    fields = {one.row.theme_field for one in rows} - {None}
    assert len(fields) == 14
    for field in fields:
        assert sum(one.row.theme_field == field for one in rows) >= 15
    file = tmp_path / "thesaurus.csv"
    file.write_bytes(write_table(export_table(seeded), "csv").content)
    assert import_file(seeded, OPERATOR, file.read_bytes(), dry_run=True).unchanged == len(rows)
