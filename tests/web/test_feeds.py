"""The feeds: what each holds, that nobody misses a change, that who holds one is not sent it again."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from marketplace import create_app
from marketplace.actions.adoption_files import import_with_rejects
from marketplace.actions.bulk_recording import FileOptions
from marketplace.actions.context import Context
from marketplace.actions.counting_rules import publish_rule
from marketplace.actions.demand import report_need
from marketplace.actions.feeds import FeedAt, Found, head_of
from marketplace.actions.recording import record_events
from marketplace.actions.service_writing import ANY_VERSION, patch_service
from marketplace.actions.withdrawing import withdraw
from marketplace.notify.catalogues import Translator
from marketplace.store.change_feeds import ChangeFilter
from marketplace.store.service_lists import ServiceQuery
from marketplace.store.tables import BundleRow, ChangeRow
from tests import atom, land, reform
from tests.conftest import Clock
from tests.rules import rule_fields
from tests.store.test_adoption_import import BACKFILL

LIST = "/dienste.atom"
BUNDLE, PROCEDURE = "10124", "99115005104000"
_made: list[Flask] = []


@pytest.fixture
def small(context: Context, clock: Clock) -> Context:
    land.settle(context)
    land.add_theme_field(context, "bildung", "Bildung")
    land.add_procedure(context, PROCEDURE, "Wohnsitz anmelden")
    clock.tick(minutes=1)
    return context


@pytest.fixture
def client(small: Context) -> FlaskClient:
    """Somebody who reads the feeds of the small land; the application is made once."""
    if not _made:
        _made.append(create_app(small))
    _made[0].extensions["marketplace"] = small
    return _made[0].test_client()


def revise(ctx: Context, service_id: str = "wohnsitz", **fields: Any) -> None:
    patch_service(ctx, land.OPERATOR, service_id, fields, ANY_VERSION)


def say(
    ctx: Context, key: str, status: str = "live", service_id: str = "hundesteuer", actor: Any = None
) -> None:
    event = {"service_id": service_id, "authority_key": key, "status": status, "effective_on": "2026-03-01"}
    assert record_events(ctx, actor or land.clerk_of(key), [event]).written


def feed(client: FlaskClient, address: str) -> Any:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text[:500]
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    return atom.read(answer.data)


def titles(client: FlaskClient, address: str) -> list[str]:
    return [entry.title for entry in feed(client, address).entries]


def test_the_list_tells_of_its_entries_with_what_they_say(
    small: Context, client: FlaskClient, clock: Clock
) -> None:
    at = clock.tick(hours=1)
    revise(small, summary="Jetzt ohne Termin.")
    read = feed(client, LIST)
    revised, _, published = read.entries
    assert (revised.title, published.title) == ("Geändert: Wohnsitz", "Neuer Dienst: Wohnsitz")
    assert revised.id == "tag:127.0.0.1,2026:change/3"
    assert revised.link == "http://127.0.0.1:8000/dienste/wohnsitz/verlauf?version=2&mit=1"
    assert revised.updated == read.feed.updated == at.isoformat()
    text = revised.content[0].value
    assert "<h2>Kurzbeschreibung</h2>" in text
    assert "<p><del>wohnsitz online erledigen</del><ins>Jetzt ohne Termin</ins>.</p>" in text
    assert "<p>Mit dem Dienst wohnsitz geht es online.</p>" in published.content[0].value


def test_an_entry_keeps_its_id_whatever_comes_after_it(small: Context, client: FlaskClient) -> None:
    before = {entry.id: (entry.title, entry.updated) for entry in feed(client, LIST).entries}
    revise(small, name="Wohnsitz anmelden")
    after = {entry.id: (entry.title, entry.updated) for entry in feed(client, LIST).entries}
    assert len(after) == len(before) + 1
    assert {name: after[name] for name in before} == before


def test_who_walks_the_archives_meets_every_change_once(
    small: Context, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("marketplace.actions.feeds.ENTRIES", 3)
    for status in ("interested", "agreed", "connecting", "live"):
        revise(small, summary=f"Nun {status}.")
        say(small, land.BUND_AM_SEE, status, "wohnsitz")
    revise(small, summary="Vorletzte Fassung.")
    revise(small, summary="Letzte Fassung.")
    revise(small, contacts=[{"name": "Frau Muster"}])
    ids = [entry.id for entry in atom.walk(client, LIST)]
    assert ids == [f"tag:127.0.0.1,2026:change/{number}" for number in (12, 11, 9, 7, 5, 3, 2, 1)]
    whole = [entry.id for entry in atom.walk(client, "/dienste/wohnsitz.atom")]
    assert whole == [f"tag:127.0.0.1,2026:change/{number}" for number in (*range(12, 2, -1), 1)]
    archive = feed(client, f"{LIST}?before=9")
    assert atom.link(archive, "current") == "http://127.0.0.1:8000/dienste.atom"
    assert archive.feed.id == feed(client, LIST).feed.id


def test_a_list_tells_of_its_filters_alone(small: Context, client: FlaskClient) -> None:
    land.add_service(small, "portal", kind="platform", lead_state=land.BAVARIA, theme_field="bildung")
    assert titles(client, f"{LIST}?kind=platform") == ["Neue Plattform: Portal"]
    assert titles(client, f"{LIST}?lead_state=02&kind=platform") == []
    assert titles(client, f"{LIST}?theme_field=bildung") == ["Neue Plattform: Portal"]
    address = f"{LIST}?theme_field=bildung&kind=platform"
    assert (
        atom.link(feed(client, address), "alternate")
        == "http://127.0.0.1:8000/dienste?kind=platform&theme_field=bildung"
    )


def test_what_entries_belong_to_has_a_feed(small: Context, client: FlaskClient) -> None:
    with small.database.writing() as session:
        session.execute(
            insert(BundleRow).values(
                ozg_id=BUNDLE, name="Umzug", name_folded="umzug", theme_field_id="bildung", life_situation=None,
                snapshot_on=small.today(),
            )
        )  # fmt: skip
    land.add_service(
        small, "ummelden", theme_field="bildung", ozg_ids=[BUNDLE], leika_keys=[PROCEDURE], publisher="rival"
    )
    told = ["Neuer Dienst: Ummelden"]
    for path in (f"/leistungsbuendel/{BUNDLE}", f"/leistungen/{PROCEDURE}", "/organisationen/rival"):
        assert titles(client, f"{path}.atom") == told
    report_need(small, {"theme_field": "bildung", "region": land.SEEDORF, "object": PROCEDURE[:8]})
    assert titles(client, "/themenfelder/bildung.atom") == ["Neuer Bedarf: Bildung", *told]


def test_a_withdrawn_entry_keeps_its_feed_and_a_draft_has_none(small: Context, client: FlaskClient) -> None:
    land.add_service(small, "entwurf", status="draft")
    assert client.get("/dienste/entwurf.atom").status_code == 404
    withdraw(small, land.OPERATOR, "wohnsitz", small.today(), "Abgelöst.", "hundesteuer")
    last = feed(client, "/dienste/wohnsitz.atom").entries[0]
    assert last.title == "Zurückgezogen: Wohnsitz"
    assert "<p>Grund: Abgelöst.</p>\n<p>Nachfolger: Hundesteuer</p>" in last.content[0].value
    assert titles(client, LIST)[0] == "Zurückgezogen: Wohnsitz"


def test_a_region_tells_what_is_recorded_of_the_authorities_in_it(
    small: Context, client: FlaskClient
) -> None:
    say(small, land.SEEDORF)
    say(small, land.NORDSTADT_TOWN)
    batch = [
        {"service_id": "hundesteuer", "authority_key": key, "status": "agreed", "effective_on": "2026-02-01"}
        for key in (land.SEEHEIM, land.HAMBURG_TOWN)
    ]
    assert record_events(small, land.PUBLISHER, batch).written
    read = feed(client, f"/regionen/{land.SUEDKREIS}.atom")
    claimed, live = [entry.content[0].value for entry in read.entries]
    assert live == "<p>Seedorf: produktiv seit 01.03.2026</p>"
    assert claimed.startswith(
        "<p>Seeheim: vereinbart seit 01.02.2026</p>\n<p>Eine davon ist eine Angabe des Anbieters"
    )
    assert "Hamburg" not in claimed
    assert read.entries[0].id.endswith(f"change/5/region/{land.SUEDKREIS}")
    assert len(feed(client, "/regionen/09.atom").entries) == 3
    whole_country = feed(client, "/regionen/00.atom").entries
    assert [one.id for one in whole_country] == [
        f"tag:127.0.0.1,2026:change/{number}/region/00" for number in (5, 4, 3)
    ]
    assert "Hamburg" in whole_country[0].content[0].value
    assert len(feed(client, f"/regionen/{land.SEEDORF}.atom").entries) == 1
    assert feed(client, f"/regionen/{land.BERGSTADT}.atom").entries == []
    whole = feed(client, "/dienste/hundesteuer.atom").entries[0].content[0].value
    assert "Seeheim" in whole
    assert "Hamburg" in whole


@pytest.mark.parametrize("at_once", [1, 2, 5000])
def test_a_region_with_many_events_tells_of_all_its_changes(
    small: Context, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr("marketplace.store.change_feeds.EVENTS_AT_ONCE", at_once)
    monkeypatch.setattr("marketplace.actions.feeds.ENTRIES", 2)
    elsewhere = ("interested", "agreed", "connecting")
    for key, status in zip((land.SEEDORF, land.SEEHEIM, land.BERGSTADT), elsewhere, strict=True):
        say(small, key, "interested")
        say(small, land.HAMBURG_TOWN, status, "wohnsitz", land.OPERATOR)
        say(small, key, "live")
    entries = atom.walk(client, f"/regionen/{land.SUEDKREIS}.atom")
    assert [entry.id.split("/")[1] for entry in entries] == ["11", "9", "8", "6", "5", "3"]


def test_a_search_tells_of_what_it_finds(small: Context, client: FlaskClient) -> None:
    revise(small, summary="Jetzt ohne Termin.")
    assert titles(client, "/suche.atom?q=wohnsitz") == ["Geändert: Wohnsitz", "Neuer Dienst: Wohnsitz"]
    assert titles(client, "/suche.atom?q=wohnsitz&lead_state=09") == []
    revise(small, leika_keys=[PROCEDURE])
    assert len(titles(client, "/suche.atom?q=anmelden&in=procedures")) == 3
    read = feed(client, "/suche.atom?q=wohnsitz&lead_state=02")
    assert atom.link(read, "alternate") == "http://127.0.0.1:8000/suche?q=wohnsitz&lead_state=02"


def test_contacts_and_prices_are_in_no_feed(small: Context, client: FlaskClient) -> None:
    offer = {"id": "direkt", "route": "direct", "price": "1.000 Euro", "price_source": "Preisblatt"}
    revise(small, offers=[offer], contacts=[{"name": "Frau Muster"}])
    revise(small, offers=[offer | {"price": "2.000 Euro"}], summary="Neu gefasst.")
    revise(small, contacts=[])
    assert titles(client, LIST)[:2] == ["Geändert: Wohnsitz", "Neues Angebot: Wohnsitz"]
    for address in (LIST, "/dienste/wohnsitz.atom", "/suche.atom?q=wohnsitz"):
        text = client.get(address).text
        assert not [
            secret for secret in ("Euro", "Preisblatt", "Muster", "Preise", "Wichtig") if secret in text
        ]


def test_who_holds_a_feed_is_not_sent_it_again_and_it_is_not_written(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    feeds = [
        LIST, "/dienste/wohnsitz.atom", f"/regionen/{land.SEEDORF}.atom", "/suche.atom?q=wohnsitz", "/quoten.atom",
        "/quoten.atom?service=wohnsitz", "/organisationen/provider.atom", f"{LIST}?before=2",
    ]  # fmt: skip
    held = {address: client.get(address).headers for address in feeds}

    def written(*_: object) -> None:
        raise AssertionError("the feed was written again")

    monkeypatch.setattr("marketplace.actions.feeds.write_atom", written)
    monkeypatch.setattr("marketplace.actions.figure_feed.write_atom", written)
    for address, headers in held.items():
        tag = headers["ETag"]
        again = client.get(address, headers={"If-None-Match": f'"x", {tag}'})
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag), address
        if "Last-Modified" in headers:
            since = client.get(address, headers={"If-Modified-Since": headers["Last-Modified"]})
            assert since.status_code == 304
        head = client.head(address)
        assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", tag)


def test_the_archives_of_a_feed_share_what_it_holds(small: Context) -> None:
    asked: list[str] = []

    def find(_ctx: Context, _session: Session, _translate: Translator) -> Found:
        asked.append("found")
        return Found("Dienste", ChangeFilter(entries=ServiceQuery(), authorities=range(10_000)))

    feed = FeedAt("/dienste", find)
    for before in (None, 1, 2, 1):
        head_of(small, feed, "de", before)
    assert asked == ["found"]


def test_a_change_makes_a_new_feed(small: Context, client: FlaskClient, clock: Clock) -> None:
    held = client.get(LIST).headers
    clock.tick(minutes=5)
    revise(small, "hundesteuer", summary="Neu gefasst.")
    assert client.get(LIST, headers={"If-None-Match": held["ETag"]}).status_code == 200
    clock.tick(seconds=2)
    assert client.get(LIST, headers={"If-Modified-Since": held["Last-Modified"]}).status_code == 200
    # What changed elsewhere is nothing new here.
    wohnsitz = client.get("/dienste/wohnsitz.atom").headers["ETag"]
    revise(small, "hundesteuer", summary="Noch einmal.")
    assert client.get("/dienste/wohnsitz.atom", headers={"If-None-Match": wohnsitz}).status_code == 304


def test_a_feed_has_no_date_while_its_second_lasts(small: Context, client: FlaskClient, clock: Clock) -> None:
    """HTTP's dates have whole seconds: another change within this one could not be told from it."""
    revise(small, summary="Neu gefasst.")
    assert "Last-Modified" not in client.get(LIST).headers
    clock.tick(seconds=1)
    assert "Last-Modified" in client.get(LIST).headers


