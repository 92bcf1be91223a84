"""Why results stand where they stand: each group of the plan asked alone, over the entries of one page."""

from collections import defaultdict
from collections.abc import Sequence

from marketplace.actions.search_items import Contribution
from marketplace.search.engines.base import EngineQuery, Reader
from marketplace.search.plan import Group, Plan

__all__ = ["Contribution", "Group", "contributions"]


def contributions(
    reader: Reader, collection: str, plan: Plan, ids: Sequence[str]
) -> dict[str, tuple[Contribution, ...]]:
    """Return what each group adds to the scores of entries; they sum to the score. Groups that add nothing are left out."""
    found: dict[str, list[Contribution]] = defaultdict(list)
    for group in plan.groups if ids else ():
        alone = Plan((group,), least=1)
        hits = reader.search(EngineQuery(alone, collection, limit=len(ids), only=frozenset(ids)))
        for entry_id, score in zip(hits.ids, hits.scores, strict=True):
            found[entry_id].append(Contribution(group.text, score))
    return {entry_id: tuple(found[entry_id]) for entry_id in ids}
