"""How good a ranking is. Pure.

nDCG: Järvelin, Kekäläinen: Cumulated gain-based evaluation of IR techniques, ACM TOIS 20 (2002) 4, pages 422-446; the
gain of a grade g is 2^g - 1 (Burges et al.: Learning to rank using gradient descent, ICML 2005), so that the right entry
is worth more than several that are only near. Success and reciprocal rank (Voorhees: The TREC-8 question answering track
report, 1999) look for the best that there is: an entry of the highest grade of the query.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log2

Grades = Mapping[str, int]
"""What is relevant to a query: id -> grade, 3 the right entry, 1 better than nothing."""


@dataclass(frozen=True, slots=True)
class Quality:
    """Means over ``queries``, each from 0 to 1."""

    queries: int
    ndcg: float
    success: float
    rank: float


def ndcg(ids: Sequence[str], grades: Grades, depth: int = 10) -> float:
    """Return the gain of the first ``depth`` ids, discounted by place, as a share of the best that was possible."""
    best = sorted(grades.values(), reverse=True)[:depth]
    return _gain(grades.get(one, 0) for one in ids[:depth]) / _gain(best)


def succeeds(ids: Sequence[str], grades: Grades, depth: int = 3) -> bool:
    """Tell whether one of the best entries stands among the first ``depth``."""
    return any(one in _best(grades) for one in ids[:depth])


def reciprocal_rank(ids: Sequence[str], grades: Grades) -> float:
    """Return 1 by the place of the first of the best entries; 0 where none was found."""
    return next((1 / place for place, one in enumerate(ids, 1) if one in _best(grades)), 0.0)


def quality(rankings: Sequence[tuple[Sequence[str], Grades]]) -> Quality:
    """Return the means over rankings, each with what is relevant to its query."""
    count = len(rankings)
    return Quality(
        count,
        sum(ndcg(ids, grades) for ids, grades in rankings) / count,
        sum(succeeds(ids, grades) for ids, grades in rankings) / count,
        sum(reciprocal_rank(ids, grades) for ids, grades in rankings) / count,
    )


def _gain(grades: Iterable[int]) -> float:
    return sum((2.0**grade - 1) / log2(place + 1) for place, grade in enumerate(grades, 1))


def _best(grades: Grades) -> set[str]:
    highest = max(grades.values())
    return {one for one, grade in grades.items() if grade == highest}