def test_a_feed_speaks_the_language_of_its_address(client: FlaskClient) -> None:
    german, english = client.get(LIST), client.get(f"{LIST}?lang=en")
    assert german.headers["ETag"] != english.headers["ETag"]
    read = atom.read(english.data)
    assert read.feed.language == "en"
    assert [entry.id for entry in read.entries] == [entry.id for entry in atom.read(german.data).entries]
    assert atom.link(read, "self") == "http://127.0.0.1:8000/dienste.atom?lang=en"


def test_a_feed_that_cannot_be_is_refused(client: FlaskClient) -> None:
    answers = {
        f"{LIST}?before=3": 200, f"{LIST}?theme_field=unbekannt": 200, f"{LIST}?before=0": 422,
        f"{LIST}?before=x": 422, f"{LIST}?before=99": 422, f"{LIST}?before=-1": 422, f"{LIST}?before=" + "9" * 30: 422,
        f"{LIST}?kind=%00": 422, "/quoten.atom?rule=unbekannt": 422, "/quoten.atom?rule=coverage@9": 422,
        "/quoten.atom?rule=coverage@1": 200, "/quoten.atom?state=99": 422, "/quoten.atom?rule=joined-states&state=09": 422,
        "/quoten.atom?threshold=0": 422, "/quoten.atom?threshold=1.1": 422, "/quoten.atom?threshold=nan": 422,
        "/quoten.atom?unit=x": 422, "/quoten.atom?unit=population&threshold=1": 200, "/quoten.atom?monthly=1": 422,
        "/quoten.atom?state=&service=&threshold=": 200, "/suche.atom?q=x&in=people": 422,
        "/dienste/unbekannt.atom": 404, "/regionen/99.atom": 404, "/regionen/x.atom": 404,
        "/organisationen/unbekannt.atom": 404, "/themenfelder/unbekannt.atom": 404, "/leistungen/1.atom": 404,
        "/leistungsbuendel/1.atom": 404, "/quoten.atom?service=unbekannt": 404,
    }  # fmt: skip
    assert {address: client.get(address).status_code for address in answers} == answers


