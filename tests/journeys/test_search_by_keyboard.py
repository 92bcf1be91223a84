"""The results of a search narrowed, widened, sorted and turned over by keyboard alone, with and without JavaScript."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import NARROW, WIDE, Visitor
from tests.journeys.test_journeys import with_and_without_script

FURTHEST = 80
"""More stops than lie before anything on a page of results that a test goes to."""


def tab_to(page: Page, wanted: Locator) -> None:
    """Press the tab key until something has the focus, and see that it shows."""
    page.wait_for_load_state("load")
    for _ in range(FURTHEST):
        if wanted.evaluate("element => element === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(wanted).to_be_focused()
    assert wanted.evaluate("element => parseFloat(getComputedStyle(element).outlineWidth)") >= 2


def count_of(page: Page) -> Locator:
    return page.locator("#count")


@with_and_without_script
def test_a_facet_is_chosen_and_let_go(visitor: Visitor, javascript: bool) -> None:
    page = visitor(WIDE, javascript).go("/suche?q=online")
    before = count_of(page).inner_text()
    facet = page.locator("#f-kind-platform")
    tab_to(page, facet)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q=online&kind=platform$"))
    expect(facet).to_have_class("m-facet--chosen")
    expect(count_of(page)).not_to_have_text(before)
    if javascript:
        expect(facet).to_be_focused()
    tab_to(page, facet)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q=online$"))
    expect(count_of(page)).to_have_text(before)


@with_and_without_script
def test_chips_are_taken_out_one_after_the_other(visitor: Visitor, javascript: bool) -> None:
    page = visitor(WIDE, javascript).go("/suche?q=online&lead_state=06&lead_state=02&kind=online_service")
    chips = page.locator(".m-chips a")
    tab_to(page, chips.nth(1))
    page.keyboard.press("Enter")
    expect(page).not_to_have_url(re.compile("lead_state=02"))
    expect(chips).to_have_count(2)
    if javascript:
        expect(chips.nth(1)).to_be_focused()
    tab_to(page, chips.nth(1))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q=online&lead_state=06$"))
    if javascript:
        expect(chips).to_be_focused()
    tab_to(page, chips)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q=online$"))
    expect(chips).to_have_count(0)
    if javascript:
        expect(count_of(page)).to_be_focused()


@with_and_without_script
def test_a_value_that_finds_nothing_is_let_go_in_its_facet(visitor: Visitor, javascript: bool) -> None:
    page = visitor(WIDE, javascript).go("/suche?q=Wohngeld&lead_state=10")
    expect(count_of(page)).to_have_text("0 Treffer")
    saarland = page.locator("#f-lead_state-10")
    tab_to(page, saarland)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q=Wohngeld$"))
    expect(saarland).to_have_count(0)
    if javascript:
        expect(count_of(page)).to_be_focused()


@with_and_without_script
def test_results_are_sorted(visitor: Visitor, javascript: bool) -> None:
    page = visitor(WIDE, javascript).go("/suche?q=online&kind=online_service")
    order, button = page.get_by_label("Reihenfolge"), page.get_by_role("button", name="Sortieren")
    tab_to(page, order)
    page.keyboard.press("ArrowDown")
    expect(order).to_have_value("name")
    tab_to(page, button)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q=online&kind=online_service&sort=name$"))
    expect(order).to_have_value("name")
    names = page.locator(".m-results > .m-entries .m-entry__name").all_inner_texts()
    assert names[:5] == sorted(names[:5], key=str.casefold)
    if javascript:
        expect(button).to_be_focused()


@with_and_without_script
def test_the_next_page_is_read_from_its_beginning_and_left_again(visitor: Visitor, javascript: bool) -> None:
    page = visitor(WIDE, javascript).go("/suche?q=online&page_size=5")
    first = page.locator(".m-results .m-entry__name").first
    before = first.inner_text()
    tab_to(page, page.get_by_role("link", name="Weiter"))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q=online&page_size=5&page=2$"))
    expect(first).not_to_have_text(before)
    if javascript:
        expect(count_of(page)).to_be_focused()
        expect(count_of(page)).to_be_in_viewport()
    tab_to(page, page.get_by_role("link", name="Zurück"))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("page=1$"))
    expect(first).to_have_text(before)


@with_and_without_script
def test_the_other_collection_is_searched(visitor: Visitor, javascript: bool) -> None:
    page = visitor(WIDE, javascript).go("/suche?q=Wohngeld")
    procedures = page.get_by_role("link", name="Leistungen (LeiKa)", exact=True)
    tab_to(page, procedures)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("in=procedures"))
    expect(procedures).to_have_attribute("aria-current", "page")
    if javascript:
        expect(procedures).to_be_focused()


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_on_a_narrow_screen_filters_unfold_and_a_choice_leads_to_the_count(
    visitor: Visitor, key: str
) -> None:
    page = visitor(NARROW).go("/suche?q=online")
    facet = page.locator("#f-kind-platform")
    expect(facet).to_be_hidden()
    tab_to(page, page.locator(".m-facets > summary"))
    page.keyboard.press(key)
    expect(facet).to_be_visible()
    tab_to(page, facet)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("kind=platform$"))
    expect(facet).to_be_hidden()
    expect(count_of(page)).to_be_focused()
