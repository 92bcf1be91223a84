"""Which region a key means that none has on the day."""

from datetime import date

from marketplace.domain.former_keys import Former, find_former
from marketplace.domain.regions import Region, RegionKind, Territory

FIRST, REFORM, TODAY = date(2023, 11, 30), date(2025, 8, 31), date(2026, 8, 31)


def town(identity: int, key: str, since: date, until: date | None = None) -> Region:
    return Region(
        identity,
        key,
        None,
        f"town {identity}",
        RegionKind.MUNICIPALITY,
        None,
        valid_from=since,
        valid_to=until,
    )


MOVED = [town(1, "160640074074", REFORM), town(1, "160645052074", FIRST, REFORM)]
GONE = [town(2, "160645052055", FIRST, REFORM)]
AFTER = Territory.of(TODAY, [MOVED[0]])
BEFORE = Territory.of(FIRST, [MOVED[1], *GONE])


def test_whoever_has_another_key_on_the_day_is_found_as_it_stands_then() -> None:
    assert find_former([MOVED], AFTER) == Former(MOVED[0], None)
    assert find_former([MOVED], BEFORE) == Former(MOVED[1], None)


def test_whoever_has_ended_by_the_day_is_found_as_it_was_last() -> None:
    assert find_former([GONE], AFTER) == Former(GONE[0], REFORM)


def test_of_two_that_had_the_key_whoever_had_it_last_is_meant() -> None:
    assert find_former([GONE, MOVED], AFTER) == Former(GONE[0], REFORM)
    assert find_former([MOVED, GONE], AFTER) == Former(MOVED[0], None)


def test_whoever_is_to_begin_only_after_the_day_is_not_meant() -> None:
    assert find_former([[town(3, "160640100100", REFORM)]], BEFORE) is None
    assert find_former([], AFTER) is None


def test_a_key_that_another_body_has_now_does_not_make_the_one_that_ended_stand() -> None:
    heir = town(4, GONE[0].key, REFORM)
    assert find_former([GONE], Territory.of(TODAY, [heir])) == Former(GONE[0], REFORM)