def test_an_archive_of_what_is_kept_no_more_is_gone(small: Context, client: FlaskClient) -> None:
    for number in range(4):
        revise(small, summary=f"Fassung {number}.")
    with small.database.writing() as session:
        session.execute(delete(ChangeRow).where(ChangeRow.position < 4))
    assert [client.get(f"{LIST}?before={number}").status_code for number in (3, 4, 5, 6)] == [
        410,
        410,
        200,
        200,
    ]
    assert len(atom.walk(client, LIST)) == 3


HOSTILE = ["<script>alert(1)</script>", "]]></title>", "&#0;&amp;", "\u202egnal", "a" * 300]


def test_a_name_that_somebody_chose_breaks_no_feed(small: Context, client: FlaskClient) -> None:
    for name in HOSTILE:
        revise(small, name=name, summary=name, description=f"{name}\n{name}")
    for address in (LIST, "/dienste/wohnsitz.atom", "/quoten.atom?service=wohnsitz"):
        read = feed(client, address)
        assert "<script" not in client.get(address).text
        assert read.entries


def test_the_figures_of_a_service_are_told_month_by_month(
    small: Context, client: FlaskClient, clock: Clock
) -> None:
    say(small, land.SEEDORF)
    clock.tick(days=30)
    say(small, land.SEEHEIM, "live")
    clock.tick(days=15)
    address = "/quoten.atom?service=hundesteuer&rule=coverage"
    first = feed(client, address).entries
    assert [entry.id for entry in first] == [
        "tag:127.0.0.1,2026:figure/coverage@1/hundesteuer/2026-12",
        "tag:127.0.0.1,2026:figure/coverage@1/hundesteuer/2026-11",
    ]
    assert [entry.updated[:10] for entry in first] == ["2026-12-31", "2026-11-30"]
    texts = [entry.content[0].value for entry in first]
    assert "Am 30.11.2026: 20,0 % (1 von 5)." in texts[1]
    assert "Am 31.12.2026: 40,0 % (2 von 5)." in texts[0]
    assert "<p>neu hinzugekommen: +1 im Zähler</p>" in texts[0]
    clock.tick(days=31)
    assert [(one.id, one.content[0].value) for one in feed(client, address).entries[1:]] == [
        (one.id, one.content[0].value) for one in first
    ]


