"""Every number that bends the order of results, in one place and with its reason.

Chosen by trying each up and down on the judged queries (tests/relevance) and keeping what improved both halves of them:
most are flat, so round values stand. `make bench-relevance` shows what a change does to each class of queries.
"""

from collections.abc import Mapping

FIELD_WEIGHTS: Mapping[str, float] = {
    "words": 4.0,  # what people call this very entry: chosen to be typed, which an official name is not
    "name_parts": 3.0,  # the official name in pieces: Ausweis finds Parkausweis
    "name": 3.0,  # a long official name mentions much; who types all of it is served by WHOLE_WORDING
    "summary": 2.5,  # one sentence, written to be found; of an object the names of its procedures
    "inherited": 2.0,  # what people call the bundle: its many entries share it
    "body": 1.0,  # the description mentions much beside the point
    "related": 1.5,  # names of bundles and procedures: official words, many entries share them
    "other_parts": 0.4,  # a part of a word in a text: the weakest hint
}
"""The text fields and what a word found in them is worth, as factors of BM25."""
FURTHER_FIELDS = 0.3
"""What a word found in further fields of an entry adds to the one where it is worth most, as a share.

An entry that says a word in its name and again in every text is not five times as near as one that says it once. Among
10,000 services the whole sum lets such names stand before entries that meet two words of a question; the best field
alone (0) forgets that a text which repeats a word is about it.
"""

COVERED = 12.0
"""That an entry has a deciding word of the query at all, as a constant and for each: about one good word more.

Who types three words means an entry that is about all of them, however rare one of them is: two words in a description
are more than one in a name. From 12 to 16 all measures are alike; everyday wording gains, the other classes stay.
"""
WORD = 1.0
"""A word of the query as it stands."""
GENERIC_WORD = 0.15
"""A word that nearly every entry could carry: it breaks ties between better matches and never outweighs one."""
WHOLE_KEY = 100.0
"""A whole official key, as a constant: above what any word can reach, because a key means one thing only."""
BEGUN_KEY = 50.0
"""The beginning of a key, as a constant: below a whole key."""
WHOLE_WORDING = 16.0
"""The whole query is a name or an everyday wording of the entry, as a constant: about two good words more."""
NOT_A_PART = 2.0
"""An entry in its own right before its parts, as a constant: who names no part means the whole."""

COMPOUND = 0.55
"""All parts of a compound, apart from each other: Ausweis and Park for Parkausweis."""
HEAD = 0.06
"""The last part of a compound alone says of what kind it is; much else is of that kind."""
MODIFIER = 0.15
"""The first part of a compound alone says what it is about."""
JOINED = 1.0
"""Two words of the query are one compound of the catalogue: Urkunde and Geburt, Geburtsurkunde."""
MEANT = 0.8
"""What the thesaurus says is meant, times the row's own weight: just below the word itself."""
ONE_EDIT, TWO_EDITS = 0.8, 0.6
"""A corrected word, by how far it is from what was typed."""
CORRECTED_PART = 0.5
"""A compound of which one part was corrected."""

BM25_K1 = 1.2
BM25_B = 0.75
"""The parameters of BM25 in both engines (tantivy's are built in)."""


def least_matches(words: int) -> int:
    """Return how many of the words that are not generic an entry has to hold: a third, at least one.

    Asking for all would leave most questions in whole sentences without an answer; asking for one alone would answer a
    long question with nearly the whole catalogue.
    """
    return max(1, words // 3)
