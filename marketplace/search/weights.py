"""Every number that bends the order of results, in one place and with its reason."""

from collections.abc import Mapping

FIELD_WEIGHTS: Mapping[str, float] = {
    "name": 6.0,  # who types the name of a service means that service
    "summary": 2.0,  # one sentence, written to be found
    "body": 1.0,  # the description mentions much beside the point
    "related": 0.6,  # names of bundles and procedures: official words, many entries share them
}
"""The text fields and what a word found in them is worth, as factors of BM25."""

WORD = 1.0
"""A word of the query as it stands."""
GENERIC_WORD = 0.15
"""A word that nearly every entry could carry: it breaks ties between better matches and never outweighs one."""
WHOLE_KEY = 100.0
"""A whole official key, as a constant: above what any word can reach, because a key means one thing only."""
BEGUN_KEY = 50.0
"""The beginning of a key, as a constant: below a whole key."""

BM25_K1 = 1.2
BM25_B = 0.75
"""The parameters of BM25 in both engines (tantivy's are built in)."""


def least_matches(words: int) -> int:
    """Return how many of the words that are not generic an entry has to hold: a third, at least one.

    Asking for all would leave most questions in whole sentences without an answer; asking for one alone would answer a
    long question with nearly the whole catalogue.
    """
    return max(1, words // 3)
