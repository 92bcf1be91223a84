"""Proposing what became of regions that ended, from areas and names alone."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.area_matching import Gain, Piece, fits, match_areas
from marketplace.domain.regions import Region, kind_of_key, places_of
from marketplace.domain.successions import Confidence, Proposals, SuccessionKind, propose

ON = date(2025, 8, 31)
MERGED, SPLIT = SuccessionKind.MERGED, SuccessionKind.SPLIT


def region(number: int, key: str, name: str, area: int | None = None, code: str = "64") -> Region:
    kind = kind_of_key(key)
    assert kind is not None
    return Region(number, key, None, name, kind, None, code, area_ha=area)


def told(proposals: Proposals) -> list[tuple[str, str, SuccessionKind, int | None, Confidence]]:
    return [(p.predecessor.name, p.successor.name, p.kind, p.area_ha, p.confidence) for p in proposals.found]


def test_a_neighbour_that_gained_the_area_is_the_successor() -> None:
    before = [region(1, "160665050073", "Sülzfeld", 1739), region(2, "160665050042", "Meiningen", 10_564)]
    found = propose(before, [region(2, "160665050042", "Meiningen", 12_303)], ON)
    assert told(found) == [("Sülzfeld", "Meiningen", MERGED, 1739, Confidence.HIGH)]
    assert "1,739 ha" in found.found[0].reason
    assert found.found[0].effective_on == ON
    assert found.unexplained == ()


def test_an_area_that_went_to_two_across_a_districts_border_is_split() -> None:
    before = [
        region(1, "160645052055", "Rodeberg", 2668), region(2, "160640046046", "Mühlhausen", 13_552),
        region(3, "160610118118", "Dingelstädt", 10_747), region(4, "160640074074", "Südeichsfeld", 6002),
    ]  # fmt: skip
    after = [
        region(2, "160640046046", "Mühlhausen", 15_103), region(3, "160610118118", "Dingelstädt", 11_864),
        region(4, "160640074074", "Südeichsfeld", 6005),
    ]  # fmt: skip
    assert told(propose(before, after, ON)) == [
        ("Rodeberg", "Dingelstädt", SPLIT, 1117, Confidence.MEDIUM),
        ("Rodeberg", "Mühlhausen", SPLIT, 1551, Confidence.MEDIUM),
    ]


def test_a_new_region_made_of_several_is_told_by_the_sum_of_their_areas() -> None:
    before = [
        region(1, "160760004004", "Berga/Elster", 4352),
        region(2, "160765004084", "Wünschendorf", 1950),
    ]
    after = [region(9, "160760094094", "Berga-Wünschendorf", 6302)]
    assert told(propose(before, after, ON)) == [
        ("Berga/Elster", "Berga-Wünschendorf", MERGED, 4352, Confidence.HIGH),
        ("Wünschendorf", "Berga-Wünschendorf", MERGED, 1950, Confidence.HIGH),
    ]


def test_members_of_one_association_went_together_where_many_sums_would_fit() -> None:
    """Of the areas 10, 20, 30, 40 several selections have 60 hectares; the association's own is believed."""
    parts = [("160615012001", 10), ("160615012002", 50), ("160615009001", 20), ("160615009002", 40)]
    before = [region(n, key, f"Ort {key}", area * 100) for n, (key, area) in enumerate(parts, 1)]
    after = [region(8, "160615051119", "Neu", 6000), region(9, "160615052120", "Auch neu", 6000)]
    # Two gains of the same size: nothing tells them apart.
    assert propose(before, after, ON).found == ()
    after = [region(8, "160615051119", "Neu", 6000), region(9, "160615052120", "Auch neu", 6100)]
    before[3] = region(4, "160615009002", "Ort 4", 4100)
    assert [(p.predecessor.region_id, p.successor.name) for p in propose(before, after, ON).found] == [
        (3, "Auch neu"), (4, "Auch neu"), (1, "Neu"), (2, "Neu"),
    ]  # fmt: skip


def test_where_areas_do_not_tell_a_new_region_with_the_name_is_a_guess() -> None:
    before = [region(1, "010010001001", "Altstadt, Stadt", 500)]
    after = [region(9, "010010009009", "Altstadt-Neudorf", 900)]
    assert told(propose(before, after, ON)) == [
        ("Altstadt, Stadt", "Altstadt-Neudorf", MERGED, None, Confidence.LOW)
    ]