def test_every_figure_says_its_rule_its_dates_and_what_is_unknown(
    small: Context, client: FlaskClient, clock: Clock
) -> None:
    say(small, land.SEEDORF)
    say(small, land.SEEHEIM, actor=land.PUBLISHER)
    clock.tick(days=9)
    (entry,) = feed(client, "/quoten.atom?service=hundesteuer&rule=coverage").entries
    assert entry.content[0].value == (
        "<p>Am 30.11.2026: 20,0 % (1 von 5).</p>\n<p>Davon unbestätigt: 1, unbekannt: 3.</p>\n"
        "<p>Davor, am 31.10.2026: 0 % (0 von 5).</p>\n<p>neu hinzugekommen: +1 im Zähler</p>\n"
        "<p>Gezählt nach coverage@1, Wissensstand 30.11.2026.</p>"
    )
    (of_all,) = feed(client, "/quoten.atom?rule=coverage").entries
    assert "<p>Hundesteuer: 0, jetzt 1 von 5</p>" in of_all.content[0].value


def test_a_figure_of_a_state_has_a_feed(small: Context, client: FlaskClient, clock: Clock) -> None:
    say(small, land.SEEDORF)
    say(small, land.HAMBURG_TOWN)
    clock.tick(days=9)
    for state, share, name in (
        (land.BAVARIA, "25,0 % (1 von 4)", "Bayern"),
        (land.HAMBURG, "100 % (1 von 1)", "Hamburg"),
    ):
        address = f"/quoten.atom?service=hundesteuer&rule=coverage&state={state}"
        read = feed(client, address)
        (entry,) = read.entries
        assert entry.title == f"Quote im Monat: Flächendeckungsgrad, Hundesteuer, {name}"
        assert entry.id == f"tag:127.0.0.1,2026:figure/coverage@1/hundesteuer/{state}/2026-11"
        assert share in entry.content[0].value
        own = f"http://127.0.0.1:8000/quoten.atom?rule=coverage&service=hundesteuer&state={state}"
        assert atom.link(read, "self") == own
    assert len(feed(client, f"/quoten.atom?state={land.BAVARIA}").entries) == 1


