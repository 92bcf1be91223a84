"""From the first word of an entry to its withdrawal, by two people of a provider; the same with and without JavaScript."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.accounts import People, account_server, people, seed_copy
from tests.journeys.conftest import WIDE, Visit, Visitor
from tests.journeys.test_every_page import fits
from tests.web.test_keycloak import ready

__all__ = ["account_server", "people", "ready", "seed_copy"]


def signed_in(visitor: Visitor, role: str) -> Visit:
    visit = visitor(WIDE)
    visit.go("/anmelden").get_by_role("button", name=f"Als {role} anmelden").click()
    return visit


def press(page: Page, button: str) -> None:
    page.get_by_role("button", name=button, exact=True).first.click()


def test_an_entry_is_drafted_reviewed_found_revised_and_withdrawn(visitor: Visitor) -> None:
    name = "Zwirbelbartzählung"
    author, reviewer = (signed_in(visitor, role) for role in ("Bereitsteller", "Prüfung"))
    page = author.go("/dienste/neu")
    fits(author)
    page.get_by_label("Name").fill(name)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Der Entwurf ist angelegt.")).to_be_visible()
    entry = page.url.split("/")[4]

    page.get_by_label("Kurzbeschreibung").fill("Zählt, wer einen Zwirbelbart trägt.")
    expect(page.locator(".m-autosave")).to_have_text(re.compile(r"automatisch gesichert um \d\d:\d\d"))
    page.reload()
    page.get_by_role("link", name="Mit diesen Eingaben weitermachen").click()
    expect(page.get_by_label("Kurzbeschreibung")).to_have_value("Zählt, wer einen Zwirbelbart trägt.")
    press(page, "Weiteres Angebot")
    offer = page.get_by_role("group", name="Angebot 1")
    expect(offer.get_by_label("Weg")).to_be_focused()
    offer.get_by_label("Preis", exact=False).first.fill("12 Euro im Jahr")
    press(page, "Speichern")
    summary = page.locator("#fehler")
    summary.get_by_role("link", name="Quelle des Preises (Angebot 1)").click()
    expect(offer.get_by_label("Quelle des Preises")).to_be_focused()
    fits(author)
    offer.get_by_label("Quelle des Preises").fill("https://preise.example/")
    offer.get_by_label("Weg").select_option("direct")
    press(page, "Speichern und weiter zur Prüfung")

    page.get_by_role("link", name="Beschreibung", exact=True).click()
    page.get_by_label("Beschreibung", exact=False).last.fill("Zählt je Gemeinde und Monat.")
    press(page, "Weitere Quelle")
    page.get_by_role("group", name="Quelle 1").get_by_label("Adresse der Quelle").fill(
        "https://quelle.example/"
    )
    press(page, "Speichern und weiter zur Prüfung")
    expect(page.get_by_text("Nichts: Der Eintrag kann veröffentlicht werden.")).to_be_visible()
    fits(author)
    page.get_by_label("Hinweis für die Prüfung").fill("Erste Fassung")
    press(page, "Einreichen")

    checking = reviewer.go("/pruefungen")
    with checking.expect_navigation():
        checking.get_by_role("link", name=name).click()
    fits(reviewer)
    press(checking, "Freigeben und veröffentlichen")
    expect(checking.get_by_text("Freigegeben.")).to_be_visible()
    public = visitor(WIDE)
    public.go("/suche?q=Zwirbelbartzählung").get_by_role("link", name=name, exact=True).click()
    expect(public.page.get_by_role("heading", level=1)).to_have_text(name)

    page = author.go(f"/dienste/{entry}/bearbeiten")
    page.get_by_label("Kurzbeschreibung").fill("Zählt, wer einen gepflegten Zwirbelbart trägt.")
    press(page, "Speichern und weiter zur Prüfung")
    expect(page.locator("ins")).to_contain_text("gepflegten")
    press(page, "Einreichen")
    press(reviewer.go(f"/dienste/{entry}/pruefung"), "Freigeben und veröffentlichen")
    page = author.go(f"/dienste/{entry}/verlauf")
    page.get_by_role("link", name=re.compile("^Fassung")).first.click()
    expect(page.locator("ins")).to_contain_text("gepflegten")

    page = author.go(f"/dienste/{entry}/zurueckziehen")
    fits(author)
    page.get_by_label("Grund").fill("Niemand trägt mehr Bart.")
    page.get_by_label("Nachfolger").fill("elfe")
    press(page, "Zurückziehen")
    expect(page.get_by_role("note").filter(has_text="zurückgezogen")).to_be_visible()
    gone = public.go(f"/dienste/{entry}")
    expect(gone.get_by_role("heading", level=1)).to_have_text(name)
    expect(gone.get_by_text("Niemand trägt mehr Bart.")).to_be_visible()
    fits(public)
    gone.get_by_role("link", name="Zum Nachfolger").click()
    expect(gone).to_have_url(re.compile("/dienste/elfe$"))


@pytest.mark.keycloak
@pytest.mark.usefixtures("ready")
def test_two_editors_at_once_lose_nothing(people: People) -> None:
    address = "/dienste/wohngeld-online/bearbeiten"
    first, second = people.sign_in("redaktion", address), people.invited("bremen", "dataport", "publisher")
    mine, theirs = first.go(address), second.go(address)
    theirs.get_by_label("Kurzbeschreibung").fill("Wohngeld, wie die andere es sagt.")
    press(theirs, "Speichern")
    expect(theirs.get_by_text("Gespeichert.")).to_be_visible()
    mine.get_by_label("Kurzbeschreibung").fill("Wohngeld, wie ich es sage.")
    mine.get_by_label("Begründung der Behördenart").fill("§ 1 WoGG")
    press(mine, "Speichern")
    fits(first)
    mine.get_by_role("group", name="Kurzbeschreibung").get_by_label("Die andere Fassung").check()
    press(mine, "So zusammenführen und speichern")
    expect(mine.get_by_label("Kurzbeschreibung")).to_have_value("Wohngeld, wie die andere es sagt.")
    expect(mine.get_by_label("Begründung der Behördenart")).to_have_value("§ 1 WoGG")

    mine.get_by_label("Kurzbeschreibung").fill("Wohngeld, nach dem Ende der Sitzung.")
    mine.context.clear_cookies()
    press(mine, "Speichern")
    expect(mine.get_by_role("main")).to_contain_text("Ihre Eingaben sind noch da")
    fits(first)
