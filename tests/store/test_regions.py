"""Finding regions and reading one, by whatever key people have at hand."""

from datetime import date, timedelta

import pytest
from sqlalchemy import insert, select

from marketplace.actions.adoptions import adoptions_of_region
from marketplace.actions.authority_detail import get_authority
from marketplace.actions.context import Context
from marketplace.actions.paging import PageRequest
from marketplace.actions.regions import find_regions, get_region, search_regions
from marketplace.actions.register import import_register
from marketplace.errors import InvalidInput, NotFound
from marketplace.store.tables import RegionVersionRow, SuccessionRow
from tests.conftest import NOW
from tests.registers import (
    FIRST,
    SECOND,
    THIRD,
    association,
    compact,
    district,
    land,
    rekeyed,
    renamed,
    state,
    town,
    without,
)

CITY = [
    state("05", "Nordrhein-Westfalen"),
    district("05315", "Köln, Stadt", "41"),
    association("053150000", "Köln, Stadt", "50"),
    town("053150000000", "Köln, Stadt", 1_000_000, 40_000, "61", "50667"),
    district("05562", "Recklinghausen"),
    association("055620004", "Castrop-Rauxel, Stadt", "50"),
    town("055620004004", "Castrop-Rauxel, Stadt", 73_000, 5_000, "63", "44575"),
    association("055620008", "Kölnisch Neudorf", "50"),
    town("055620008008", "Kölnisch Neudorf", 2_000_000, 5_000, "64", "44581"),
]


@pytest.fixture
def ctx(context: Context) -> Context:
    """Two registers: in the second Oberdorf has another key and name, Unterdorf and the association are gone."""
    import_register(context, compact([*CITY, *land()]), "Test")
    later = rekeyed(without([*CITY, *land()], "160615001002", "160615001"), {"160615001001": "160610001001"})
    later.append(association("160610001", "Oberdorf", "50"))
    import_register(context, compact(renamed(later, {"160610001001": "Bad Oberdorf"}), SECOND), "Test")
    return context


def keys(ctx: Context, **asked: object) -> list[str]:
    return [region.key for region in find_regions(ctx, **asked).items]  # type: ignore[arg-type]  # test's shorthand


def test_a_name_is_found_however_it_is_typed_the_exact_one_first_the_municipality_before_the_district(
    ctx: Context,
) -> None:
    for typed in ("Köln", "köln", "KÖLN", "koeln", "Koln", " Köln  "):
        assert keys(ctx, q=typed) == ["053150000000", "05315", "055620008008"], typed


def test_a_part_of_a_name_and_the_beginning_of_a_postcode_are_found(ctx: Context) -> None:
    for typed in ("castrop rauxel", "Castrop-Rauxel", "rauxel", "44575", "4457", "44575 castrop"):
        assert keys(ctx, q=typed) == ["055620004004"], typed


def test_a_key_an_ags_and_an_ars_are_found(ctx: Context) -> None:
    assert keys(ctx, q="05562")[0] == "05562"
    assert keys(ctx, q="05562004") == ["055620004004"]
    assert keys(ctx, q="055620004004") == ["055620004004"]


def test_what_does_not_exist_is_not_found(ctx: Context) -> None:
    for typed in ("%", "_", "44575 köln", "Nirgendwo", "Köln\\"):
        assert keys(ctx, q=typed) == [], typed


def test_lists_by_kind_and_state(ctx: Context) -> None:
    assert keys(ctx, kind="state") == ["05", "16"]
    assert keys(ctx, kind="district", state="05") == ["05562", "05315"]
    assert find_regions(ctx, kind="municipality", state="16").total == 4
    assert find_regions(ctx, kind="association", state="05").total == 3
    assert keys(ctx, kind="federation") == ["00"]


def test_pseudo_associations_are_found_only_when_associations_are_asked_for(ctx: Context) -> None:
    assert keys(ctx, q="Castrop") == ["055620004004"]
    assert keys(ctx, q="Castrop", kind="association") == ["055620004"]


def test_a_list_is_of_the_day_asked_for(ctx: Context) -> None:
    assert keys(ctx, q="dorf", state="16") == ["160610001001"]
    assert keys(ctx, q="dorf", state="16", as_of=date(2024, 1, 1)) == ["160615001002", "160615001001"]
    assert keys(ctx, q="dorf", state="16", as_of=date(2000, 1, 1)) == ["160615001002", "160615001001"]


