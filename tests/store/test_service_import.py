"""Importing entries from files, on both databases."""

import json
from typing import Any

import pytest

from marketplace.actions import service_history
from marketplace.actions.context import Context
from marketplace.actions.paging import PageRequest
from marketplace.actions.service_files import import_file
from marketplace.actions.services import (
    ImportReport,
    ServiceFilter,
    get_service,
    import_services,
    list_services,
    patch_service,
)
from marketplace.actions.tables import services_table, write_table
from marketplace.domain.access import Actor
from marketplace.errors import Forbidden, InvalidInput
from marketplace.exchange.service_rows import read_rows
from tests import shelf
from tests.shelf import CLERK, NORTH, OPERATOR, entry


@pytest.fixture
def ctx(context: Context) -> Context:
    return shelf.fill(context)


def row(service_id: str, **fields: Any) -> dict[str, Any]:
    return {"id": service_id, **entry(**fields)}


def run(ctx: Context, *rows: dict[str, Any], actor: Actor = OPERATOR, **how: bool) -> ImportReport:
    return import_services(ctx, actor, rows, **how)


def ids(ctx: Context) -> list[str]:
    page = list_services(ctx, ServiceFilter(), "id", PageRequest(1, 100))
    return [service.id for service in page.items]


def errors(report: ImportReport, number: int) -> set[tuple[str, str]]:
    return {(error.field, error.rule) for error in report.rows[number - 1].errors}


def test_rows_may_point_to_one_another_in_any_order(ctx: Context) -> None:
    report = run(
        ctx, row("urkunden", part_of="ehe-online"), row("ehe-online", requires=["bezahlen"]), row("bezahlen")
    )
    assert (report.accepted, report.unchanged, report.rejected) == (3, 0, 0)
    assert [one.id for one in get_service(ctx, "ehe-online").requires] == ["bezahlen"]


def test_one_bad_row_and_nothing_is_written(ctx: Context) -> None:
    report = run(
        ctx, row("ehe-online"), row("geburt-online", ozg_ids=["99999"], lead_state="77"), row("geburt")
    )
    assert [one.outcome for one in report.rows] == ["accepted", "rejected", "accepted"]
    assert errors(report, 2) == {("lead_state", "format")}
    assert not report.written
    assert ids(ctx) == []


def test_a_file_read_twice_changes_nothing_the_second_time(ctx: Context) -> None:
    run(ctx, row("ehe-online"))
    report = run(ctx, row("ehe-online"), row("bezahlen"))
    assert [one.outcome for one in report.rows] == ["unchanged", "accepted"]
    assert get_service(ctx, "ehe-online").service.version == 1


def test_a_dry_run_says_the_same_and_writes_nothing(ctx: Context) -> None:
    report = run(ctx, row("ehe-online"), row("ehe-online"), dry_run=True)
    assert (report.accepted, errors(report, 2)) == (1, {("id", "unique")})
    assert ids(ctx) == []


def test_publish_takes_drafts_to_the_public_and_leaves_what_was_withdrawn(ctx: Context) -> None:
    run(ctx, row("ehe-online"))
    patch_service(ctx, OPERATOR, "ehe-online", {"status": "withdrawn"}, 1)
    withdrawn = {name: value for name, value in row("ehe-online").items() if name != "status"}
    report = run(ctx, withdrawn, row("bezahlen", status="draft"), publish=True)
    assert [one.outcome for one in report.rows] == ["unchanged", "accepted"]
    assert ids(ctx) == ["bezahlen"]


def test_a_row_made_from_an_old_version_is_rejected(ctx: Context) -> None:
    run(ctx, row("ehe-online"))
    patch_service(ctx, OPERATOR, "ehe-online", {"name": "Neu"}, 1)
    assert errors(run(ctx, row("ehe-online", version=1)), 1) == {("version", "version")}
    assert run(ctx, row("ehe-online", version=2)).written
    assert run(ctx, row("ehe-online", version=2)).unchanged == 1, "it says the same: its version is no matter"


def test_a_file_is_an_operators(ctx: Context) -> None:
    for actor in (NORTH, CLERK):
        with pytest.raises(Forbidden):
            run(ctx, row("bezahlen"), actor=actor)
    assert run(ctx, row("ehe-online", publisher="suedwerk")).written


def test_an_imported_version_is_kept_and_says_where_it_came_from(ctx: Context) -> None:
    run(ctx, row("ehe-online"))
    run(ctx, row("ehe-online", name="Neu"))
    found = service_history.versions(ctx, "ehe-online", OPERATOR)
    assert [(one.version, one.service.name, one.note, one.own_review) for one in found] == [
        (2, "Neu", "import", True), (1, "Ehe online", "import", True),
    ]  # fmt: skip


def test_a_row_without_id_is_named_by_its_number(ctx: Context) -> None:
    report = run(ctx, row("ehe-online"), entry(), {"id": 5})
    assert [one.id for one in report.rows] == ["ehe-online", None, None]
    assert errors(report, 2) == errors(report, 3) == {("id", "required")}


def test_a_csv_file_gives_the_same_entry_as_json_lines(ctx: Context) -> None:
    full = row(
        "ehe-online", lead_state="02", partner_states=["09", "04"], ozg_ids=["10026", "10000"],
        offers=[{"id": "fit", "route": "fit_store"}], maturity={"model": "1.1", "level": 3},
        words=["Heiraten", "Ehe schließen"],
    )  # fmt: skip
    import_file(ctx, OPERATOR, json.dumps(full).encode())
    cells = {
        **full, "words": "Heiraten|Ehe schließen", "partner_states": "09|04", "ozg_ids": "10026|10000", "offers": json.dumps(full["offers"]),
        "maturity": json.dumps(full["maturity"]), "sources": json.dumps(full["sources"]), "stage": "",
        "authority_set_assumed": "false",
    }  # fmt: skip
    quoted = ['"' + str(value).replace('"', '""') + '"' for value in cells.values()]
    file = ";".join(cells) + "\r\n" + ";".join(quoted) + "\r\n"
    assert import_file(ctx, OPERATOR, b"\xef\xbb\xbf" + file.encode()).unchanged == 1
    assert get_service(ctx, "ehe-online").service.words == ("Heiraten", "Ehe schließen")


def test_the_words_of_a_table_are_read_again_as_they_were(ctx: Context) -> None:
    run(ctx, row("ehe-online", words=["-Ehe schließen", "Heiraten"]))
    table = services_table(list_services(ctx, ServiceFilter(), "id", PageRequest(1, 100)).items)
    (read,) = read_rows(write_table(table, "csv").content)
    assert read["words"] == ["-Ehe schließen", "Heiraten"]


def test_more_rows_than_the_limit_are_refused_at_once(ctx: Context) -> None:
    with pytest.raises(InvalidInput, match="at most 5000"):
        import_services(ctx, OPERATOR, [{}] * 5001)