def test_a_threshold_is_told_for_every_day_on_which_it_was_crossed(
    small: Context, client: FlaskClient, clock: Clock
) -> None:
    address = "/quoten.atom?service=hundesteuer&rule=coverage&threshold=0.4"
    say(small, land.SEEDORF)
    clock.tick(days=1)
    say(small, land.SEEHEIM)
    assert feed(client, address).entries == []
    clock.tick(days=1)
    (rose,) = feed(client, address).entries
    assert rose.title == "Quote jetzt mindestens 40,0 %: Flächendeckungsgrad, Hundesteuer"
    assert rose.id == "tag:127.0.0.1,2026:figure/coverage@1/hundesteuer/crossed/0.4/2026-11-23"
    assert "<p>Davor, am 22.11.2026: 20,0 % (1 von 5).</p>" in rose.content[0].value
    say(small, land.SEEHEIM, "own_solution")
    clock.tick(days=1)
    fell, again = feed(client, address).entries
    assert fell.title == "Quote jetzt unter 40,0 %: Flächendeckungsgrad, Hundesteuer"
    assert (again.id, again.content[0].value) == (rose.id, rose.content[0].value)
    clock.tick(days=9)
    both = [entry.id.split("hundesteuer/")[1] for entry in feed(client, f"{address}&monthly=true").entries]
    assert both == ["2026-11"]