def test_a_list_is_paged(ctx: Context) -> None:
    pages = [find_regions(ctx, kind="municipality", page=PageRequest(number, 3)) for number in (1, 2, 3, 4)]
    assert [page.total for page in pages] == [7] * 4
    found = [region.key for page in pages for region in page.items]
    assert len(found) == len(set(found)) == 7


def test_what_cannot_be_meant_is_refused_by_field(ctx: Context) -> None:
    for field, value in (("kind", "village"), ("state", "5"), ("q", "x" * 101), ("q", "a\0b")):
        with pytest.raises(InvalidInput) as caught:
            keys(ctx, **{field: value})
        assert [error.field for error in caught.value.errors] == [field]


def test_without_a_register_nothing_is_found(context: Context) -> None:
    assert find_regions(context, q="Köln").total == 0
    with pytest.raises(NotFound):
        get_region(context, "05315")


READ_KINDLY = {
    "00": "00", "000000000000": "00", "16": "16", "160000000000": "16", "05315": "05315",
    "05315000": "053150000000", "053150000000": "053150000000", "055620000000": "05562",
    "05 562 004": "055620004004", "160615001": "160615001", "16061004": "160619004004",
}  # fmt: skip


def test_key_ags_and_ars_are_read_kindly(ctx: Context) -> None:
    assert {asked: get_region(ctx, asked).region.key for asked in READ_KINDLY} == READ_KINDLY


def test_a_key_that_no_region_ever_had_is_not_found(ctx: Context) -> None:
    for key in ("", "17", "99999", "Köln", "05315x", "0" * 13, "１６"):
        with pytest.raises(NotFound):
            get_region(ctx, key)


def test_parents_are_nearest_first_without_pseudo_associations(ctx: Context) -> None:
    assert [region.key for region in get_region(ctx, "055620004004").parents] == ["05562", "05", "00"]
    then = get_region(ctx, "160615001001", date(2024, 1, 1))
    assert [region.key for region in then.parents] == ["160615001", "16061", "16", "00"]
    assert get_region(ctx, "00").parents == ()


def test_children_are_what_lies_directly_in_a_region(ctx: Context) -> None:
    assert get_region(ctx, "05").children_count == 2
    assert get_region(ctx, "05562").children_count == 2
    assert get_region(ctx, "160615001", date(2024, 1, 1)).children_count == 2


def test_a_former_key_finds_the_region_as_it_is_called_now(ctx: Context) -> None:
    found = get_region(ctx, "160615001001")
    assert (found.region.key, found.region.name, found.ended_on) == ("160610001001", "Bad Oberdorf", None)
    assert [(v.key, v.valid_from, v.valid_to) for v in found.versions] == [
        ("160610001001", SECOND, None),
        ("160615001001", FIRST, SECOND),
    ]


def test_former_names_and_keys_are_those_before_the_day_asked_for(ctx: Context) -> None:
    now = get_region(ctx, "160610001001")
    assert (now.former_names, now.former_keys) == (("Oberdorf",), ("160615001001",))
    then = get_region(ctx, "160610001001", date(2024, 1, 1))
    assert (then.region.name, then.former_names, then.former_keys) == ("Oberdorf", (), ())


def test_a_key_of_another_day_finds_what_stands_in_the_region_and_its_authority(ctx: Context) -> None:
    assert adoptions_of_region(ctx, "160615001001").region.key == "160610001001"
    assert get_authority(ctx, "160615001001").authority.key == "160610001001"
    then = date(2024, 1, 1)
    assert adoptions_of_region(ctx, "160610001001", as_of=then).region.key == "160615001001"
    assert get_authority(ctx, "160610001001", as_of=then).authority.key == "160615001001"


def test_of_a_region_that_ended_whoever_asks_for_its_authority_is_told_the_day(ctx: Context) -> None:
    for key in ("160615001", "160615001002", "16 061 002"):
        with pytest.raises(NotFound, match=f"authority .* does not exist since {SECOND}"):
            get_authority(ctx, key)
    with pytest.raises(NotFound, match=r"does not exist$"):
        get_authority(ctx, "160610009")


