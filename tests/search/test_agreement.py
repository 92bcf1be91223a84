"""Both engines answer alike. Their scores are the same formula in different arithmetic, so only near-ties may swap."""

import pytest

from marketplace.actions.context import Context
from marketplace.search.document import FACETS
from marketplace.search.engines.base import EngineQuery, Hits
from marketplace.search.plan import plan_query
from tests.search.conftest import only_elasticsearch
from tests.search.judged import JUDGED, Judged

NEAR = 1e-4
"""Scores closer than this share of the better one are a tie."""


def hits(ctx: Context, judged: Judged, **filters: tuple[str, ...]) -> Hits:
    return ctx.engine.search(
        EngineQuery(plan_query(judged.query), judged.collection, filters, FACETS[judged.collection], 0, 50)
    )


@pytest.mark.parametrize("engine", only_elasticsearch())
@pytest.mark.parametrize(
    "judged",
    [*JUDGED, Judged("", ""), Judged("", "", "procedures")],
    ids=lambda judged: f"{judged.query} in {judged.collection}",
)
def test_both_engines_agree(
    seeded: Context, request: pytest.FixtureRequest, engine: str, judged: Judged
) -> None:
    embedded, elasticsearch = hits(seeded, judged), hits(request.getfixturevalue(f"seeded_{engine}"), judged)
    assert embedded.total == elasticsearch.total
    assert embedded.facets == elasticsearch.facets
    assert embedded.scores == pytest.approx(elasticsearch.scores, rel=NEAR)
    for place, (one, other) in enumerate(zip(embedded.ids, elasticsearch.ids, strict=True)):
        if one != other:
            there = (
                embedded.scores[embedded.ids.index(other)] if other in embedded.ids else embedded.scores[-1]
            )
            assert embedded.scores[place] == pytest.approx(there, rel=NEAR)


@pytest.mark.parametrize("engine", only_elasticsearch())
def test_both_engines_agree_under_filters(
    seeded: Context, request: pytest.FixtureRequest, engine: str
) -> None:
    other = request.getfixturevalue(f"seeded_{engine}")
    chosen = {"kind": ("online_service",), "lead_state": ("02", "04", "06")}
    for query in ("anmelden", "beantragen", "", "Kind"):
        one, two = hits(seeded, Judged(query, ""), **chosen), hits(other, Judged(query, ""), **chosen)
        assert (one.ids, one.total, one.facets) == (two.ids, two.total, two.facets)
