"""A language made of a few texts, to read queries with."""

from collections.abc import Iterable

from marketplace.search.german import is_stop_word, words
from marketplace.search.language import Language, language
from marketplace.search.lexicon import Lexicon
from marketplace.search.plan import Group, Reason
from marketplace.search.planning import plan_query
from marketplace.search.thesaurus import Thesaurus, Wording, wordings_of
from marketplace.search.vocabulary import Vocabulary


def spoken(*entries: str, wordings: Iterable[Wording] = (), places: Iterable[str] = ()) -> Language:
    """The language of a catalogue whose entries consist of these texts."""
    lexicon = Lexicon(entries)
    vocabulary = Vocabulary(lexicon)
    for number, text in enumerate(entries):
        written = [word.text for word in words(text) if not is_stop_word(word.text)]
        vocabulary.put(("services", str(number)), written)
    return language(lexicon, vocabulary, Thesaurus(wordings), frozenset(places))


def row(left: str, *right: str, direction: str = "one_way", weight: float = 1.0) -> list[Wording]:
    """A row of the thesaurus."""
    return wordings_of(left, right, direction, weight)


def ways(group: Group, reason: Reason | None = None) -> set[tuple[str, ...]]:
    """The terms of a group's alternatives (of one reason)."""
    return {
        tuple(clause.term for clause in one.clauses)
        for one in group.alternatives
        if reason is None or one.reason is reason
    }


def group_of(query: str, spoken_here: Language, *, verbatim: bool = False) -> Group:
    """The first group of a query's plan."""
    return plan_query(query, spoken_here, verbatim=verbatim).groups[0]
