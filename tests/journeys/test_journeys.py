"""What people come for, from the first page to what they leave with; the same with and without JavaScript."""

import csv
import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import NARROW, WIDE, Visitor
from tests.journeys.test_every_page import violations

SCREENSHOT = Path(__file__).parents[2] / "docs" / "screenshot.png"
EWA = "/dienste/elektronische-wohnsitzanmeldung"

with_and_without_script = pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])


@with_and_without_script
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_a_municipality_finds_a_service_and_how_it_stands_there(
    visitor: Visitor, width: int, javascript: bool
) -> None:
    page = visitor(width, javascript).go("/")
    page.get_by_role("link", name="Zu meiner Region").click()
    page.get_by_label("Name oder Postleitzahl").fill("53111")
    page.get_by_role("button", name="Finden").click()
    page.get_by_role("button", name=re.compile(r"^Wählen\s*: Bonn, Stadt, 053140000000$")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bonn, Stadt")
    expect(page.get_by_role("heading", name=re.compile("^Unbekannt"))).to_be_visible()

    page.goto("/".join(page.url.split("/")[:3]))
    expect(page.locator(".m-topline__region")).to_contain_text("Meine Region: Bonn, Stadt")
    page.get_by_label("Wonach suchen Sie?").fill("Wohnsitz anmelden")
    page.get_by_role("button", name="Suchen").click()
    page.get_by_role("link", name="Elektronische Wohnsitzanmeldung (eWA)", exact=True).click()
    expect(page.get_by_role("heading", name="In Bonn, Stadt")).to_be_visible()


@with_and_without_script
def test_results_are_narrowed_by_a_facet_and_widened_again(visitor: Visitor, javascript: bool) -> None:
    page = visitor(WIDE, javascript).go("/suche?q=online")
    before = page.get_by_role("status").inner_text()
    page.locator(".m-facet a", has_text="Plattform").click()
    expect(page.get_by_role("status")).not_to_have_text(before)
    expect(page).to_have_url(re.compile(r"q=online&kind=platform"))
    page.locator(".m-facet a", has_text="Plattform").click()
    expect(page.get_by_role("status")).to_have_text(before)
    if javascript:
        following = page.get_by_role("link", name="English").get_attribute("href") or ""
        assert "kind" not in following
        page.go_back()
        expect(page.get_by_role("status")).not_to_have_text(before)


@with_and_without_script
def test_results_are_sorted_unfolded_and_freed_of_a_filter(visitor: Visitor, javascript: bool) -> None:
    page = visitor(WIDE, javascript).go("/suche?q=online&kind=online_service&lead_state=06")
    page.get_by_label("Reihenfolge").select_option("name")
    page.get_by_role("button", name="Sortieren").click()
    expect(page).to_have_url(re.compile(r"q=online&kind=online_service&lead_state=06&sort=name"))
    expect(page.get_by_label("Reihenfolge")).to_have_value("name")
    page.locator(".m-chips a", has_text="Hessen").click()
    expect(page).to_have_url(re.compile(r"q=online&kind=online_service&sort=name$"))
    expect(page.locator(".m-chips a")).to_have_count(1)
    page.get_by_role("link", name="Leistungen (LeiKa)", exact=True).click()
    expect(page).to_have_url(re.compile(r"in=procedures"))
    unfolding = page.locator(".m-members").first
    unfolding.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(unfolding.get_by_role("link").first).to_be_visible()


@with_and_without_script
def test_policy_staff_leave_with_a_figure_that_can_be_reproduced(
    visitor: Visitor, javascript: bool, tmp_path: Path
) -> None:
    page = visitor(WIDE, javascript).go(EWA)
    page.get_by_text("Anders zählen").click()
    page.get_by_label("Regel", exact=True).select_option("coverage@1")
    page.get_by_label("Gruppe").select_option("size_class")
    page.get_by_label("Stichtag").fill("2025-12-31")
    page.get_by_role("button", name="Berechnen").click()
    table = page.locator("#reuse-table")
    expect(table.locator("caption")).to_contain_text("nach Gemeindegröße, Stichtag 31.12.2025")
    shown = table.inner_text()

    with page.expect_download() as download:
        page.get_by_role("link", name="Tabelle als CSV").click()
    kept = tmp_path / "table.csv"
    download.value.save_as(kept)
    with kept.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    denominators = [int(row["denominator"]) for row in rows]
    assert sum(denominators[:-1]) == denominators[-1] > 5000

    page.get_by_role("link", name="Feste Adresse dieser Zahlen").click()
    expect(page).to_have_url(re.compile("known_at="))
    assert page.locator("#reuse-table").inner_text() == shown


@with_and_without_script
def test_a_provider_signs_in_sees_prices_and_signs_out(visitor: Visitor, javascript: bool) -> None:
    page = visitor(NARROW, javascript).go(EWA)
    expect(page.locator(".m-terms")).to_contain_text("für angemeldete öffentliche Stellen")
    page.get_by_role("link", name="Anmelden", exact=True).click()
    page.get_by_role("button", name="Als Bereitsteller anmelden").click()
    expect(page).to_have_url(re.compile(EWA))
    expect(page.locator(".m-who")).to_contain_text("Dataport AöR (Bereitsteller)")
    expect(page.locator(".m-terms")).to_contain_text("für bayerische Kommunen kostenlos")
    page.get_by_role("button", name="Abmelden").click()
    expect(page.get_by_role("link", name="Anmelden", exact=True)).to_be_visible()


def test_the_chart_is_drawn_from_the_table_and_hidden_from_screen_readers(visitor: Visitor) -> None:
    page = visitor(WIDE).go(EWA)
    chart = page.locator(".m-chart--drawn")
    expect(chart).to_be_visible()
    assert chart.get_attribute("aria-hidden") == "true"
    inked = page.evaluate(
        """() => { const c = document.querySelector('.m-chart canvas');
        const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
        return new Set(Array.from({length: d.length / 4}, (_, i) => d.slice(4 * i, 4 * i + 3).join())).size; }"""
    )
    assert inked > 20


def test_the_chart_keeps_away_where_there_is_nothing_to_draw(visitor: Visitor) -> None:
    page = visitor(WIDE).go("/dienste/elfe")
    expect(page.locator(".m-chart--drawn")).to_have_count(0)
    expect(page.get_by_text("Ohne Nenner gibt es keine Quote.")).to_be_visible()


def test_the_site_can_be_used_by_keyboard_alone(visitor: Visitor) -> None:
    page = visitor(WIDE).go("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Zum Inhalt springen")).to_be_focused()
    assert page.locator(":focus").bounding_box()["y"] >= 0  # type: ignore[index]  # it is visible, so it has a box
    page.keyboard.press("Enter")
    expect(page.locator("#inhalt")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Wonach suchen Sie?")).to_be_focused()
    page.keyboard.type("Führerschein")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Suche nach „Führerschein“")
    page.wait_for_load_state("load")
    result = page.locator(".m-entry__name a").first
    for _ in range(80):
        page.keyboard.press("Tab")
        if result.evaluate("element => element === document.activeElement"):
            break
    expect(result).to_be_focused()
    assert result.evaluate("element => parseFloat(getComputedStyle(element).outlineWidth)") >= 2
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/dienste/"))


def test_every_stop_of_the_keyboard_can_be_seen(visitor: Visitor) -> None:
    page = visitor(WIDE).go(EWA)
    unseen = []
    for _ in range(60):
        page.keyboard.press("Tab")
        focus = page.evaluate(
            """() => { const e = document.activeElement; const s = getComputedStyle(e);
            return {tag: e.outerHTML.slice(0, 80), outline: parseFloat(s.outlineWidth), style: s.outlineStyle}; }"""
        )
        if focus["outline"] < 2 or focus["style"] == "none":
            unseen.append(focus["tag"])
    assert unseen == []


def test_the_page_of_a_service_prints_without_the_frame(visitor: Visitor) -> None:
    page = visitor(WIDE).go(EWA)
    page.emulate_media(media="print")
    for gone in (".m-nav", ".m-topline", ".m-onpage", ".m-filters", ".m-chart"):
        expect(page.locator(gone).first).to_be_hidden()
    expect(page.locator("#reuse-table")).to_be_visible()


def test_the_picture_of_the_readme_can_be_taken(visitor: Visitor, tmp_path: Path) -> None:
    """Renewed in the project where it is missing, or with MARKETPLACE_TEST_SCREENSHOT=1."""
    visit = visitor(WIDE)
    page = visit.go(f"{EWA}?as_of=2026-06-30")
    page.evaluate("document.fonts.ready")
    expect(page.locator(".m-chart--drawn")).to_be_visible()
    page.locator("#nachnutzung").scroll_into_view_if_needed()
    page.evaluate("document.getElementById('nachnutzung').scrollIntoView({behavior: 'instant'})")
    renew = os.environ.get("MARKETPLACE_TEST_SCREENSHOT") == "1" or not SCREENSHOT.exists()
    target = SCREENSHOT if renew else tmp_path / "screenshot.png"
    page.screenshot(path=target)
    assert target.read_bytes().startswith(b"\x89PNG")
    assert target.stat().st_size > 20_000


def test_suggestions_are_reached_by_keyboard_and_announced(visitor: Visitor) -> None:
    visit = visitor(WIDE)
    page = visit.go("/")
    box = page.get_by_role("combobox", name="Wonach suchen Sie?")
    expect(box).to_have_attribute("aria-expanded", "false")
    box.press_sequentially("wohng")
    options = page.get_by_role("option")
    expect(options.first).to_contain_text("Wohngeld online")
    expect(box).to_have_attribute("aria-expanded", "true")
    count = options.count()
    expect(page.locator(".m-search [aria-live]")).to_have_text(
        f"{count} Vorschläge, mit den Pfeiltasten wählbar."
    )
    box.press("ArrowDown")
    box.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", options.nth(1).get_attribute("id") or "")
    assert violations(visit) == []
    box.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    box.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Suche nach „wohng“")


def test_a_suggestion_is_gone_to_by_enter_or_by_a_click(visitor: Visitor) -> None:
    page = visitor(NARROW).go("/")
    box = page.get_by_role("combobox", name="Wonach suchen Sie?")
    box.press_sequentially("bonn")
    expect(page.get_by_role("option").first).to_contain_text("Bonn, Stadt")
    box.press("ArrowDown")
    box.press("Enter")
    expect(page).to_have_url(re.compile("/regionen/053140000000$"))
    page.go_back()
    box.fill("")
    box.press_sequentially("hundest")
    page.get_by_role("option", name="Hundesteuer").first.click()
    expect(page).to_have_url(re.compile("/leistungen/99102013000000$"))


@with_and_without_script
def test_who_finds_nothing_says_what_is_needed(visitor: Visitor, javascript: bool) -> None:
    page = visitor(NARROW, javascript).go("/bedarf/neu?object=99102013")
    expect(page.get_by_text("Hundesteuer")).to_be_visible()
    page.get_by_label("Themenfeld").select_option(label="Steuern & Zoll")
    page.get_by_label("Region").fill("Bonn")
    page.get_by_role("button", name="Bedarf melden").click()
    expect(page.get_by_text("Danke, Ihr Bedarf ist gezählt.")).to_be_visible()
    page.get_by_role("link", name="Zur Liste des gemeldeten Bedarfs").click()
    expect(page.get_by_role("row", name=re.compile("Hundesteuer Bonn, Stadt"))).to_be_visible()
