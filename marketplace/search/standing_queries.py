"""Saved queries met by one entry: which of many plans it matches, without asking an index. Pure.

The entry is analysed as the engines hold it, each query is planned as a search is, and a plan decides here as it does
in an engine (``tests/search/test_standing_queries.py`` compares them). What scores only plays no part.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from marketplace.search.analysis import Analysed
from marketplace.search.language import Language
from marketplace.search.noted_language import Answers, noting
from marketplace.search.plan import Group, Plan
from marketplace.search.planning import FREQUENT, plan_query

MOST_HELD = 20
"""So many groups a query are kept for those that ask alike; those of forgotten plans are among them."""
Terms = Mapping[str, frozenset[str]]
"""The terms of an entry by field."""
_Clause = tuple[str, tuple[str, ...]]
_Group = tuple[tuple[_Clause, ...], ...]


class SavedQuery(NamedTuple):
    """A query as it was typed; ``verbatim``: its spelling is not corrected."""

    text: str
    verbatim: bool


class Asked(NamedTuple):
    """What of a plan decides: an entry has to match ``least`` of the groups; without groups it is asked for all.

    ``regions`` are the regional keys that the query names, as they were written.
    """

    groups: tuple[_Group, ...]
    least: int
    regions: tuple[str, ...]

    def matches(self, terms: Terms) -> bool:
        """Tell whether an entry with these terms is found."""
        if not self.groups:
            return True
        left = self.least
        for group in self.groups:
            if any(all(_has(terms, clause) for clause in alternative) for alternative in group):
                left -= 1
                if left <= 0:
                    return True
        return False


class StandingQueries:
    """Saved queries, each planned once, with an index of the terms by which it can be met.

    A plan stays while the language would make it again. Not safe to use from several threads at once.
    """

    def __init__(self) -> None:
        self._language: Language | None = None
        self._asked: dict[SavedQuery, Asked] = {}
        self._by_term: dict[str, set[SavedQuery]] = defaultdict(set)
        self._of_all: set[SavedQuery] = set()
        self._answers: dict[SavedQuery, Answers] = {}
        self._held: dict[_Group, _Group] = {}

    def __len__(self) -> int:
        return len(self._asked)

    def plan(self, language: Language, queries: Collection[SavedQuery]) -> int:
        """Plan queries in a language and forget all others; return how many plans were made.

        Raises:
            InvalidInput: a query is too long.
        """
        wanted = set(queries)
        for query in [one for one in self._asked if one not in wanted] + self._outdated(language):
            self._forget(query)
        self._language = language
        if len(self._held) > MOST_HELD * max(1, len(wanted)):
            self._held = {}
        missing = [one for one in wanted if one not in self._asked]
        for query in missing:
            heard, answers = noting(language)
            self._add(query, plan_query(query.text, heard, verbatim=query.verbatim), answers)
        return len(missing)

    def met_by(self, entry: Analysed) -> dict[SavedQuery, Asked]:
        """Return the planned queries that find an entry; regional keys are for the caller to heed."""
        terms = terms_of(entry)
        every = frozenset().union(*terms.values())
        candidates = {query for term in every for query in self._by_term.get(term, ())}
        met = {query: self._asked[query] for query in self._of_all}
        met |= {query: self._asked[query] for query in candidates if self._asked[query].matches(terms)}
        return met

    def _outdated(self, language: Language) -> list[SavedQuery]:
        """Return the queries that a language may plan otherwise than they are."""
        before, vocabulary = self._language, language.vocabulary
        if before is language:
            return []
        if before is None or not _speak_alike(before, language):
            return list(self._asked)
        known: dict[str, bool] = {}
        frequent: dict[str, bool] = {}
        for answers in self._answers.values():
            known |= answers.known
            frequent |= answers.frequent
        known = {stem: stem in vocabulary for stem in known}
        frequent = {stem: vocabulary.share(stem) >= FREQUENT for stem in frequent}
        return [
            query
            for query, answers in self._answers.items()
            if answers.on_everything
            or any(known[stem] != said for stem, said in answers.known.items())
            or any(frequent[stem] != said for stem, said in answers.frequent.items())
        ]

    def _add(self, query: SavedQuery, plan: Plan, answers: Answers) -> None:
        groups = tuple(self._shared(group) for group in plan.deciding)
        self._asked[query], self._answers[query] = Asked(groups, plan.least, plan.regions), answers
        if not groups:
            self._of_all.add(query)
        for term in _terms(groups):
            self._by_term[term].add(query)

    def _forget(self, query: SavedQuery) -> None:
        asked = self._asked.pop(query, None)
        self._answers.pop(query, None)
        self._of_all.discard(query)
        for term in _terms(asked.groups if asked else ()):
            self._by_term[term].discard(query)
            if not self._by_term[term]:
                del self._by_term[term]

    def _shared(self, group: Group) -> _Group:
        """Return a group without its weights; equal ones are kept once, because many people ask with the same words."""
        bare = tuple(
            tuple((clause.term, clause.fields) for clause in one.clauses) for one in group.alternatives
        )
        return self._held.setdefault(bare, bare)


def _speak_alike(one: Language, other: Language) -> bool:
    """Tell whether two languages differ in their vocabulary at most."""
    return one.lexicon is other.lexicon and one.thesaurus is other.thesaurus and one.places is other.places


def terms_of(entry: Analysed) -> Terms:
    """Return the terms of an analysed entry by field."""
    return {name: frozenset(text.split()) for name, text in entry.fields.items()}


def _has(terms: Terms, clause: _Clause) -> bool:
    term, fields = clause
    return any(term in terms[name] for name in fields)


def _terms(groups: tuple[_Group, ...]) -> Iterator[str]:
    for group in groups:
        for alternative in group:
            # All clauses of an alternative have to match: the first alone finds whoever can match it.
            yield alternative[0][0]
