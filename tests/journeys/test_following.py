"""Somebody follows, something happens, the worker tells: in the inbox, by mail, to a machine; one click ends it."""

import json
import re
import urllib.request
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from standardwebhooks import Webhook

from tests.journeys.conftest import Visit, Visitor
from tests.journeys.telling_at_work import (
    Marketplace,
    come_by,
    marketplace_at_work,
    open_mail,
    reload_until,
)
from tests.journeys.test_declaring import button
from tests.journeys.test_every_page import fits, violations

DOG_TAX, WITHOUT_SERVICE = "99102013000000", "99102006000000"
CLERK, READER = "clerk@amt.example", "reader@post.example"


def signed_in(visit: Visit, role: str, target: str) -> Page:
    page = visit.go(f"/anmelden?next={target}")
    page.get_by_role("button", name=f"Als {role} anmelden", exact=True).click()
    return page


@pytest.fixture(scope="module")
def market(seed_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Marketplace]:
    with marketplace_at_work(seed_file, tmp_path_factory.mktemp("following")) as opened:
        yield opened


@pytest.fixture(scope="module")
def server(market: Marketplace) -> str:
    """The server whose pages the windows of this module open."""
    return market.address


def unread(page: Page) -> str:
    return " ".join(page.locator(".m-count").inner_text().split())


def ended(page: Page) -> None:
    expect(page.get_by_role("status").first).to_contain_text("Das Abonnement ist beendet.")


def link_for_one_click(mail: EmailMessage) -> str:
    """Where a mail program ends it when its reader clicks, by RFC 8058."""
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    found = re.search("<(http[^>]+)>", mail["List-Unsubscribe"])
    assert found is not None
    return found[1]


