"""What the search action makes of an engine's answer, alike on both engines."""

import pytest

from marketplace.actions.context import Context
from marketplace.actions.paging import PageRequest
from marketplace.actions.search import SearchResult, search
from marketplace.actions.search_both import search_both
from marketplace.domain.access import Actor, Role
from tests.search.conftest import only_elasticsearch

OPERATOR = Actor.of("operator", "marketplace-operator", Role.OPERATOR)
ALL = PageRequest(1, 200)


def ask(ctx: Context, q: str, collection: str = "services", size: int = 20, **more: object) -> SearchResult:
    return search(ctx, q, collection, {}, PageRequest(1, size), **more)  # type: ignore[arg-type]  # each its own type


@pytest.mark.parametrize("collection", ["services", "procedures"])
def test_contributions_sum_to_the_score(catalogue: Context, collection: str) -> None:
    result = ask(
        catalogue, "Wonsitz online ummelden Anwohnerparkausweis", collection, explain=True, actor=OPERATOR
    )
    assert result.items
    for item in result.items:
        assert item.contributions
        assert sum(one.score for one in item.contributions) == pytest.approx(item.score, rel=1e-4)


def test_a_score_is_told_in_any_order(catalogue: Context) -> None:
    result = ask(catalogue, "Wohnsitz anmelden", sort="name", explain=True, actor=OPERATOR)
    assert all(item.score for item in result.items)


def test_what_stands_nearest_is_offered_where_nothing_is_found(catalogue: Context) -> None:
    assert ask(catalogue, "Wohngeldzzzzqqqq").total == 0
    assert "wohngeld-online" in [item.id for item in ask(catalogue, "Wohngeldzzzzqqqq").nearest]
    assert ask(catalogue, "Wohngeld").nearest == ()


def test_only_what_neither_collection_has_is_a_miss(catalogue: Context) -> None:
    assert ask(catalogue, "xyzzyqwv").is_miss
    assert not ask(catalogue, "Hundesteuer").is_miss
    assert not ask(catalogue, "77777777").is_miss
    assert not search(catalogue, "xyzzyqwv", "services", {"kind": ["platform"]}, ALL).is_miss
    assert not search(catalogue, "xyzzyqwv", "services", {}, PageRequest(2, 20)).is_miss


def test_a_region_leaves_only_what_is_live_there(catalogue: Context) -> None:
    result = search(catalogue, "", "services", {}, ALL, region="05", live_here=True)
    assert 0 < result.total == len(result.items) < ask(catalogue, "").total
    assert {item.live_here for item in result.items} == {True}
    assert sum(value.count for value in result.facets["kind"]) == result.total


def test_what_is_filtered_by_stays_in_its_facet_with_nothing_and_changes_no_other_count(
    catalogue: Context,
) -> None:
    def counts(filters: dict[str, list[str]], facet: str) -> dict[str, int]:
        result = search(catalogue, "Wohngeld", "services", filters, ALL)
        return {value.value: value.count for value in result.facets[facet]}

    states = counts({}, "lead_state")
    assert "10" not in states
    assert counts({"lead_state": ["10"]}, "lead_state") == {**states, "10": 0}
    assert list(counts({"lead_state": ["10"]}, "lead_state"))[-1] == "10"
    assert counts({"lead_state": ["10"]}, "kind") == {}
    assert counts({"kind": ["component"]}, "kind") == {**counts({}, "kind"), "component": 0}


def test_both_collections_are_answered_from_one_look(catalogue: Context) -> None:
    both = search_both(
        catalogue, "Wohngeld", "services", {"theme_field": ["bauen-wohnen"], "kind": ["online_service"]}, ALL,
        sort="relevance", region=None, live_here=False, verbatim=False,
    )  # fmt: skip
    assert both.beside is not None
    assert {item.theme_field for item in both.beside.items} == {"bauen-wohnen"}
    nothing = search_both(
        catalogue, "der die das", "services", {}, ALL, sort="relevance", region=None, live_here=False, verbatim=False
    )  # fmt: skip
    assert nothing.beside is None


@pytest.mark.parametrize("engine", only_elasticsearch())
@pytest.mark.parametrize("sort", ["name", "reuse_rate", "newest"])
def test_both_engines_give_the_same_order(
    seeded: Context, request: pytest.FixtureRequest, engine: str, sort: str
) -> None:
    other: Context = request.getfixturevalue(f"seeded_{engine}")
    for q in ("", "online", "Kind"):
        one, two = ask(seeded, q, sort=sort, size=200), ask(other, q, sort=sort, size=200)
        assert [item.id for item in one.items] == [item.id for item in two.items]