def test_a_pseudo_association_has_the_authority_of_the_municipality_that_it_stands_for(ctx: Context) -> None:
    assert get_authority(ctx, "160610003").authority.key == "160610003003"


def test_knowledge_from_before_the_first_register_is_that_of_the_first(ctx: Context) -> None:
    early = NOW - timedelta(days=365)
    assert get_region(ctx, "160615001001", known_at=early).former_keys == ()


def test_a_region_that_ended_is_shown_as_it_was_last(ctx: Context) -> None:
    found = get_region(ctx, "160615001002")
    assert (found.region.name, found.ended_on, found.territory_on) == ("Unterdorf", SECOND, FIRST)
    assert [region.key for region in found.parents] == ["160615001", "16061", "16", "00"]
    assert get_region(ctx, "16061002") == found
    before = get_region(ctx, "16061002", date(2024, 1, 1))
    assert (before.region.name, before.ended_on) == ("Unterdorf", None)


def test_a_region_is_not_found_before_it_began(ctx: Context) -> None:
    assert get_region(ctx, "160610001").region.name == "Oberdorf"
    with pytest.raises(NotFound):
        get_region(ctx, "160610001", date(2024, 1, 1))


def test_confirmed_successions_are_shown_on_both_sides(ctx: Context) -> None:
    with ctx.database.writing() as session:
        ids = dict(
            session.execute(
                select(RegionVersionRow.ags, RegionVersionRow.region_id).where(
                    RegionVersionRow.ags.in_(["16061001", "16061002"])
                )
            ).all()
        )
        session.execute(
            insert(SuccessionRow).values(
                predecessor_id=ids["16061002"], successor_id=ids["16061001"], kind="merged",
                effective_on=SECOND, source="Test", recorded_at=NOW,
            )
        )  # fmt: skip
    assert [one.region.name for one in get_region(ctx, "16061002").successors] == ["Bad Oberdorf"]
    assert [one.region.name for one in get_region(ctx, "16061001").predecessors] == ["Unterdorf"]


def searched(ctx: Context, **asked: object) -> list[tuple[str, date | None, str | None]]:
    found = search_regions(ctx, **asked).items  # type: ignore[arg-type]  # test's shorthand
    return [(one.region.key, one.ended_on, one.found_by) for one in found]


def test_who_searches_for_a_former_name_or_key_finds_what_has_it_no_more(ctx: Context) -> None:
    assert searched(ctx, q="160615001001") == [("160610001001", None, "160615001001")]
    ended = ("160615001002", SECOND, None)
    for asked in ("Unterdorf", "unter", "99999 Unterdorf", "160615001002", "16061002"):
        assert searched(ctx, q=asked) == [ended], asked
    assert searched(ctx, q="160615001") == [("160615001", SECOND, None)]
    assert searched(ctx, q="160615001000") == [("160615001", SECOND, None)]


def test_former_regions_stand_behind_those_of_the_day_on_the_pages_of_a_list(ctx: Context) -> None:
    records = renamed([*CITY, *land()], {"160610003003": "Unterkirch", "055620008008": "Untersee"})
    import_register(ctx, compact(without(records, "160615001002"), THIRD), "Test")
    pages = [search_regions(ctx, q="unter", page=PageRequest(number, 2)) for number in (1, 2, 3)]
    assert [page.total for page in pages] == [3] * 3
    assert [[one.region.name for one in page.items] for page in pages] == [
        ["Untersee", "Unterkirch"], ["Unterdorf"], [],
    ]  # fmt: skip


def test_what_has_ended_stands_in_no_list_that_asks_for_nothing(ctx: Context) -> None:
    for asked in ({}, {"kind": "municipality"}, {"state": "16"}, {"q": " "}):
        assert [key for key, *_ in searched(ctx, **asked)] == keys(ctx, **asked), asked
    assert searched(ctx, q="Unterdorf", state="05") == []
    assert searched(ctx, q="Unterdorf", kind="association") == []


def test_on_a_day_before_it_ended_a_region_is_found_as_one_that_stands(ctx: Context) -> None:
    assert searched(ctx, q="Unterdorf", as_of=date(2024, 1, 1)) == [("160615001002", None, None)]
