"""Quality does not fall, on either engine, nor where many other services stand beside the real ones."""

from marketplace.actions.context import Context
from tests.relevance.floors import AMONG_2_000, SEED, below
from tests.relevance.generated import add_services
from tests.relevance.offering import FLOORS, shares_right
from tests.relevance.running import answered, answered_among, measure


def test_quality_stays_above_its_floors(catalogue: Context) -> None:
    assert below(measure(answered(catalogue)), SEED) == []


def test_quality_stays_above_its_floors_among_two_thousand_services(writable_seed: Context) -> None:
    objects = add_services(writable_seed.database, 2_000)
    assert below(measure(answered_among(writable_seed, objects)), AMONG_2_000) == []


def test_a_page_says_rightly_what_nobody_offers(catalogue: Context) -> None:
    found = shares_right(catalogue)
    assert {name: share for name, share in found.items() if share < FLOORS[name]} == {}
