"""A clerk says "we are live" in three clicks; an association acts for members until the delegation ends."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.accounts import People, account_server, people, seed_copy
from tests.journeys.conftest import WIDE, Visitor
from tests.journeys.test_every_page import fits
from tests.journeys.test_journeys import with_and_without_script
from tests.web.test_keycloak import ready

__all__ = ["account_server", "people", "ready", "seed_copy"]
BONN_AREA = "Rhein-Sieg-Kreis mit allen Behörden darin"


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


@with_and_without_script
def test_a_clerk_is_live_since_the_first_of_june_in_three_clicks(visitor: Visitor, javascript: bool) -> None:
    service = "geburt-online" if javascript else "namensaenderung-online"
    visit = visitor(WIDE, javascript)
    page = visit.go(f"/anmelden?next=/dienste/{service}")
    button(page, "Als Behörde anmelden").click()
    name = page.get_by_role("heading", level=1).inner_text()
    page.get_by_role("link", name="Wir nutzen diesen Dienst").click()
    expect(page.get_by_label(name, exact=True)).to_be_checked()
    if javascript:
        fits(visit)
    page.get_by_label("Gilt seit").fill("2026-06-01")
    button(page, "Melden").click()

    expect(page.get_by_role("status").first).to_contain_text("Die Meldung ist aufgenommen.")
    row = page.get_by_role("row").filter(has_text=name)
    expect(row).to_contain_text("produktiv")
    expect(row).to_contain_text("01.06.2026")
    if javascript:
        fits(visit)
    row.get_by_role("link", name="Berichtigen").click()
    if javascript:
        fits(visit)
    page.get_by_label("Gilt seit").fill("2026-06-08")
    button(page, "Berichtigen").click()
    expect(page.get_by_role("row").filter(has_text=name)).to_contain_text("08.06.2026")


@pytest.mark.keycloak
@pytest.mark.usefixtures("ready")
def test_an_association_acts_for_its_members_until_the_delegation_ends(people: People) -> None:
    state = people.invited("bremen", "coordination-nw", "coordination")
    association = people.invited("fremd", "kdn", "authority")
    page = state.go("/delegationen")
    fits(state)
    button(page, "Sofort beenden: Städteregion Aachen, KDN – Dachverband kommunaler IT-Dienstleister").click()
    expect(page.get_by_role("status").first).to_contain_text("Die Vertretung ist beendet.")
    page.get_by_label("Für wen", exact=True).select_option(label=BONN_AREA)
    page.get_by_label("Wer handelt").select_option(label="KDN – Dachverband kommunaler IT-Dienstleister")
    button(page, "Beauftragen").click()
    expect(page.get_by_role("status").first).to_contain_text("eingerichtet")
    state.go("/koordination")
    fits(state)
    state.go("/koordination/fehlende?service=vaterschaftsanerkennung-online")
    fits(state)

    page = association.go("/behoerde/melden?service=vaterschaftsanerkennung-online")
    fits(association)
    page.get_by_label("Behörde suchen").fill("Bornheim")
    page.keyboard.press("Enter")
    page.get_by_label("Bornheim, Stadt", exact=True).check()
    page.get_by_label("Behörde suchen").fill("Königswinter")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Bornheim, Stadt", exact=True)).to_be_checked()
    page.get_by_label("Königswinter, Stadt", exact=True).check()
    page.get_by_label("Gilt seit").fill("2026-06-01")
    button(page, "Melden").click()
    expect(page.get_by_role("status").first).to_contain_text("Die Meldung ist aufgenommen.")
    page.get_by_label("Behörde", exact=True).select_option(label="Bornheim, Stadt (in Vertretung)")
    button(page, "Anzeigen").click()
    row = page.get_by_role("row").filter(has_text="Vaterschaftsanerkennung")
    expect(row).to_contain_text("01.06.2026")
    fits(association)
    row.get_by_role("link", name="Berichtigen").click()
    page.get_by_label("Gilt seit").fill("2026-06-02")

    page = state.go("/delegationen")
    button(page, "Sofort beenden: Rhein-Sieg-Kreis, KDN – Dachverband kommunaler IT-Dienstleister").click()
    expect(page.get_by_role("status").first).to_contain_text("Die Vertretung ist beendet.")

    page = association.page
    button(page, "Berichtigen").click()
    expect(page.get_by_role("main")).to_contain_text("Die Vertretung von 05382 durch kdn endete am")
    page = association.go("/behoerde/datei")
    fits(association)
    rows = "service_id;authority_key;status;effective_on\nvaterschaftsanerkennung-online;053820012012;live;2026-07-01\n"
    page.get_by_label("Datei").set_input_files(
        {"name": "meldungen.csv", "mimeType": "text/csv", "buffer": rows.encode()}
    )
    page.get_by_label("alle Zeilen aufnehmen").check()
    button(page, "Hochladen").click()
    expect(page.get_by_role("status").first).to_contain_text("Nichts aufgenommen")
    expect(page.get_by_role("row").last).to_contain_text("Die Vertretung von 05382 durch kdn endete am")
