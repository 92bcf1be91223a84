"""Which words the catalogue is written in."""

from hypothesis import given
from hypothesis import strategies as st

from marketplace.search.german import stem
from marketplace.search.lexicon import Lexicon
from marketplace.search.vocabulary import Vocabulary

LEXICON = Lexicon(["Geburt Urkunde Hund Steuer Wahl Brief Wohnung Geld"])
WORDS = [
    "Hund",
    "Hunde",
    "Hundesteuer",
    "hundesteuer",
    "Geburtsurkunde",
    "Briefwahl",
    "Wohngeld",
    "2026",
    "Steuern",
]
Step = tuple[str, list[str] | None]


def entry(name: str) -> tuple[str, str]:
    return "services", name


def test_a_word_goes_with_the_last_entry_that_has_it() -> None:
    vocabulary = Vocabulary(LEXICON)
    vocabulary.put(entry("one"), ["Hundesteuer"])
    vocabulary.put(entry("two"), ["Hundesteuer"])
    vocabulary.remove(entry("one"))
    assert stem("Hundesteuer") in vocabulary
    assert stem("Hund") in vocabulary
    vocabulary.remove(entry("two"))
    assert stem("Hundesteuer") not in vocabulary
    assert stem("Hund") not in vocabulary
    assert vocabulary.spellings() == {}


def test_an_entry_that_is_put_again_has_only_its_new_words() -> None:
    vocabulary = Vocabulary(LEXICON)
    vocabulary.put(entry("one"), ["Hund"])
    vocabulary.put(entry("one"), ["Wohnung"])
    assert stem("Hund") not in vocabulary
    assert vocabulary.is_word(stem("Wohnung"))


def test_a_part_is_known_but_is_no_word() -> None:
    vocabulary = Vocabulary(LEXICON)
    vocabulary.put(entry("one"), ["Geburtsurkunde"])
    assert vocabulary.is_part(stem("Urkunde"))
    assert not vocabulary.is_word(stem("Urkunde"))
    assert vocabulary.compounds_of(stem("Urkunde"), stem("Geburt")) == [stem("Geburtsurkunde")]


def test_a_word_is_no_more_frequent_because_other_words_are_made_of_it() -> None:
    vocabulary = Vocabulary(LEXICON)
    vocabulary.put(entry("one"), ["Geld"])
    for name in ("two", "three", "four"):
        vocabulary.put(entry(name), ["Wohngeld"])
    assert vocabulary.share(stem("Geld")) == 1 / 4
    assert vocabulary.share(stem("Wohn")) == 3 / 4, "nobody has it as a word"


def test_a_stem_is_shown_as_it_is_mostly_written() -> None:
    vocabulary = Vocabulary(LEXICON)
    for number, word in enumerate(["Steuern", "Steuern", "Steuer"]):
        vocabulary.put(entry(str(number)), [word])
    assert vocabulary.written(stem("Steuer")) == "Steuern"
    assert vocabulary.written("unknown") == "unknown"
    assert vocabulary.frequency(stem("Steuer")) == 3


STEPS = st.lists(
    st.tuples(st.sampled_from("abc"), st.one_of(st.none(), st.lists(st.sampled_from(WORDS), max_size=5))),
    max_size=15,
)


@given(STEPS)
def test_whatever_was_put_and_removed_it_is_as_if_made_anew(steps: list[Step]) -> None:
    vocabulary, standing = Vocabulary(LEXICON), dict[str, list[str]]()
    for name, held in steps:
        if held is None:
            vocabulary.remove(entry(name))
            standing.pop(name, None)
        else:
            vocabulary.put(entry(name), held)
            standing[name] = held
    fresh = Vocabulary(LEXICON)
    for name, held in standing.items():
        fresh.put(entry(name), held)
    for kept in ("_entries", "_words", "_parts", "_compounds"):
        assert getattr(vocabulary, kept) == getattr(fresh, kept)
    assert vocabulary.spellings() == fresh.spellings()
