"""What every engine has to do, on the whole seed."""

import pytest

from marketplace.actions.context import Context
from marketplace.actions.paging import PageRequest
from marketplace.actions.search import SearchResult, search
from marketplace.errors import InvalidInput
from tests.search.judged import JUDGED, Judged


def ask(
    ctx: Context, q: str, collection: str = "services", page: int = 1, size: int = 20, **filters: list[str]
) -> SearchResult:
    return search(ctx, q, collection, filters, PageRequest(page, size))


def counts(result: SearchResult, facet: str) -> dict[str, int]:
    return {value.value: value.count for value in result.facets[facet]}


@pytest.mark.parametrize("judged", JUDGED, ids=lambda judged: f"{judged.query} in {judged.collection}")
def test_a_judged_query_finds_the_right_entry_first(catalogue: Context, judged: Judged) -> None:
    result = ask(catalogue, judged.query, judged.collection)
    if judged.first is None:
        assert (result.total, result.items) == (0, ())
    else:
        assert result.total >= len(result.items) > 0
        assert judged.first in ("", result.items[0].id)


def test_an_empty_query_lists_everything_by_name(catalogue: Context) -> None:
    services, procedures = ask(catalogue, "", size=200), ask(catalogue, "", "procedures")
    assert procedures.total == 1826
    assert services.total == len(services.items)
    folded = [
        item.name.casefold().replace("ü", "u").replace("ö", "o").replace("ä", "a") for item in services.items
    ]
    assert folded == sorted(folded)


def test_words_that_say_nothing_empty_no_query(catalogue: Context) -> None:
    assert ask(catalogue, "für alle").total == ask(catalogue, "").total


def test_generic_words_find_but_do_not_widen(catalogue: Context) -> None:
    assert ask(catalogue, "online").total > 40
    assert ask(catalogue, "Wohngeld online beantragen").total == ask(catalogue, "Wohngeld").total


def test_pages_follow_each_other_without_gap_or_overlap(catalogue: Context) -> None:
    whole = [item.id for item in ask(catalogue, "Genehmigung", "procedures", size=90).items]
    pages = [
        item.id for page in (1, 2, 3) for item in ask(catalogue, "Genehmigung", "procedures", page, 30).items
    ]
    assert pages == whole
    assert len(set(whole)) == 90


def test_behind_the_last_page_there_is_nothing_and_no_error(catalogue: Context) -> None:
    assert ask(catalogue, "Wohngeld", page=50).items == ()
    deep = ask(catalogue, "", "procedures", page=100_000, size=200)
    assert (deep.items, deep.total) == ((), 1826)


def test_a_filter_narrows_and_its_own_facet_still_shows_the_others(catalogue: Context) -> None:
    free, narrowed = ask(catalogue, ""), ask(catalogue, "", kind=["platform"])
    assert narrowed.total == counts(free, "kind")["platform"]
    assert counts(narrowed, "kind") == counts(free, "kind")
    assert sum(counts(narrowed, "lead_state").values()) <= narrowed.total < free.total
    assert {item.kind for item in narrowed.items} == {"platform"}


def test_several_values_of_one_facet_are_alternatives_and_several_facets_all_hold(catalogue: Context) -> None:
    either = ask(catalogue, "", lead_state=["02", "04"], size=200)
    both = ask(catalogue, "", lead_state=["02", "04"], theme_field=["familie-kind"], size=200)
    assert {item.lead_state for item in either.items} == {"02", "04"}
    assert {(item.lead_state, item.theme_field) for item in both.items} == {("04", "familie-kind")}
    of_the_field = counts(ask(catalogue, "", theme_field=["familie-kind"]), "lead_state")
    assert counts(both, "lead_state") == {**of_the_field, "02": 0}
    assert counts(both, "theme_field") == counts(either, "theme_field")


def test_facets_carry_german_labels_and_are_ordered_by_count(catalogue: Context) -> None:
    facets = ask(catalogue, "").facets
    labels = {value.value: value.label for values in facets.values() for value in values}
    assert (labels["platform"], labels["02"], labels["familie-kind"]) == (
        "Plattform",
        "Hamburg",
        "Familie & Kind",
    )
    assert labels["registration_authorities"] != "registration_authorities"
    for values in facets.values():
        assert [value.count for value in values] == sorted((value.count for value in values), reverse=True)


def test_a_filter_value_that_nothing_found_has_finds_nothing(catalogue: Context) -> None:
    assert ask(catalogue, "Wohngeld", kind=["component"]).total == 0


def test_a_filter_value_that_cannot_be_is_refused_by_name(catalogue: Context) -> None:
    with pytest.raises(InvalidInput) as refused:
        ask(catalogue, "Wohngeld", lead_state=["99"])
    assert [(error.field, error.rule) for error in refused.value.errors] == [("lead_state", "choice")]
    assert "99" in refused.value.errors[0].message


def test_an_unknown_facet_is_refused_by_name(catalogue: Context) -> None:
    with pytest.raises(InvalidInput) as refused:
        ask(catalogue, "", colour=["blue"])
    assert [(error.field, error.rule) for error in refused.value.errors] == [("colour", "unknown")]
    with pytest.raises(InvalidInput) as refused:
        ask(catalogue, "", "procedures", lead_state=["02"])
    assert refused.value.errors[0].field == "lead_state"


def test_found_words_are_marked_as_they_are_written(catalogue: Context) -> None:
    item = ask(catalogue, "fuehrerscheine UMTAUSCHEN").items[0]
    assert item.name_highlight == (("Führerschein", True), (" ", False), ("Umtausch", True))
    assert "".join(text for text, _ in item.highlight) == item.summary


@pytest.mark.parametrize(
    "query",
    ["*", "name:Wohngeld AND (", '"', "\\", "\x00", "\ud800", "a" * 1000, "🏠", "x " * 400, "Straße " * 100],
)
def test_no_query_text_breaks_an_engine(catalogue: Context, query: str) -> None:
    assert ask(catalogue, query).total >= 0
