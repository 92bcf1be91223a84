"""The federal dashboard's rows in the ledger, on both databases."""

import csv
import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from click.testing import CliRunner

from marketplace.actions.adoptions import adoptions_of_service, events_of_service
from marketplace.actions.context import Context
from marketplace.actions.dashboard_import import DashboardReport, import_dashboard, reported_table
from marketplace.actions.paging import PageRequest
from marketplace.actions.recording import record_events
from marketplace.actions.tables import write_table
from marketplace.domain.access import Role
from marketplace.errors import Forbidden, InvalidInput
from tests import land

ON = date(2026, 11, 1)
NAMES = ("leika_key", "ars", "url", "online_status", "aktiv", "art_flaechendeckung")
SOMEWHERE, STATEWIDE = "in mind. einer Kommune verfügbar", "landesweit flächendeckend"


@pytest.fixture
def ctx(context: Context) -> Context:
    land.settle(context)
    for name, activation in (("melden", "each"), ("zentral", "central")):
        land.add_service(
            context, name, authority_set="local_administrations", activation=activation,
            lead_state=land.HAMBURG, url=f"https://{name}.example/start",
        )  # fmt: skip
    return context


def row(ars: str = land.BERGSTADT, coverage: str = SOMEWHERE, **fields: Any) -> dict[str, Any]:
    return {
        "leika_key": "99115005104000", "ars": ars.ljust(12, "0"), "url": "https://melden.example/start?ort=1",
        "online_status": "ok", "aktiv": "ja", "art_flaechendeckung": coverage,
    } | fields  # fmt: skip


def imported(ctx: Context, *rows: dict[str, Any], on: date = ON, **options: Any) -> DashboardReport:
    return import_dashboard(ctx, land.OPERATOR, json.dumps({"content": rows}).encode(), on, **options)


def adopted(ctx: Context, service_id: str = "melden") -> dict[str, tuple[str, str | None]]:
    items = adoptions_of_service(ctx, service_id, PageRequest(), as_of=ON).page.items
    return {one.authority_key: (str(one.status), one.inherited_from) for one in items}


def outcomes(report: DashboardReport) -> list[str]:
    return [one.outcome for one in report.rows]


def rules(report: DashboardReport) -> list[tuple[str, str]]:
    return [(error.field, error.rule) for one in report.rows for error in one.errors]


def test_a_municipalitys_row_makes_it_live(ctx: Context) -> None:
    assert imported(ctx, row()).written
    assert adopted(ctx) == {land.BERGSTADT: ("live", None)}
    (event,) = events_of_service(ctx, "melden", PageRequest()).items
    assert (event.asserted_by, event.source, event.proof, event.proof_url, event.effective_on) == (
        "register", "dashboard", "link", "https://melden.example/start?ort=1", ON,
    )  # fmt: skip
    assert event.note == f"Dashboard Digitale Verwaltung: {SOMEWHERE}, Linkprüfung: ok"


def test_a_states_row_covers_all_of_it_and_the_service_decides_whether_that_is_live(ctx: Context) -> None:
    """Switched on centrally it is live for all; where each must connect, all are entitled and nobody is live by it."""
    imported(ctx, row("09", STATEWIDE), row("09", STATEWIDE, url="https://zentral.example/start"))
    everybody = {land.BERGSTADT, land.BUND_AM_SEE, land.NORDSTADT_TOWN}
    assert adopted(ctx) == dict.fromkeys(everybody, ("agreed", "09"))
    assert adopted(ctx, "zentral") == dict.fromkeys(everybody, ("live", "09"))


def test_a_region_that_executes_the_service_itself_is_meant_alone(ctx: Context) -> None:
    """Nordstadt is a district and a municipality, Hamburg even a state: the row is about their one administration."""
    imported(ctx, row(land.NORDSTADT, "kreisweit flächendeckend"), row(land.HAMBURG, STATEWIDE))
    assert adopted(ctx) == {land.NORDSTADT_TOWN: ("live", None), land.HAMBURG_TOWN: ("live", None)}


def test_a_districts_row_covers_the_district(ctx: Context) -> None:
    imported(ctx, row(land.SUEDKREIS, "kreisweit flächendeckend", url="https://zentral.example/start"))
    assert adopted(ctx, "zentral") == dict.fromkeys(
        (land.BERGSTADT, land.BUND_AM_SEE), ("live", land.SUEDKREIS)
    )


