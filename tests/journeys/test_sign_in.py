"""Signing in by a browser: at a real Keycloak, and the warning before a session ends."""

import os
import shutil
import sqlite3
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import NARROW, WIDE, Visitor, serving
from tests.journeys.openid import SETTINGS, fill_in_sign_in, forgive_the_provider
from tests.journeys.test_every_page import is_wider_than_its_window, violations
from tests.web.test_keycloak import ready

__all__ = ["ready"]


def test_a_warning_comes_before_the_session_ends_and_one_stays_signed_in(visitor: Visitor) -> None:
    visit = visitor(NARROW, handed_on=False)
    visit.page.clock.install()
    page = visit.go("/anmelden?next=/konto")
    page.get_by_role("button", name="Als Behörde anmelden").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mein Konto")
    assert violations(visit) == []
    assert not is_wider_than_its_window(visit)
    stay = page.get_by_role("button", name="Angemeldet bleiben")
    page.clock.fast_forward("54:00")
    expect(stay).to_be_hidden()
    page.clock.fast_forward("02:00")
    expect(page.get_by_role("alert")).to_contain_text("Ihre Sitzung endet in wenigen Minuten.")
    assert violations(visit) == []
    assert not is_wider_than_its_window(visit)
    stay.click()
    expect(stay).to_be_hidden()
    page.clock.fast_forward("01:01:00")
    expect(page.get_by_role("alert")).to_contain_text("Ihre Sitzung ist beendet.")
    assert page.get_by_role("link", name="Neu anmelden").get_attribute("href") == "/anmelden?next=/konto"


@pytest.mark.keycloak
@pytest.mark.usefixtures("ready")
def test_one_signs_in_at_keycloak_by_an_invitation_and_out_again(
    seed_file: Path, tmp_path: Path, visitor: Visitor
) -> None:
    database = tmp_path / "keycloak.sqlite"
    shutil.copy(seed_file, database)
    with serving(database, **SETTINGS) as address:
        visit = visitor(WIDE)
        visit.server = address
        page = visit.page
        visit.go("/anmelden?next=/dienste")
        page.get_by_role("link", name="Mit Konto anmelden").click()
        fill_in_sign_in(visit, "fremd")
        expect(page.get_by_role("heading", level=1)).to_have_text("Ihr Konto ist hier nicht bekannt")
        expect(page.get_by_role("link", name="betrieb@example.org")).to_be_visible()
        assert violations(visit) == []
        page.get_by_role("link", name="Mit einem anderen Konto anmelden").click()
        page.wait_for_url(f"{address}/")
        visit.go(f"/einladung/{invite(database)}")
        page.get_by_role("main").get_by_role("link", name="Anmelden").click()
        page.get_by_role("link", name="Mit Konto anmelden").click()
        fill_in_sign_in(visit, "bremen")
        page.wait_for_url(f"{address}/einladung/*")
        page.get_by_role("main").get_by_role("button").first.click()
        who = page.locator(".m-who")
        expect(who).to_contain_text("Berta Bremen, Betrieb des Marktplatzes")
        page.get_by_role("button", name="Abmelden", exact=True).click()
        # Through the provider's own end of session and back.
        page.wait_for_url(f"{address}/")
        expect(who).to_be_hidden()
        forgive_the_provider(visit)


def invite(database: Path) -> str:
    """Invite the first operator by the command; gives the link's secret."""
    from click.testing import CliRunner

    from marketplace.cli import main

    environment = {name: None for name in os.environ if name.startswith("MARKETPLACE_")}
    given = {
        "MARKETPLACE_DATABASE_URL": f"sqlite:///{database}",
        "MARKETPLACE_BASE_URL": "http://127.0.0.1:1",
    }
    printed = CliRunner().invoke(
        main, ["operator", "invite", "--note", "Berta"], env={**environment, **given}
    )
    assert printed.exit_code == 0, printed.output
    with sqlite3.connect(database) as connection:
        (digest,) = connection.execute("SELECT digest FROM invitation").fetchone()
    link = printed.stdout.strip()
    assert link.startswith("http://127.0.0.1:1/einladung/")
    assert digest not in link
    return link.rpartition("/")[2]
