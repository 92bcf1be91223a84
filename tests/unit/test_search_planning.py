"""What queries become."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.query_text import LONGEST_QUERY
from marketplace.search import weights
from marketplace.search.german import GENERIC_STEMS, STOP_WORDS, stem
from marketplace.search.language import Language
from marketplace.search.plan import TEXT_FIELDS, Plan, Reading, Reason
from marketplace.search.planning import USED_CHARACTERS, USED_WORDS, plan_query
from tests.spoken import group_of, row, spoken, ways

NOTHING = Language()
HERE = spoken(
    "Parkausweis Anwohner Ausweis Park",
    "Hund anmelden Hundesteuer Steuer",
    "Geburtsurkunde Geburt Urkunde",
    "Wohngeld Miete",
    *(f"Meldung {number}" for number in range(20)),
    wordings=[*row("Perso", "Ausweis"), *row("Hund loswerden", "Hundesteuer")],
)
MOST_GROUPS = USED_WORDS * 3 + 20


def asked(plan: Plan) -> list[str]:
    """The words and keys of a plan's own, without what was made of several together."""
    single = {Reason.WORDING, Reason.JOINED, Reason.NOT_A_PART}
    return [group.text for group in plan.groups if not {one.reason for one in group.alternatives} & single]


def test_each_word_is_a_group_over_all_text_fields() -> None:
    plan = plan_query("Miete Wohngeld", HERE)
    assert asked(plan) == ["Miete", "Wohngeld"]
    (alternative,) = plan.groups[0].alternatives
    (clause,) = alternative.clauses
    assert (clause.term, clause.fields, clause.exact) == (stem("Miete"), TEXT_FIELDS, False)
    assert (alternative.reason, plan.groups[0].weight) == (Reason.WORD, weights.WORD)
    assert plan.interpretation == ()


def test_a_name_is_worth_more_than_a_summary_and_that_more_than_a_mention() -> None:
    worth = weights.FIELD_WEIGHTS
    assert worth["name"] > worth["summary"] > worth["body"] > worth["other_parts"] > 0
    assert worth["words"] > worth["inherited"] > worth["other_parts"]


def test_the_query_as_a_whole_may_be_what_an_entry_is_called() -> None:
    terms = {
        terms for group in plan_query("Miete Wohngeld", HERE).groups for terms in ways(group, Reason.WORDING)
    }
    assert terms == {("miet_wohngeld",)}


def test_generic_words_score_but_do_not_decide() -> None:
    plan = plan_query("Wohngeld online beantragen", HERE)
    assert [group.text for group in plan.deciding] == ["Wohngeld"]
    generic = [group for group in plan.scoring if group.text in ("online", "beantragen")]
    assert {group.weight for group in generic} == {weights.GENERIC_WORD}
    assert [reading.reason for reading in plan.interpretation] == [Reason.GENERIC, Reason.GENERIC]


@pytest.mark.parametrize("query", ["online beantragen", "Antrag", "neue Unterlagen"])
def test_a_query_of_generic_words_alone_is_decided_by_them(query: str) -> None:
    plan = plan_query(query, HERE)
    assert set(query.split()) <= {group.text for group in plan.deciding}
    assert plan.least == 1


def test_what_only_scores_never_decides_in_the_place_of_generic_words() -> None:
    deciding = plan_query("online beantragen", HERE).deciding
    assert [group.text for group in deciding] == ["online", "beantragen"]
    assert not any(way.reason is Reason.NOT_A_PART for group in deciding for way in group.alternatives)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "   ",
        "der die das",
        "für alle",
        "?!",
        "\x00",
        "\ud800",
        "🏠",
        "\u202e\u200f",
        '*"\\()',
        " ".join(sorted(STOP_WORDS)[:60]),
    ],
)
def test_a_query_that_says_nothing_asks_for_everything(query: str) -> None:
    plan = plan_query(query, HERE)
    assert (plan.groups, plan.least, plan.regions) == ((), 0, ())


def test_stop_words_are_left_out_and_named() -> None:
    plan = plan_query("Steuer für den Hund", HERE)
    assert asked(plan) == ["Steuer", "Hund"]
    assert plan.interpretation == (Reading("für", Reason.STOP_WORD), Reading("den", Reason.STOP_WORD))


def test_the_same_word_twice_counts_once() -> None:
    assert asked(plan_query("Ausweis AUSWEISE Ausweises", HERE)) == ["Ausweis"]


def test_a_word_that_very_many_entries_have_decides_nothing_beside_a_rarer_one() -> None:
    assert [group.text for group in plan_query("Hund Meldung", HERE).deciding] == ["Hund"]
    assert "Meldung" in [group.text for group in plan_query("Meldung", HERE).deciding]


def test_a_compound_is_met_by_its_parts_apart() -> None:
    group = group_of("Anwohnerparkausweis", HERE)
    assert (stem("Anwohner"), stem("Parkausweis")) in ways(group, Reason.COMPOUND)
    assert {stem("Anwohner"), stem("Park"), stem("Ausweis")} in map(set, ways(group, Reason.COMPOUND))
    assert all(one.weight < 1 for one in group.alternatives if one.reason is Reason.COMPOUND)


def test_two_words_are_met_by_the_compound_they_make() -> None:
    plan = plan_query("Urkunde Geburt", HERE)
    (joined,) = [group for group in plan.groups if ways(group, Reason.JOINED)]
    assert ways(joined) == {(stem("Geburtsurkunde"),)}
    assert not joined.deciding