@pytest.mark.parametrize(
    ("fields", "field", "rule"),
    [
        ({"ars": "090000000000"}, "art_flaechendeckung", "says_nothing"),
        (
            {"art_flaechendeckung": "nicht in Auswertung berücksichtigt"},
            "art_flaechendeckung",
            "says_nothing",
        ),
        ({"url": "https://unbekannt.example"}, "url", "unknown_service"),
        ({"url": "https://www.wohnsitzanmeldung.de"}, "url", "unknown_service"),
        ({"ars": "999990000000"}, "ars", "unknown"),
        ({"ars": land.SEEDORF}, "ars", "not_eligible"),
        ({"ars": land.FOREST}, "ars", "no_authority"),
        ({"aktiv": "nein"}, "aktiv", "inactive"),
        ({"url": "kein Link"}, "url", "format"),
    ],
)
def test_a_row_that_means_nothing_is_reported_and_keeps_the_others_from_nothing(
    ctx: Context, fields: dict[str, Any], field: str, rule: str
) -> None:
    report = imported(ctx, row(**fields) if "ars" in fields else row(land.NORDSTADT, **{"coverage": SOMEWHERE, **fields}),
                      row(land.BERGSTADT))  # fmt: skip
    assert outcomes(report) == ["unmapped", "accepted"]
    assert rules(report) == [(field, rule)]
    assert list(adopted(ctx)) == [land.BERGSTADT]
    ((error, count),) = report.reasons()
    assert (error.field, error.rule, count) == (field, rule, 1)


def test_whether_a_link_works_says_nothing_about_adoption(ctx: Context) -> None:
    imported(ctx, row(online_status="nicht ok"))
    assert adopted(ctx) == {land.BERGSTADT: ("live", None)}
    (event,) = events_of_service(ctx, "melden", PageRequest()).items
    assert event.note is not None
    assert event.note.endswith("Linkprüfung: nicht ok")


def test_the_same_file_twice_changes_nothing_the_second_time_in_whatever_order(ctx: Context) -> None:
    rows = [row(), row(leika_key="99115005104001"), row(land.NORDSTADT), row("09")]
    first, again = imported(ctx, *rows), imported(ctx, *reversed(rows))
    assert outcomes(first) == ["accepted", "unchanged", "accepted", "unmapped"]
    assert first.rows[1].same_as == 1
    assert (again.count("accepted"), again.count("unchanged"), again.written) == (0, 3, False)


def test_a_later_file_confirms_what_it_still_says(ctx: Context) -> None:
    imported(ctx, row(), on=date(2026, 10, 1))
    assert imported(ctx, row()).count("accepted") == 1
    (one,) = adoptions_of_service(ctx, "melden", PageRequest(), as_of=ON).page.items
    assert (one.since, one.confirmed_on) == (date(2026, 10, 1), ON)


def test_what_the_ledger_refuses_keeps_the_others_out_unless_it_is_skipped(ctx: Context) -> None:
    later = {"service_id": "melden", "authority_key": land.BERGSTADT, "status": "agreed"}
    record_events(ctx, land.clerk_of(land.BERGSTADT), [{**later, "effective_on": "2026-11-15"}])
    report = imported(ctx, row(), row(land.NORDSTADT))
    assert (outcomes(report), rules(report)) == (["rejected", "accepted"], [("status", "step")])
    assert (report.written, adopted(ctx)) == (False, {})
    assert imported(ctx, row(), row(land.NORDSTADT), skip_rejected=True).written
    assert list(adopted(ctx)) == [land.NORDSTADT_TOWN]


def test_a_row_of_a_part_is_a_statement_about_the_part_of_its_whole(ctx: Context) -> None:
    land.add_service(
        ctx, "abmelden", authority_set="local_administrations", part_of="melden", url="https://ab.example"
    )
    imported(ctx, row(url="https://ab.example/start"))
    (event,) = events_of_service(ctx, "melden", PageRequest()).items
    assert (event.service_id, event.parts) == ("melden", ["abmelden"])


