"""What queries become."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.errors import InvalidInput
from marketplace.search import weights
from marketplace.search.plan import TEXT_FIELDS, USED_WORDS, Plan, Reading, Reason, plan_query


def asked(plan: Plan) -> list[str]:
    return [group.text for group in plan.groups]


def test_each_word_is_a_group_over_all_text_fields() -> None:
    plan = plan_query("Wohngeld Miete")
    assert asked(plan) == ["Wohngeld", "Miete"]
    (alternative,) = plan.groups[0].alternatives
    (clause,) = alternative.clauses
    assert (clause.term, clause.fields, clause.exact) == ("wohngeld", TEXT_FIELDS, False)
    assert (alternative.reason, plan.groups[0].weight) == (Reason.WORD, weights.WORD)
    assert plan.interpretation == ()


def test_the_name_is_worth_more_than_the_summary_and_that_more_than_the_rest() -> None:
    worth = weights.FIELD_WEIGHTS
    assert worth["name"] > worth["summary"] > worth["body"] > worth["related"] > 0


def test_generic_words_score_but_do_not_decide() -> None:
    plan = plan_query("Wohngeld online beantragen")
    assert [group.text for group in plan.deciding] == ["Wohngeld"]
    assert [group.text for group in plan.scoring] == ["online", "beantragen"]
    assert {group.weight for group in plan.scoring} == {weights.GENERIC_WORD}
    assert [reading.reason for reading in plan.interpretation] == [Reason.GENERIC, Reason.GENERIC]


def test_a_query_of_generic_words_alone_is_decided_by_them() -> None:
    plan = plan_query("online beantragen")
    assert [group.text for group in plan.deciding] == ["online", "beantragen"]
    assert (plan.scoring, plan.least) == ((), 1)


@pytest.mark.parametrize("query", ["", "   ", "der die das", "?!", "\x00"])
def test_a_query_that_says_nothing_asks_for_everything(query: str) -> None:
    assert plan_query(query).groups == ()
    assert plan_query(query).least == 0


def test_stop_words_are_left_out_and_named() -> None:
    plan = plan_query("Anmeldung für den Hund")
    assert asked(plan) == ["Anmeldung", "Hund"]
    assert plan.interpretation == (Reading("für", Reason.STOP_WORD), Reading("den", Reason.STOP_WORD))


def test_the_same_word_twice_counts_once() -> None:
    assert asked(plan_query("Führerschein fuehrerscheine FUHRERSCHEIN")) == ["Führerschein"]


def test_a_whole_key_is_one_exact_clause_above_every_word() -> None:
    plan = plan_query("99 115 005 104 000 Umzug")
    key, word = plan.groups
    assert (key.text, word.text) == ("99 115 005 104 000", "Umzug")
    (alternative,) = key.alternatives
    assert alternative.weight == weights.WHOLE_KEY
    assert alternative.clauses[0].exact
    assert plan.interpretation == (Reading("99 115 005 104 000", Reason.KEY, "99115005104000"),)
    assert plan.stems == {"umzug"}


def test_a_number_alone_may_be_a_key_or_a_number_in_a_text() -> None:
    (group,) = plan_query("10124").groups
    assert [alternative.reason for alternative in group.alternatives] == [Reason.KEY, Reason.WORD]


@pytest.mark.parametrize(("words", "least"), [(1, 1), (3, 1), (5, 1), (6, 2), (9, 3)])
def test_a_third_of_the_words_has_to_match(words: int, least: int) -> None:
    assert plan_query(" ".join(f"wort{number}" for number in range(words))).least == least


def test_words_beyond_the_limit_are_not_used_and_named() -> None:
    plan = plan_query(" ".join(f"w{number}" for number in range(USED_WORDS + 2)))
    assert len(plan.groups) == USED_WORDS
    assert plan.interpretation == (Reading("w32", Reason.TOO_LONG), Reading("w33", Reason.TOO_LONG))


def test_text_beyond_five_hundred_characters_is_not_used_and_named() -> None:
    plan = plan_query("a" * 400 + " " * 110 + "hinten")
    assert len(plan.groups) == 1
    assert plan.interpretation == (Reading("hinten", Reason.TOO_LONG),)


def test_more_than_a_thousand_characters_are_refused_by_field_and_rule() -> None:
    with pytest.raises(InvalidInput) as refused:
        plan_query("x" * 1_001)
    assert [(error.field, error.rule) for error in refused.value.errors] == [("q", "length")]


@given(st.text(max_size=1_000))
def test_every_text_has_a_plan_within_its_limits(text: str) -> None:
    plan = plan_query(text)
    assert len(plan.groups) <= USED_WORDS
    assert bool(plan.groups) == (plan.least >= 1)
    assert plan.least <= len(plan.deciding)
    assert all(group.alternatives and all(one.clauses for one in group.alternatives) for group in plan.groups)
