"""Which authority a key means in an event, and what is said where it means none."""

import pytest

from marketplace.domain.adoption import Scope
from marketplace.domain.authority import Authority, authority_of
from marketplace.domain.authority_key import KeyRefusal, regions_meant, resolve
from tests.unit.test_authority_rules import territory

LAND = territory()
TOWNS = {
    key: authority
    for key, region in LAND.by_key.items()
    if len(key) == 12 and (authority := authority_of(region, LAND)) is not None
}


def resolved(text: str, scope: Scope = Scope.OWN) -> Authority | KeyRefusal:
    return resolve(text, scope, LAND, {}, TOWNS)


@pytest.mark.parametrize("key", ["160619004004", "16061004", "160009999999", "16000999", "160619004"])
def test_an_unincorporated_area_is_no_authority_by_whichever_of_its_keys(key: str) -> None:
    found = resolved(key)
    assert isinstance(found, KeyRefusal)
    assert found.rule == "no_authority"
    assert found.message.endswith("is an area without an administration")


def test_the_register_s_row_of_a_municipality_without_an_association_means_that_municipality() -> None:
    assert resolved("160610003") == TOWNS["160610003003"]
    assert [region.key for region in regions_meant("160610003", LAND)] == ["160610003", "160610003003"]


def test_a_cover_is_not_for_the_row_that_stands_for_one_municipality() -> None:
    found = resolved("160610003", Scope.BELOW)
    assert isinstance(found, KeyRefusal)
    assert (found.rule, found.message) == (
        "nothing_below", "there is no eligible authority below Kleinstadt, Stadt",
    )  # fmt: skip


def test_an_area_is_never_the_same_body_as_the_municipality_beside_it() -> None:
    assert [region.key for region in regions_meant("16061004", LAND)] == ["160619004004"]
