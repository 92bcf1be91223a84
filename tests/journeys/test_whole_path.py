"""The whole path of a service, by people with accounts at a real Keycloak: from its draft to its successor."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from marketplace import create_app
from marketplace.actions.context import Context, utc_now
from marketplace.store.database import Database, open_engine
from tests.journeys.accounts import People, account_server, people, seed_copy
from tests.journeys.conftest import Visit
from tests.search.conftest import (
    ELASTICSEARCH_URL,
    arrive,
    elasticsearch_engine,
    elasticsearch_settings,
    unbothered,
)
from tests.web.test_keycloak import ready

__all__ = ["account_server", "people", "ready", "seed_copy"]
NAME, ENTRY = "Zwirbelbartzählung der Gemeinden", "/dienste/zwirbelbartzaehlung-der-gemeinden"
TOWN = "Bremen, Stadt"


@pytest.fixture
def nothing(migrated_sqlite: Path) -> Iterator[Database]:
    """A database without entries."""
    opened = Database(open_engine(f"sqlite:///{migrated_sqlite}"))
    yield opened
    opened.dispose()


def press(page: Page, button: str) -> None:
    page.get_by_role("button", name=button, exact=True).first.click()


def invited_clerk(people: People) -> Visit:
    """A clerk of Bremen, whom nobody knew before: a member by the link of an invitation."""
    clerk = people.invited("bremen", "freie-hansestadt-bremen", "authority")
    expect(clerk.page.locator(".m-who")).to_contain_text("Berta Bremen, Freie Hansestadt Bremen (Behörde)")
    return clerk


def found_in_elasticsearch(database: Database, nothing: Database, words: str) -> list[str]:
    """The names that the API gives where the other engine searches and holds what was published in this journey."""
    settings = elasticsearch_settings()
    with elasticsearch_engine(settings, database) as engine:
        engine.rebuild(nothing, utc_now(), unbothered, take_over=False)
        ctx = Context(database, settings, engine, utc_now)
        arrive(ctx)
        answer = create_app(ctx).test_client().get("/api/v1/search", query_string={"q": words}).json
        assert answer is not None
        return [one["name"] for one in answer["items"]]


def reuse(page: Page) -> str:
    """The figure of the entry that a page shows: how many of all authorities in charge."""
    return page.locator(".m-headline__text p").nth(1).inner_text().partition(" zuständigen")[0]


@pytest.mark.keycloak
@pytest.mark.usefixtures("ready")
def test_an_entry_goes_its_whole_path_from_draft_to_successor(
    people: People, seed_copy: Database, nothing: Database
) -> None:
    provider = people.sign_in("redaktion", "/dienste/neu")
    page = provider.page
    page.get_by_label("Name").fill(NAME)
    page.get_by_label(re.compile("^Umsetzendes Land")).select_option("02")
    press(page, "Entwurf anlegen")
    expect(page.get_by_text("Der Entwurf ist angelegt.")).to_be_visible()
    page.get_by_label("Kurzbeschreibung").fill("Zählt, wer einen Zwirbelbart trägt.")
    page.get_by_label("Beschreibung", exact=False).last.fill("Zählt je Gemeinde und Monat.")
    page.get_by_label(re.compile("^Zuständige Behörden")).select_option("municipalities")
    page.get_by_label("Begründung der Behördenart").fill("§ 1 Bartgesetz")
    press(page, "Weitere Quelle")
    page.get_by_role("group", name="Quelle 1").get_by_label("Adresse der Quelle").fill(
        "https://quelle.example/"
    )
    press(page, "Speichern und weiter zur Prüfung")
    press(page, "Einreichen")
    expect(page.get_by_text("Eingereicht.")).to_be_visible()

    public = people.come()
    assert public.go(ENTRY).get_by_role("heading", level=1).inner_text() != NAME
    reviewer = people.sign_in("pruefung", "/pruefungen")
    reviewer.page.get_by_role("link", name=NAME).click()
    press(reviewer.page, "Freigeben und veröffentlichen")
    expect(reviewer.page.get_by_text("Freigegeben.")).to_be_visible()
    public.go("/suche?q=Zwirbelbartzählung").get_by_role("link", name=NAME, exact=True).click()
    if ELASTICSEARCH_URL:
        assert found_in_elasticsearch(seed_copy, nothing, "Zwirbelbartzählung") == [NAME]
    before = reuse(public.page)
    assert before.startswith("0 von ")

    page = provider.go(f"{ENTRY}/ausrollung")
    page.get_by_role("link", name="Nachnutzung melden").click()
    page.get_by_label("Behörde", exact=True).fill(TOWN)
    page.get_by_label("Gilt seit").fill("2026-06-01")
    press(page, "Melden")
    expect(page.get_by_role("status").first).to_contain_text("sobald die Behörde zustimmt")
    assert reuse(public.go(ENTRY)) == before
    clerk = invited_clerk(people)
    press(clerk.go("/behoerde"), f"Stimmt: {NAME}, {TOWN}")
    expect(clerk.page.get_by_role("status").first).to_contain_text("Die Angabe ist bestätigt.")
    assert reuse(public.go(ENTRY)) == before.replace("0", "1", 1)

    page = provider.go(f"{ENTRY}/bearbeiten")
    page.get_by_label("Kurzbeschreibung").fill("Zählt, wer einen gepflegten Zwirbelbart trägt.")
    press(page, "Speichern und weiter zur Prüfung")
    expect(page.locator("ins")).to_contain_text("gepflegten")
    press(page, "Einreichen")
    expect(public.go(ENTRY).get_by_text("gepflegten")).to_have_count(0)
    press(reviewer.go(f"{ENTRY}/pruefung"), "Freigeben und veröffentlichen")
    expect(reviewer.page.get_by_text("Freigegeben.")).to_be_visible()
    page = public.go(f"{ENTRY}/verlauf")
    page.get_by_role("link", name=re.compile("^Fassung")).first.click()
    expect(page.locator("ins")).to_contain_text("gepflegten")

    page = provider.go(f"{ENTRY}/zurueckziehen")
    page.get_by_label("Grund").fill("Niemand trägt mehr Bart.")
    page.get_by_label("Nachfolger").fill("elfe")
    press(page, "Zurückziehen")
    expect(page.get_by_role("note").filter(has_text="zurückgezogen")).to_be_visible()
    page = clerk.go(ENTRY)
    expect(page.get_by_text("Niemand trägt mehr Bart.")).to_be_visible()
    page.get_by_role("link", name="Zum Nachfolger").click()
    expect(page).to_have_url(re.compile("/dienste/elfe$"))

    members = reviewer.go("/organisation/mitglieder")
    members.get_by_role("link", name="Ändern: Rosa Redaktion").click()
    press(members, "Rosa Redaktion entfernen")
    expect(members.get_by_role("status").first).to_be_visible()
    refused = provider.go("/dienste/neu")
    expect(refused.get_by_role("heading", level=1)).to_have_text("Sie handeln gerade für niemanden")
