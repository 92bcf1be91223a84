"""The operator's desk and the audit log on pages."""

import io

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook

from marketplace.actions import auditing
from marketplace.actions.context import Context
from marketplace.cli import main
from marketplace.domain.access import Actor, Role
from marketplace.store import schema
from tests.web.pages import Page
from tests.web.test_session import sign_in

LOG = "/betrieb/protokoll"


@pytest.fixture
def operator(client: FlaskClient) -> FlaskClient:
    sign_in(client, "operator")
    return client


@pytest.fixture
def logged(app: Flask) -> Context:
    """The log with two acts of somebody whose name and object a spreadsheet or browser would run."""
    ctx: Context = app.extensions["marketplace"]
    evil = Actor.of("=1+1 <b>Eva</b>", "dataport", Role.PUBLISHER)
    with ctx.database.writing() as session:
        auditing.record(
            session, evil, ctx.clock(), "test.done", ("service", "@a"), on_behalf_of="040110000000"
        )
    auditing.record_refusal(ctx, evil, "test.done", ("service", "<script>alert(1)</script>"), "may not")
    return ctx


def rows(page: Page) -> list[str]:
    return [row.text for row in page.all("tr")[1:]]


def test_the_desk_says_how_everything_stands(operator: FlaskClient) -> None:
    page = Page(operator.get("/betrieb").text)
    lines = {row.split(" ")[0]: row for row in rows(page)}
    assert "400" not in lines["Behördenarten"]
    assert lines["Gemeindeverzeichnisse"].startswith("Gemeindeverzeichnisse 2 neuester Gebietsstand")
    assert "bereit" in lines["Suchindex"]
    assert schema.NEWEST in lines["Stand"]
    for name in ("Offene", "Entwürfe", "Laufende", "Protokoll", "Ausstehend", "Organisationen", "Mitglieder"):
        assert name in lines
    led_to = {row.split(" ")[0] for row in lines.values()}
    links = {
        e.attributes["href"] for e in page.all("a", class_="kern-link") if e.text.split(" ")[0] in led_to
    }
    assert len(links) >= 7
    for address in links:
        assert operator.get(address).status_code == 200, address
    commands = {e.text for e in page.all("code")}
    assert {"marketplace retention apply", "marketplace search status"} <= commands
    for command in commands:
        assert CliRunner().invoke(main, [*command.split()[1:], "--help"]).exit_code == 0, command


@pytest.mark.parametrize("address", ["/betrieb", LOG, f"{LOG}.csv", f"{LOG}.xlsx"])
def test_the_desk_is_for_operators(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code in (302, 303, 401)
    sign_in(client, "admin")
    assert client.get(address).status_code == 403
    assert "/betrieb" not in Page(client.get("/").text).links().values()


def test_the_header_leads_operators_to_their_desk(operator: FlaskClient) -> None:
    assert Page(operator.get("/").text).links()["Betrieb"] == "/betrieb"


def test_a_refused_page_stands_in_the_log(client: FlaskClient) -> None:
    sign_in(client, "analyst")
    assert client.get("/thesaurus/neu").status_code == 403
    sign_in(client, "operator")
    page = Page(client.get(f"{LOG}?act=thesaurus.edit&outcome=refused").text)
    assert any("GET /thesaurus/neu" in row and "it-planungsrat" in row for row in rows(page))


@pytest.mark.usefixtures("logged")
def test_the_log_is_filtered_by_who_for_whom_what_and_when(operator: FlaskClient) -> None:
    query = f"{LOG}?act=test.done&organisation=dataport"
    every = rows(Page(operator.get(query).text))
    assert len(every) >= 2
    assert all("test.done" in row for row in every)
    on_behalf = rows(Page(operator.get(f"{query}&on_behalf_of=040110000000").text))
    assert on_behalf
    assert all("040110000000" in row for row in on_behalf)
    refused = rows(Page(operator.get(f"{query}&outcome=refused").text))
    assert refused
    assert all("abgelehnt: may not" in row for row in refused)
    assert "Kein Eintrag passt" in operator.get(f"{query}&until=2020-01-01").text
    assert operator.get(f"{LOG}?since=2026-02-01&until=2026-01-01").status_code == 422
    assert operator.get(f"{LOG}?outcome=maybe").status_code == 422


def test_the_log_is_told_in_words_and_filtered_by_the_kinds_there_are(client: FlaskClient) -> None:
    sign_in(client, "analyst")
    client.get("/thesaurus/neu")
    sign_in(client, "operator")
    page = Page(client.get(f"{LOG}?act=thesaurus.edit&outcome=refused&object_kind=route").text)
    assert any(
        "Adresse: GET /thesaurus/neu" in row and "Die Rolle erlaubt das nicht." in row for row in rows(page)
    )
    kinds = [one.attributes["value"] for one in page.all("option") if one.text in ("Adresse", "Person")]
    assert sorted(map(str, kinds)) == ["person", "route"]
    assert any("Person: " in row for row in rows(Page(client.get(f"{LOG}?act=session.opened").text)))


@pytest.mark.usefixtures("logged")
def test_nothing_in_the_log_runs_in_a_browser_or_spreadsheet(operator: FlaskClient) -> None:
    page = operator.get(f"{LOG}?act=test.done").text
    assert "<b>Eva</b>" not in page
    assert "<script>alert" not in page
    csv = operator.get(f"{LOG}.csv?act=test.done")
    assert csv.headers["Content-Disposition"] == "attachment; filename=audit-log.csv"
    assert ";'=1+1 <b>Eva</b>;" in csv.text
    assert ";'@a;" in csv.text
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(operator.get(f"{LOG}.xlsx?act=test.done").data))
    cells = [cell for row in workbook.get_sheet_by_index(0).to_python() for cell in row]
    assert "=1+1 <b>Eva</b>" in cells


def test_pages_of_the_log_turn_with_their_filters(operator: FlaskClient, logged: Context) -> None:
    with logged.database.writing() as session:
        for number in range(51):
            auditing.record(session, None, logged.clock(), "test.many", ("test", str(number)))
    page = Page(operator.get(f"{LOG}?act=test.many").text)
    assert page.links()["Weiter"] == f"{LOG}?act=test.many&page=2"
    assert len(rows(Page(operator.get(f"{LOG}?act=test.many&page=2").text))) >= 1
