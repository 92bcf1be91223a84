"""What a browser finds on every kind of page, at two widths."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import NARROW, WIDE, Visit, Visitor
from tests.web.pages import PAGES, PAGES_OF

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SMALLEST = 320
LAID_OUT_ANEW = [
    "start",
    "search",
    "service",
    "services",
    "municipality",
    "figures of all services",
    "sign in",
]
"""Pages whose parts stand elsewhere where there is room."""
SMALL = ["start", "search", "service", "state", "choose region"]
DARK = ["start", "search", "service", "municipality", "sign in", "counting rules"]
BY_STYLE = ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"]
"""The rules whose answer on one and the same page depends on its style: its width, its colours."""


def violations(visit: Visit, rules: list[str] | None = None) -> list[str]:
    """What axe finds against WCAG 2.2 AA, or against some rules of it: the rule and where."""
    visit.page.wait_for_load_state("load")
    if not visit.page.evaluate("'axe' in window"):
        visit.page.evaluate(AXE.read_text("utf-8"))
    wanted = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": STANDARD}
    # No rule asks for the style sheets themselves, which axe would read anew each time.
    options = json.dumps({"runOnly": wanted, "resultTypes": ["violations"], "preload": {"assets": ["media"]}})
    found = visit.page.evaluate(f"axe.run(document, {options}).then(result => result.violations)")
    return [f"{one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"]]


def is_wider_than_its_window(visit: Visit) -> bool:
    visit.page.wait_for_load_state("load")
    return bool(visit.page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))


def test_the_check_finds_a_barrier_where_there_is_one(visitor: Visitor) -> None:
    visit = visitor(WIDE)
    visit.go(PAGES["imprint"])
    visit.page.evaluate("document.querySelector('main').append(document.createElement('button'))")
    assert [found.split(":")[0] for found in violations(visit)] == ["button-name"]
    visit.page.evaluate("document.querySelector('h1').style.color = '#eee'")
    assert [found.split(":")[0] for found in violations(visit, BY_STYLE)] == ["color-contrast"]


def test_the_check_waits_until_a_page_has_its_style(visitor: Visitor) -> None:
    visit = visitor(NARROW, handed_on=False)
    network = visit.page.context.new_cdp_session(visit.page)
    unlimited = {"downloadThroughput": -1, "uploadThroughput": -1}
    network.send("Network.emulateNetworkConditions", {"offline": False, "latency": 500, **unlimited})
    visit.page.goto(visit.server + PAGES["imprint"], wait_until="commit")
    expect(visit.page.get_by_role("heading", level=1)).to_be_attached()
    assert violations(visit) == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_and_fits_its_window_wide_and_narrow(reader: Visit, name: str) -> None:
    reader.go(PAGES[name])
    assert not is_wider_than_its_window(reader)
    if name in LAID_OUT_ANEW:
        assert violations(reader) == []
    reader.resize(NARROW)
    assert violations(reader) == []
    assert not is_wider_than_its_window(reader)
    if name in SMALL:
        reader.resize(SMALLEST)
        assert not is_wider_than_its_window(reader)


@pytest.mark.parametrize("name", DARK)
def test_a_page_is_accessible_in_the_dark(reader: Visit, name: str) -> None:
    reader.page.emulate_media(color_scheme="dark")
    reader.go(PAGES[name])
    assert reader.page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    assert violations(reader, BY_STYLE) == []


@pytest.mark.parametrize("name", ["start", "search", "service", "municipality", "choose region"])
def test_a_page_is_accessible_in_english(reader: Visit, name: str) -> None:
    reader.resize(NARROW)
    reader.go("/sprache/en")
    reader.go(PAGES[name])
    assert reader.page.get_attribute("html", "lang") == "en"
    assert violations(reader) == []


def test_what_only_the_signed_in_see_is_accessible(visitor: Visitor) -> None:
    visit = visitor(NARROW)
    page = visit.go(PAGES["municipality"])
    page.get_by_role("button", name="Als meine Region merken").click()
    page.get_by_role("link", name="Anmelden", exact=True).click()
    page.get_by_role("button", name="Als Betrieb anmelden").click()
    visit.go(PAGES["service"])
    expect(page.get_by_role("heading", name="In Bonn, Stadt")).to_be_visible()
    expect(page.get_by_role("heading", name="Ansprechpersonen")).to_be_visible()
    assert violations(visit) == []
    assert not is_wider_than_its_window(visit)


def barriers(visit: Visit) -> list[str]:
    """What is wrong with the page that a window shows, wide and narrow; axe looks at the narrow one."""
    found = []
    for width in (WIDE, NARROW):
        visit.resize(width)
        found += [f"{width} px: wider than its window"] if is_wider_than_its_window(visit) else []
    return found + violations(visit)


def fits(visit: Visit) -> None:
    """The page has no barrier and fits, narrow and wide, and stays wide."""
    visit.resize(NARROW)
    assert violations(visit) == []
    assert not is_wider_than_its_window(visit)
    visit.resize(WIDE)
    assert violations(visit, BY_STYLE) == []
    assert not is_wider_than_its_window(visit)


def sign_in(visit: Visit, role: str) -> None:
    """Sign in as somebody of the demo, by the title of the role."""
    page = visit.go("/anmelden?next=/konto")
    page.get_by_role("button", name=f"Als {role} anmelden", exact=True).click()
    expect(page.get_by_role("button", name="Abmelden", exact=True)).to_be_attached()


def test_what_an_admin_is_shown_once_and_the_lists_that_hold_it_are_accessible(reader: Visit) -> None:
    sign_in(reader, "Verwaltung der Organisation")
    page = reader.go("/organisation/einladungen/neu")
    with page.expect_navigation():
        page.get_by_role("button", name="Einladung ausstellen").click()
    found = {"invitation refused": barriers(reader)}
    page.get_by_label("Für wen", exact=True).fill("Frau Petersen")
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Einladung ausstellen").click()
    link = page.locator("#f-link").input_value()
    found["invitation made"] = barriers(reader)
    page.goto(link)
    found["invitation"] = barriers(reader)
    page = reader.go("/organisation/zugaenge/neu")
    page.get_by_label("Name", exact=True).fill("Abgleich")
    page.get_by_label("Rolle", exact=True).select_option(index=1)
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Zugang anlegen").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Zugang anlegen")
    found["token made"] = barriers(reader)
    page = reader.go("/organisation/uebergaben")
    page.get_by_label("Eintrag", exact=True).select_option(index=1)
    page.get_by_label("Geht an", exact=True).select_option(index=1)
    page.get_by_role("button", name="Übergabe anbieten").click()
    expect(page.get_by_role("table")).to_be_visible()
    for address in ("/organisation/uebergaben", "/organisation/mitglieder", "/organisation/zugaenge"):
        reader.go(address)
        found[address] = barriers(reader)
    assert {name: one for name, one in found.items() if one} == {}


def test_the_list_of_subscriptions_and_a_refused_choice_are_accessible(reader: Visit) -> None:
    sign_in(reader, "Behörde")
    page = reader.go("/themenfelder/bauen-wohnen")
    with page.expect_navigation():
        page.get_by_role("button", name="Abonnieren", exact=True).click()
    subscription = page.url.partition("?")[0]
    for box in page.get_by_role("checkbox").all():
        box.uncheck()
    page.get_by_role("button", name="Speichern", exact=True).click()
    expect(page.get_by_role("group", name="Worüber Sie etwas hören wollen")).to_contain_text(
        "mindestens eines"
    )
    found = {"refused": barriers(reader)}
    for address in ("/abonnements", "/nachrichten?unread=true&kind=service.published"):
        reader.go(address)
        found[address] = barriers(reader)
    page.goto(subscription)
    page.get_by_role("button", name="Abonnement beenden").click()
    expect(page.get_by_role("status").first).to_contain_text("Das Abonnement ist beendet.")
    assert {name: one for name, one in found.items() if one} == {}


@pytest.mark.parametrize("role", PAGES_OF)
def test_the_pages_of_a_role_are_accessible_and_fit_their_window(reader: Visit, role: str) -> None:
    sign_in(reader, role)
    found: dict[str, object] = {}
    for address in PAGES_OF[role]:
        answer = reader.page.goto(reader.server + address, wait_until="load")
        found[address] = (answer.status if answer else None, barriers(reader))
    assert found == dict.fromkeys(PAGES_OF[role], (200, []))


def test_without_the_search_engine_one_browses_to_a_service(
    server_without_engine: str, visitor: Visitor
) -> None:
    visit = visitor(NARROW)
    visit.server = server_without_engine
    page = visit.go("/suche?q=Umzug")
    expect(page.get_by_role("heading", level=1)).to_have_text("Die Suche antwortet gerade nicht")
    assert violations(visit) == []
    page.get_by_role("link", name="Bauen & Wohnen").click()
    page.get_by_role("link", name="Elektronische Wohnsitzanmeldung (eWA)").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Elektronische Wohnsitzanmeldung (eWA)")
