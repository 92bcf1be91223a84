"""Which procedure of an object a query means, and how a corrected query reads."""

from datetime import date

import pytest

from marketplace.domain.catalogue import Procedure
from marketplace.search.corrected import corrected_query
from marketplace.search.language import Language
from marketplace.search.lexicon import Lexicon
from marketplace.search.members import Family, Matcher
from marketplace.search.plan import Plan, Reading, Reason
from marketplace.search.planning import plan_query

LEXICON = Lexicon(["Hundesteuer", "Hund", "Steuer", "Anmeldung"])
LANGUAGE = Language(LEXICON)


def procedure(key: str, name: str, *words: str) -> Procedure:
    return Procedure(
        leika_key=key, version=1, name=name, typisierung=None, theme_field=None, life_situation=None, flags=(),
        snapshot_on=date(2019, 10, 1), words=words,
    )  # fmt: skip


GENERAL = procedure("99102013000000", "Hundesteuer")
LEVY = procedure("99102013002000", "Hundesteuer Festsetzung", "Steuerbescheid")
FREE = procedure("99102013010000", "Hundesteuer Befreiung")
DOG_TAX = Family.of((GENERAL, LEVY, FREE), LEXICON)


def meant(query: str) -> str:
    return Matcher(plan_query(query, LANGUAGE)).by_match(DOG_TAX)[0].procedure.name


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("Hundesteuer", "Hundesteuer"),
        ("Hundesteuer Befreiung", "Hundesteuer Befreiung"),
        ("Befreiung", "Hundesteuer Befreiung"),
        ("Hund", "Hundesteuer"),
        ("99102013002000", "Hundesteuer Festsetzung"),
        ("99 102 013", "Hundesteuer"),
        ("99 102 013 Befreiung", "Hundesteuer Befreiung"),
        ("Steuerbescheid", "Hundesteuer Festsetzung"),
        ("", "Hundesteuer"),
    ],
)
def test_the_member_is_meant_that_meets_most_of_the_query(query: str, name: str) -> None:
    assert meant(query) == name


def test_the_others_follow_by_key_each_once() -> None:
    found = Matcher(plan_query("Befreiung", LANGUAGE)).by_match(DOG_TAX)
    assert [one.procedure.leika_key for one in found] == [
        "99102013010000",
        "99102013000000",
        "99102013002000",
    ]


def test_without_a_general_entry_the_first_key_is_meant() -> None:
    found = Matcher(Plan()).by_match(Family.of((LEVY, FREE), LEXICON))
    assert found[0].procedure.leika_key == "99102013002000"


def test_a_corrected_query_keeps_everything_but_the_misspelt_words() -> None:
    plan = Plan(
        interpretation=(Reading("Wonsitz", Reason.CORRECTED, "Wohnsitz"), Reading("in", Reason.STOP_WORD))
    )
    assert corrected_query("Wonsitz in  Bonn, Wonsitz!", plan) == "Wohnsitz in  Bonn, Wohnsitz!"
    assert corrected_query("Wonsitz", Plan()) is None