def test_a_word_that_nobody_wrote_stays_in_the_plan_as_it_is() -> None:
    assert ways(group_of("Quastenflosser", HERE)) == {(stem("Quastenflosser"),)}


@pytest.mark.parametrize(
    "query", ["99115005104000", "99 115 005 104 000", "99.115.005.104.000", "99-115-005-104-000"]
)
def test_a_whole_key_is_one_exact_clause_above_every_word(query: str) -> None:
    plan = plan_query(f"{query} Umzug", NOTHING)
    key = plan.groups[0]
    best = max(key.alternatives, key=lambda one: one.weight)
    assert (key.text, best.weight, best.reason) == (query, weights.WHOLE_KEY, Reason.KEY)
    assert best.clauses[0].exact
    assert best.weight > sum(weights.FIELD_WEIGHTS.values())
    assert plan.interpretation[0] == Reading(query, Reason.KEY, "99115005104000")


@pytest.mark.parametrize("query", ["10124", "OZG 10124", "ozg-10124", "OZG-ID: 10124", "OZG10124"])
def test_an_ozg_id_is_known_in_every_spelling(query: str) -> None:
    assert ("ozg10124",) in ways(group_of(query, NOTHING), Reason.KEY)


def test_the_beginning_of_a_key_is_worth_less_than_a_whole_one() -> None:
    (alternative,) = group_of("99 115", NOTHING).alternatives
    assert (alternative.reason, alternative.weight) == (Reason.KEY_BEGINNING, weights.BEGUN_KEY)
    assert weights.BEGUN_KEY < weights.WHOLE_KEY


def test_a_number_alone_may_be_a_key_or_a_number_in_a_text() -> None:
    assert [one.reason for one in group_of("10124", NOTHING).alternatives] == [Reason.KEY, Reason.WORD]


def test_a_regional_key_is_no_word_but_names_a_region() -> None:
    plan = plan_query("Wohngeld 09162000 AGS 09184", HERE)
    assert plan.regions == ("09162000", "09184")
    assert asked(plan) == ["Wohngeld"]
    assert [one.reason for one in plan.interpretation] == [Reason.REGION, Reason.REGION]


@pytest.mark.parametrize(("words", "least"), [(1, 1), (3, 1), (5, 1), (6, 2), (9, 3), (24, 8)])
def test_a_third_of_the_words_has_to_match(words: int, least: int) -> None:
    assert plan_query(" ".join(f"wort{number}" for number in range(words)), NOTHING).least == least


def test_words_beyond_the_limit_are_not_used_and_named() -> None:
    plan = plan_query(" ".join(f"w{number}" for number in range(USED_WORDS + 2)), NOTHING)
    assert len(asked(plan)) == USED_WORDS
    assert plan.interpretation == (Reading("w24", Reason.TOO_LONG), Reading("w25", Reason.TOO_LONG))


def test_text_beyond_the_limit_is_not_used_and_named() -> None:
    plan = plan_query("a" * 400 + " " * (USED_CHARACTERS - 390) + "hinten", NOTHING)
    assert len(asked(plan)) == 1
    assert plan.interpretation == (Reading("hinten", Reason.TOO_LONG),)


def test_five_hundred_words_make_no_larger_plan_than_the_words_that_are_used() -> None:
    long, short = (
        plan_query(" ".join(f"a{number}" for number in range(count))[:LONGEST_QUERY], HERE)
        for count in (500, USED_WORDS)
    )
    assert len(long.groups) <= len(short.groups)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("name:(Hund OR Steuer)", ["name", "Hund", "OR", "Steuer"]),
        ('"Hund"~2 AND *steuer*', ["Hund", "2", "AND", "steuer"]),
        ("Hund'; DROP TABLE service; --", ["Hund", "DROP", "TABLE", "service"]),
        ("\u202eHund\u202c\x00Steuer\ud800", ["Hund", "Steuer"]),
        ("🐶Hund🐶", ["Hund"]),
        ("Hund\\", ["Hund"]),
    ],
)
def test_no_sign_of_any_language_means_anything(query: str, words: list[str]) -> None:
    assert asked(plan_query(query, HERE)) == words


def test_what_is_marked_is_what_was_probably_meant() -> None:
    stems = plan_query("Perso beantragen", HERE).stems
    assert stem("Ausweis") in stems
    assert stem("beantragen") in stems


def test_no_generic_word_is_a_stop_word() -> None:
    assert GENERIC_STEMS.isdisjoint(map(stem, STOP_WORDS))


@given(st.one_of(st.text(max_size=LONGEST_QUERY), st.lists(st.sampled_from(
    ["Hund", "Hundesteuer", "Parkausweiß", "Perso", "loswerden", "der", "Antrag", "10124", "99 115", "09162000", "Geburt", "Urkunde"]
), max_size=60).map(" ".join)))  # fmt: skip
def test_every_text_has_a_plan_within_its_limits(text: str) -> None:
    plan = plan_query(text, HERE)
    assert len(plan.groups) <= MOST_GROUPS
    assert bool(plan.groups) == (plan.least >= 1)
    assert plan.least <= len(plan.deciding)
    assert all(group.alternatives and all(one.clauses for one in group.alternatives) for group in plan.groups)
    assert plan_query(text, HERE) == plan