def test_a_clerk_hears_of_the_first_service_for_a_procedure_and_ends_it_with_one_click(
    market: Marketplace, visitor: Visitor
) -> None:
    clerk, reviewer, mails = visitor(), visitor(), visitor()
    name = "Hundesteuer der Zwirbelbärte"
    page = signed_in(clerk, "Behörde", f"/leistungen/{DOG_TAX}")
    market.know_address("demo-authority", CLERK)
    expect(page.get_by_role("main")).not_to_contain_text(name)
    button(page, "Abonnieren").click()
    expect(page.get_by_role("status").first).to_contain_text("Abonniert.")
    fits(clerk)
    page.get_by_label("täglich").check()
    button(page, "Speichern").click()
    expect(page.get_by_role("status").first).to_contain_text("Das Abonnement ist geändert.")
    fits(clerk)

    market.submit("hundesteuer-bart", name, leika_keys=[DOG_TAX])
    page = signed_in(reviewer, "Prüfung", "/dienste/hundesteuer-bart/pruefung")
    button(page, "Freigeben und veröffentlichen").click()
    expect(page.get_by_text("Freigegeben.")).to_be_visible()

    page = reload_until(clerk, "/nachrichten", f"Neuer Dienst: {name}")
    assert unread(page) == "1 ungelesen"
    fits(clerk)
    page.emulate_media(color_scheme="dark")
    assert violations(clerk) == []
    assert market.post.to(CLERK) == [], "a digest waits for the morning"
    market.next_morning()
    digest = market.mail_to(CLERK)
    page = open_mail(mails, digest)
    assert violations(mails) == []
    page.get_by_role("link", name="Eintrag ansehen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    page = open_mail(mails, digest)
    with page.expect_navigation():
        page.get_by_role("link", name="Dieses Abonnement beenden").click()
    fits(mails)
    button(page, "Abonnement beenden").click()
    ended(page)
    fits(mails)
    expect(clerk.go("/abonnements").get_by_text("Noch nichts abonniert")).to_be_visible()


def test_with_a_mail_address_alone_one_confirms_is_told_and_ends_it_in_the_mail_program(
    market: Marketplace, visitor: Visitor
) -> None:
    visit = visitor()
    page = visit.go(f"/leistungen/{WITHOUT_SERVICE}")
    page.get_by_role("link", name="Per Mail abonnieren").click()
    button(page, "Link zuschicken").click()
    expect(page.get_by_text("Bitte geben Sie Ihre Mailadresse an.", exact=True)).to_be_visible()
    fits(visit)
    page.get_by_label("Mailadresse").fill(READER)
    page.get_by_label("Wann wir schreiben").select_option("at_once")
    button(page, "Link zuschicken").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Fast geschafft")
    fits(visit)

    asked = market.mail_to(READER)
    page = open_mail(visit, asked)
    with page.expect_navigation():
        page.get_by_role("link", name="Abonnement bestätigen").click()
    fits(visit)
    button(page, "Abonnement bestätigen").click()
    expect(page.get_by_role("status")).to_contain_text("Das Abonnement hat begonnen.")
    open_mail(visit, asked).get_by_role("link", name="Abonnement bestätigen").click()
    expect(page.get_by_role("status")).to_contain_text("Dieses Abonnement ist schon bestätigt.")
    fits(visit)

    market.publish("katzensteuer-bart", "Katzensteuer der Bärte", leika_keys=[WITHOUT_SERVICE])
    told = market.mail_to(READER, 2)
    page = open_mail(visit, told)
    page.get_by_role("link", name="Eintrag ansehen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Katzensteuer der Bärte")
    page = open_mail(visit, told)
    with page.expect_navigation():
        page.get_by_role("link", name="Alle Mails beenden").click()
    fits(visit)

    address = link_for_one_click(told)
    click = urllib.request.Request(address, data=b"List-Unsubscribe=One-Click")  # noqa: S310  # our own server
    with urllib.request.urlopen(click, timeout=20) as answer:  # noqa: S310  # our own server
        assert answer.status == 200
    page.goto(address)
    expect(page.get_by_role("main")).to_contain_text("Unter diesem Link gibt es kein Abonnement.")
    fits(visit)


def test_who_follows_a_rate_hears_that_an_authority_lifted_it_over_the_threshold(
    market: Marketplace, visitor: Visitor
) -> None:
    market.publish(
        "bartpass",
        "Bartpass",
        lead_state="02",
        authority_set="municipalities",
        authority_set_reason="§ 1 BartG",
    )
    follower, clerk = visitor(), visitor()
    page = signed_in(follower, "Auswertung", "/dienste/bartpass")
    page.get_by_role("link", name="Quote abonnieren").click()
    page.locator("form.m-form").get_by_label("Land").select_option("04")
    page.get_by_label("Schwelle in Prozent").fill("die Hälfte")
    button(page, "Abonnieren").click()
    expect(page.get_by_text("muss eine Zahl sein, zum Beispiel 25", exact=True)).to_be_visible()
    fits(follower)
    page.get_by_label("Schwelle in Prozent").fill("50")
    button(page, "Abonnieren").click()
    expect(page.get_by_role("status").first).to_contain_text("Abonniert.")
    fits(follower)

    page = signed_in(clerk, "Behörde", "/dienste/bartpass")
    page.get_by_role("link", name="Wir nutzen diesen Dienst").click()
    page.get_by_label("Gilt seit").fill("2026-06-01")
    button(page, "Melden").click()
    expect(page.get_by_role("status").first).to_contain_text("Die Meldung ist aufgenommen.")

    page = reload_until(follower, "/nachrichten", "Quote jetzt mindestens 50,0 %")
    assert unread(page) == "1 ungelesen"
    fits(follower)
    page.get_by_role("link", name=re.compile("^Quote jetzt mindestens")).click()
    expect(page.get_by_role("main")).to_contain_text("Bartpass")


def test_a_machine_of_an_organisation_is_told_with_a_signature_that_holds(
    market: Marketplace, visitor: Visitor
) -> None:
    visit = visitor()
    page = signed_in(visit, "Verwaltung der Organisation", "/organisation/webhooks")
    fits(visit)
    visit.go("/organisation/webhooks/neu")
    button(page, "Webhook einrichten").click()
    expect(page.get_by_text("Bitte geben Sie eine Adresse an.", exact=True)).to_be_visible()
    fits(visit)
    page.get_by_label("Adresse", exact=True).fill(market.hook)
    page.get_by_label("Umfang").select_option("everything")
    page.get_by_label("Neuer Eintrag", exact=True).check()
    button(page, "Webhook einrichten").click()
    secret = page.get_by_label("Geheimnis").input_value()
    fits(visit)
    with page.expect_navigation():
        page.get_by_role("link", name="Weiter zum Webhook").click()
    hook = page.url.removeprefix(market.address)
    button(page, "Test schicken").click()
    come_by(lambda: len(market.receiver.came) >= 1)
    market.publish("bartwaage", "Bartwaage")
    come_by(lambda: len(market.receiver.came) >= 2)
    told = [Webhook(secret).verify(content, headers) for headers, content in market.receiver.came]
    assert [one["type"] for one in told] == ["webhook.test", "service.published"]
    assert "Bartwaage" in json.dumps(told[1])
    page = reload_until(visit, f"{hook}?state=delivered", market.receiver.came[1][0]["webhook-id"])
    expect(page.get_by_role("row").filter(has_text="angekommen")).to_have_count(2)
    fits(visit)
    visit.go("/organisation/webhooks")
    fits(visit)