def test_what_cannot_be_explained_is_said_with_what_is_near() -> None:
    before = [region(1, "010010001001", "Weg", 500), region(2, "010010001002", "Nachbar", 1000)]
    found = propose(before, [region(2, "010010001002", "Nachbar", 1300)], ON)
    assert found.found == ()
    assert [(u.region.name, u.reason) for u in found.unexplained] == [
        (
            "Weg",
            "no single gain, or sum of gains, fits its 500 ha alone; unexplained gains in its district: Nachbar 300 ha",
        )
    ]


def test_a_region_without_an_area_is_not_explained() -> None:
    found = propose([region(1, "010010001001", "Weg")], [], ON)
    assert found.unexplained[0].reason == "the register gives no area for it"


def test_an_association_went_where_its_members_are_administered() -> None:
    before = [
        region(1, "160615012", "Uder", code="54"), region(2, "160615012001", "Birkenfelde", 839),
        region(3, "160615012002", "Bleibt", 1500), region(4, "160615012003", "Röhrig", 280),
    ]  # fmt: skip
    after = [
        region(7, "160615051", "EG Uder", code="58"), region(8, "160615051119", "Neu-Uder", 1119),
        region(3, "160615051002", "Bleibt", 1500),
    ]  # fmt: skip
    found = [row for row in told(propose(before, after, ON)) if row[0] == "Uder"]
    assert found == [("Uder", "EG Uder", MERGED, 2619, Confidence.HIGH)]


def test_a_district_went_where_its_members_lie_and_what_only_stands_for_a_town_is_left_out() -> None:
    before = [
        region(1, "16056", "Eisenach", code="41"), region(2, "160560000", "Eisenach", code="50"),
        region(3, "160560000000", "Eisenach", 10_417), region(4, "16063", "Wartburgkreis", code="44"),
    ]  # fmt: skip
    after = [region(4, "16063", "Wartburgkreis", code="44"), region(3, "160630105105", "Eisenach", 10_417)]
    assert told(propose(before, after, ON)) == [
        ("Eisenach", "Wartburgkreis", MERGED, 10_417, Confidence.HIGH)
    ]


def test_whole_hectares_may_be_off_by_their_rounding_and_no_more() -> None:
    pieces = [Piece(1, "010010001001", 139), Piece(2, "010010001002", 636)]
    assert fits(pieces, [Gain(9, "010010001009", 774, is_new=True)])
    assert not fits(pieces, [Gain(9, "010010001009", 773, is_new=True)])
    assert fits(pieces, [Gain(9, "010010001009", 773, is_new=False)])


@given(
    st.lists(
        st.tuples(st.integers(50, 5000), st.sampled_from(["01001", "01002"])),
        min_size=1, max_size=9, unique_by=lambda one: one[0],
    ),
    st.data(),
)  # fmt: skip
def test_every_match_adds_up_and_takes_nothing_twice(
    areas: list[tuple[int, str]], data: st.DataObject
) -> None:
    pieces = [Piece(n, f"{district}{n:07}", area) for n, (area, district) in enumerate(areas, 1)]
    into = data.draw(st.lists(st.integers(0, 3), min_size=len(pieces), max_size=len(pieces)))
    totals = dict.fromkeys(sorted(set(into)), 0)
    for piece, place in zip(pieces, into, strict=True):
        totals[place] += piece.area_ha
    gains = [
        Gain(100 + place, f"01001{900 + place:07}", total, is_new=place % 2 == 0)
        for place, total in totals.items()
    ]
    matches = match_areas(pieces, gains)
    assert all(fits(match.pieces, match.gains) for match in matches)
    for taken in ([p for m in matches for p in m.pieces], [g for m in matches for g in m.gains]):
        assert len(taken) == len(set(taken))
    assert matches == match_areas(reversed(pieces), reversed(gains))


def test_what_ended_holds_the_place_of_what_it_went_into_as_a_whole_however_many_reforms_later() -> None:
    went = [(1, 2), (2, 3), (4, 3), (4, 5), (6, 7), (7, 6), (8, 9)]
    assert places_of(went, {3: "three", 5: "five", 9: "nine"}) == {1: "three", 2: "three", 8: "nine"}
    assert places_of(went, {2: "two", 9: "nine"}) == {1: "two", 8: "nine"}
