"""Saved queries met by one entry: which of many plans it matches, without asking an index. Pure.

The entry is analysed as the engines hold it, each query is planned as a search is, and a plan decides here as it does
in an engine (``tests/search/test_standing_queries.py`` compares them). What scores only plays no part.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from marketplace.search.analysis import Analysed
from marketplace.search.language import Language
from marketplace.search.plan import Group, Plan
from marketplace.search.planning import plan_query

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
    """Saved queries planned in one language: each once, with an index of the terms by which it can be met.

    Not safe to use from several threads at once.
    """

    def __init__(self, language: Language) -> None:
        self._language = language
        self._asked: dict[SavedQuery, Asked] = {}
        self._by_term: dict[str, list[SavedQuery]] = defaultdict(list)
        self._of_all: list[SavedQuery] = []
        self._held: dict[_Group, _Group] = {}

    def __len__(self) -> int:
        return len(self._asked)

    def plan(self, queries: Collection[SavedQuery]) -> None:
        """Plan the queries that were not planned yet.

        Raises:
            InvalidInput: a query is too long.
        """
        for query in queries:
            if query not in self._asked:
                self._add(query, plan_query(query.text, self._language, verbatim=query.verbatim))

    def met_by(self, entry: Analysed) -> dict[SavedQuery, Asked]:
        """Return the planned queries that find an entry; regional keys are for the caller to heed."""
        terms = terms_of(entry)
        every = frozenset().union(*terms.values())
        candidates = {query for term in every for query in self._by_term.get(term, ())}
        met = {query: self._asked[query] for query in self._of_all}
        met |= {query: self._asked[query] for query in candidates if self._asked[query].matches(terms)}
        return met

    def _add(self, query: SavedQuery, plan: Plan) -> None:
        groups = tuple(self._shared(group) for group in plan.deciding)
        self._asked[query] = Asked(groups, plan.least, plan.regions)
        if not groups:
            self._of_all.append(query)
        for term in set(_terms(groups)):
            self._by_term[term].append(query)

    def _shared(self, group: Group) -> _Group:
        """Return a group without its weights; equal ones are kept once, because many people ask with the same words."""
        bare = tuple(
            tuple((clause.term, clause.fields) for clause in one.clauses) for one in group.alternatives
        )
        return self._held.setdefault(bare, bare)


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
            if alternative:
                yield alternative[0][0]
