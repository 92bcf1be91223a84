"""What quality may not fall below, a little under what was measured when the weights were last set.

nDCG@10, success@3, MRR by collection and class; the same for both engines, which answer alike. A change that lowers a
figure has to raise another by more, and its author writes here what it cost (``make bench-relevance`` shows it).
"""

from collections.abc import Mapping

from tests.relevance.running import Measured

Floors = Mapping[tuple[str, str], tuple[float, float, float]]

# 23.11.2026: words of the services' own raised everyday wording (reciprocal rank .81 -> .93, among 10,000 .68 -> .85)
# and cost typos .01 of theirs: "Führerschein", once mended, is also what people call a lost one.
SEED: Floors = {
    ("services", "exact"): (0.95, 0.98, 0.98),
    ("services", "everyday"): (0.90, 0.94, 0.91),
    ("services", "compound"): (0.96, 0.98, 0.96),
    ("services", "typo"): (0.97, 0.98, 0.96),
    ("services", "key"): (0.94, 0.98, 0.87),
    ("services", "all"): (0.94, 0.97, 0.93),
    ("procedures", "exact"): (0.94, 0.98, 0.98),
    ("procedures", "everyday"): (0.75, 0.83, 0.77),
    ("procedures", "compound"): (0.90, 0.94, 0.89),
    ("procedures", "typo"): (0.94, 0.98, 0.96),
    ("procedures", "key"): (0.98, 0.98, 0.98),
    ("procedures", "all"): (0.85, 0.90, 0.86),
}
AMONG_2_000: Floors = {
    ("services", "exact"): (0.94, 0.98, 0.98),
    ("services", "everyday"): (0.81, 0.88, 0.83),
    ("services", "compound"): (0.96, 0.98, 0.96),
    ("services", "typo"): (0.95, 0.98, 0.95),
    ("services", "key"): (0.94, 0.98, 0.87),
    ("services", "all"): (0.91, 0.96, 0.91),
}
AMONG_10_000: Floors = {
    ("services", "exact"): (0.94, 0.98, 0.98),
    ("services", "everyday"): (0.81, 0.88, 0.83),
    ("services", "compound"): (0.96, 0.98, 0.96),
    ("services", "typo"): (0.95, 0.98, 0.94),
    ("services", "key"): (0.94, 0.98, 0.87),
    ("services", "all"): (0.91, 0.96, 0.91),
}


def below(measured: Measured, floors: Floors) -> list[str]:
    """Say what fell below its floor; every floor has to have been measured."""
    assert set(measured) == set(floors)
    return [
        f"{kind} in {collection}: {quality}"
        for (collection, kind), quality in measured.items()
        if any(
            value < floor
            for value, floor in zip(
                (quality.ndcg, quality.success, quality.rank), floors[collection, kind], strict=True
            )
        )
    ]