def test_what_is_recorded_into_a_day_that_is_over_is_told_of_that_day(
    small: Context, client: FlaskClient, clock: Clock
) -> None:
    address = "/quoten.atom?service=hundesteuer&rule=coverage&threshold=0.4"
    say(small, land.SEEDORF)
    clock.tick(days=3)
    assert feed(client, address).entries == []
    row = f"hundesteuer;{land.SEEHEIM};live;2025-06-01;Altdaten;2;contract;;2026-11-23;authority"
    options = FileOptions(backfilled=True)
    assert import_with_rejects(small, land.OPERATOR, f"{BACKFILL}\n{row}".encode(), options).report.written
    (rose,) = feed(client, address).entries
    assert rose.id.endswith("crossed/0.4/2026-11-23")


def test_a_small_threshold_leads_to_itself(client: FlaskClient) -> None:
    read = feed(client, "/quoten.atom?rule=coverage&threshold=0.00001")
    assert atom.link(read, "self") == "http://127.0.0.1:8000/quoten.atom?rule=coverage&threshold=0.00001"


def test_new_counting_rules_are_told_with_the_figures(small: Context, client: FlaskClient) -> None:
    publish_rule(small, land.OPERATOR, rule_fields("coverage", stale_after_days=365))
    told = titles(client, "/quoten.atom")
    assert told[0].startswith("Neue Fassung der Zählregel: ")
    assert told[1].startswith("Quote im Monat: ")


def test_what_concerns_the_whole_country_has_feeds_of_its_own(small: Context, client: FlaskClient) -> None:
    report_need(small, {"theme_field": "bildung"})
    report_need(small, {"theme_field": "bildung", "region": land.SEEDORF})
    publish_rule(small, land.OPERATOR, rule_fields("coverage", stale_after_days=365))
    reform.reform(small)
    assert len(titles(client, "/bedarf.atom")) == 2
    entries = titles(client, LIST)
    of_theme_fields = titles(client, "/themenfelder.atom")
    assert of_theme_fields == ["Neuer Bedarf: Bildung"] * 2 + entries
    (rule,) = titles(client, "/zaehlregeln.atom")
    assert rule.startswith("Neue Fassung der Zählregel: ")
    reformed = {entry.link.rsplit("/", 1)[1] for entry in feed(client, "/regionen.atom").entries}
    assert {land.SEEDORF, land.SEEHEIM, reform.SEESTADT} <= reformed


def test_a_date_is_told_in_the_order_of_changes(small: Context, client: FlaskClient, clock: Clock) -> None:
    clock.now += timedelta(days=400)
    revise(small, summary="Ein Jahr danach.")
    assert feed(client, LIST).entries[0].updated.startswith("2027-12-27")
