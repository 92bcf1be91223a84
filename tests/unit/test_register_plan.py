"""What a register says as a whole, and what changes when another follows."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from marketplace.domain.regions import Region, RegionKind
from marketplace.domain.register import (
    Midpoint,
    RegionFacts,
    RegisterRecord,
    digest,
    faults,
    regions_of,
)
from marketplace.domain.register_plan import RegisterPlan, plan
from tests.registers import (
    FIRST,
    SECOND,
    association,
    district,
    land,
    register,
    rekeyed,
    renamed,
    state,
    town,
    without,
)

MIDPOINTS = {"16061001": Midpoint(10.1, 51.2, "03")}


def described(records: Sequence[RegisterRecord]) -> dict[str, RegionFacts]:
    return {facts.key: facts for facts in regions_of(register(records), MIDPOINTS)}


def in_force(records: Sequence[RegisterRecord]) -> list[Region]:
    return [
        Region(
            number, facts.key, facts.ags, facts.name, facts.kind, facts.parent_key, facts.text_code, facts.seat,
            facts.postcode, facts.population, facts.area_ha, facts.degurba, facts.lon, facts.lat, FIRST,
        )
        for number, facts in enumerate(described(records).values(), start=1)
    ]  # fmt: skip


def changes(before: Sequence[RegisterRecord], after: Sequence[RegisterRecord]) -> RegisterPlan:
    return plan(in_force(before), regions_of(register(after, SECOND), MIDPOINTS))


def municipalities(found: RegisterPlan) -> dict[str, int]:
    counts = found.counts[RegionKind.MUNICIPALITY]
    names = ("new", "changed", "renamed", "rekeyed", "ended")
    return {name: number for name in names if (number := getattr(counts, name))}


def test_a_whole_register_has_no_faults() -> None:
    assert faults(register(land())) == []


@pytest.mark.parametrize("kept", [1, 2, 3, 6, 8, 10])
def test_a_register_cut_off_above_a_municipality_is_not_complete(kept: int) -> None:
    found = {(fault.line, fault.rule): fault.message for fault in faults(register(land()[:kept]))}
    assert land()[kept - 1].key in found[kept, "no_municipality"]


@pytest.mark.parametrize("missing", ["16061", "160615001"])
def test_a_municipality_that_hangs_nowhere_is_named(missing: str) -> None:
    found = faults(register(without(land(), missing)))
    assert ("hangs_nowhere", "key") in {(fault.rule, fault.field) for fault in found}
    assert any("160615001001" in fault.message and missing in fault.message for fault in found)
    assert all(fault.line > 0 for fault in found)


def test_an_unincorporated_area_may_hang_on_the_state_and_only_there() -> None:
    assert faults(register(land())) == []
    assert [fault.rule for fault in faults(register(without(land(), "16")))][-2:] == ["hangs_nowhere"] * 2


def test_a_municipality_may_not_hang_on_the_state() -> None:
    stray = [*land(), association("160000005", "Irgendwo", "50"), town("160000005005", "Irgendwo")]
    assert {fault.line for fault in faults(register(stray))} == {12, 13}


def test_a_key_given_twice_is_refused_with_both_lines() -> None:
    (fault,) = faults(register([*land(), town("160615001001", "Oberdorf")]))
    assert (fault.line, fault.field, fault.rule) == (12, "key", "duplicate")
    assert "line 4" in fault.message


def test_an_ags_given_twice_is_refused() -> None:
    (fault,) = faults(register([*land(), town("160610003001", "Oberdorf")]))
    assert (fault.line, fault.field) == (12, "ags")


def test_populations_and_areas_above_are_sums_with_unincorporated_areas() -> None:
    regions = described(land())
    assert regions["160615001"].population == 2000
    assert regions["16061"].population == 14_000
    assert regions["16061"].area_ha == 6500
    assert regions["16"].area_ha == 6560
    assert (regions["00"].name, regions["00"].population) == ("Deutschland", 14_000)


def test_a_parent_is_the_nearest_region_that_is_not_a_pseudo_association() -> None:
    regions = described(land())
    parents = {
        key: regions[key].parent_key for key in ("160615001001", "160610003003", "160009999999", "16", "00")
    }
    assert parents == {
        "160615001001": "160615001",
        "160610003003": "16061",
        "160009999999": "16",
        "16": "00",
        "00": None,
    }


def test_midpoints_are_found_by_ags() -> None:
    regions = described(land())
    assert (regions["160615001001"].lon, regions["160615001001"].degurba) == (10.1, "03")
    assert regions["160615001002"].lon is None


def test_the_fingerprint_is_that_of_the_content_not_of_the_order() -> None:
    assert digest(register(land())) == digest(register(reversed(land())))
    assert digest(register(land())) != digest(register(land(), SECOND))
    assert digest(register(land())) != digest(register(renamed(land(), {"16": "Türingen"})))


def test_the_same_register_changes_nothing() -> None:
    found = changes(land(), land())
    assert (found.new, found.replaced, found.ended) == ((), (), ())
    assert sum(counts.unchanged for counts in found.counts.values()) == len(land())


def test_a_new_name_keeps_the_identity() -> None:
    found = changes(land(), renamed(land(), {"160615001001": "Bad Oberdorf"}))
    assert municipalities(found) == {"renamed": 1}
    assert [(r.before.name, r.after.name) for r in found.replaced] == [("Oberdorf", "Bad Oberdorf")]


def test_a_new_population_changes_all_that_is_summed_from_it() -> None:
    after = [replace(r, population=950) if r.key == "160615001001" else r for r in land()]
    found = changes(land(), after)
    assert {r.after.key for r in found.replaced} == {"00", "16", "16061", "160615001", "160615001001"}


def test_a_new_association_key_keeps_the_identity_of_members_by_ags_and_its_own_by_members() -> None:
    keys = {
        key: key.replace("160615001", "160615077") for key in ("160615001", "160615001001", "160615001002")
    }
    found = changes(land(), rekeyed(land(), keys))
    assert municipalities(found) == {"rekeyed": 2}
    assert found.counts[RegionKind.ASSOCIATION].rekeyed == 1
    assert (found.new, found.ended) == ((), ())


def test_a_municipality_that_moves_to_another_district_keeps_its_identity_by_name_and_area() -> None:
    other = [district("16064", "Unstrut"), association("160640003", "Kleinstadt", "50")]
    moved = rekeyed(without(land(), "160610003"), {"160610003003": "160640003003"})
    found = changes(land(), [*moved, *other])
    assert municipalities(found) == {"rekeyed": 1}
    moves = {r.before.key: r.after.key for r in found.replaced if r.before.key != r.after.key}
    assert moves == {"160610003003": "160640003003", "160610003": "160640003"}


def test_a_merger_that_keeps_a_name_makes_a_new_body() -> None:
    after = [*without(land(), "160615001001", "160615001002"), town("160615001055", "Oberdorf", 2000, 1500)]
    found = changes(land(), after)
    assert municipalities(found) == {"new": 1, "ended": 2}


def test_namesakes_of_the_same_area_are_not_taken_for_one_another() -> None:
    twins = [*land(), town("160615001008", "Dorf"), town("160615001009", "Dorf")]
    found = changes(twins, rekeyed(twins, {"160615001008": "160615001018", "160615001009": "160615001019"}))
    assert municipalities(found) == {"new": 2, "ended": 2}


def test_a_municipality_of_another_state_is_never_the_same() -> None:
    other = [
        state("15", "Sachsen-Anhalt"), district("15001", "Harz"), association("150010003", "Kleinstadt", "50"),
    ]  # fmt: skip
    moved = rekeyed(without(land(), "160610003"), {"160610003003": "150010003003"})
    assert municipalities(changes(land(), [*moved, *other])) == {"new": 1, "ended": 1}


def test_a_real_association_that_becomes_a_pseudo_one_ends() -> None:
    after = [replace(r, text_code="50") if r.key == "160615001" else r for r in land()]
    found = changes(land(), after)
    assert [region.key for region in found.ended] == ["160615001"]
    assert [facts.key for facts in found.new] == ["160615001"]
    assert municipalities(found) == {"changed": 2}


def test_a_midpoint_is_kept_under_a_new_ags_while_the_area_stays() -> None:
    found = changes(land(), rekeyed(land(), {"160615001001": "160615001071"}))
    (moved,) = [r.after for r in found.replaced if r.after.kind is RegionKind.MUNICIPALITY]
    assert (moved.ags, moved.lon) == ("16061071", 10.1)