def test_a_dry_run_writes_nothing(ctx: Context) -> None:
    report = imported(ctx, row(), dry_run=True)
    assert (outcomes(report), report.written, adopted(ctx)) == (["accepted"], False, {})


def as_csv(rows: list[dict[str, Any]], delimiter: str, encoding: str) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, NAMES, delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def as_xlsx(rows: list[dict[str, Any]]) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_urls": False})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, NAMES)
    for number, one in enumerate(rows, start=1):
        sheet.write_row(number, 0, [int(one["ars"]) if name == "ars" else one[name] for name in NAMES])
    book.close()
    return buffer.getvalue()


@pytest.mark.parametrize("form", ["csv ;", "csv , cp1252", "xlsx", "list", "lines"])
def test_the_forms_of_the_dashboard_say_the_same(ctx: Context, form: str) -> None:
    rows = [row(), row(land.NORDSTADT)]
    data = {
        "csv ;": lambda: as_csv(rows, ";", "utf-8-sig"),
        "csv , cp1252": lambda: as_csv(rows, ",", "cp1252"),
        "xlsx": lambda: as_xlsx(rows),
        "list": lambda: json.dumps(rows).encode(),
        "lines": lambda: "\n".join(map(json.dumps, rows)).encode(),
    }[form]()
    assert outcomes(import_dashboard(ctx, land.OPERATOR, data, ON)) == ["accepted", "accepted"]
    assert outcomes(imported(ctx, *rows)) == ["unchanged", "unchanged"]


@pytest.mark.parametrize(
    ("data", "field"),
    [(b"", "line 1"), (b"a;b\n1;2\n", "line 1"), (b'{"content": 1}', "file"), (b"[1]", "file"), (b"[]", "file")],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused(ctx: Context, data: bytes, field: str) -> None:
    with pytest.raises(InvalidInput) as error:
        import_dashboard(ctx, land.OPERATOR, data, ON)
    assert error.value.errors[0].field == field


def test_nothing_can_have_been_read_tomorrow(ctx: Context) -> None:
    with pytest.raises(InvalidInput, match="lies ahead"):
        imported(ctx, row(), on=date(2026, 11, 23))


def test_only_an_operator_imports_the_dashboard(ctx: Context) -> None:
    with pytest.raises(Forbidden):
        import_dashboard(ctx, land.COORDINATION, b"[]", ON)
    assert land.COORDINATION.roles == {Role.COORDINATION}


def test_rows_that_became_nothing_can_be_looked_through(ctx: Context) -> None:
    table = reported_table(imported(ctx, row(), row("09")))
    ((number, leika_key, *_, outcome, reason),) = table.rows
    assert (number, leika_key, outcome) == (2, "99115005104000", "unmapped")
    assert "nennt nicht" in str(reason)


def test_half_a_character_in_a_row_keeps_nobody_from_looking_through_them(ctx: Context) -> None:
    report = imported(ctx, row(), row(url="https://a\ud800b.example/"))
    assert outcomes(report) == ["accepted", "unmapped"]
    assert b"a\\ud800b" in write_table(reported_table(report), "csv").content


def test_the_command_says_what_became_of_the_rows(
    writable_seed: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from marketplace.cli import main

    monkeypatch.setenv("MARKETPLACE_DATABASE_URL", writable_seed.settings.database_url)
    monkeypatch.setenv("MARKETPLACE_DEMO", "1")
    file, rejects = tmp_path / "dashboard.json", tmp_path / "rejects.csv"
    there = "https://www.wohnsitzanmeldung.de/"
    file.write_text(json.dumps([row("01001", url=there), row("01", url=there)]), encoding="utf-8")
    command = ["adoptions", "import", "--format", "dashboard", str(file)]
    assert CliRunner().invoke(main, command).exit_code == 2
    done = CliRunner().invoke(main, [*command, "--date", "2026-11-01", "--rejects", str(rejects)])
    assert done.exit_code == 0, done.output
    assert "accepted 1, unchanged 0, unmapped 1, rejected 0" in done.output
    assert "1 unmapped by art_flaechendeckung (says_nothing)" in done.output
    assert "nennt nicht" in rejects.read_text(encoding="utf-8-sig")
    again = CliRunner().invoke(main, [*command, "--date", "2026-11-01"])
    assert "accepted 0, unchanged 1, unmapped 1, rejected 0" in again.output
