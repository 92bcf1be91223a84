"""Where confirmed successions move the borders between versions."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.borders import Move, Succession, Version, border_of, double_keys, moves

FIRST, SECOND, THIRD = date(2023, 11, 30), date(2025, 8, 31), date(2026, 8, 31)
REGISTERS = (FIRST, SECOND, THIRD)
REFORM = date(2024, 7, 1)
OLD, TOWN, NEW, ASSOCIATION, NEW_ASSOCIATION, MEMBER, STOOD_FOR = 1, 2, 3, 4, 5, 6, 7


def version(
    number: int, region: int, key: str, start: date, end: date | None = None, code: str | None = None
) -> Version:
    return Version(number, region, key, code, start, end)


def test_a_border_lies_at_the_first_register_on_or_after_a_day() -> None:
    assert border_of(REFORM, REGISTERS) == SECOND
    assert border_of(SECOND, REGISTERS) == SECOND
    assert border_of(date(2026, 9, 1), REGISTERS) is None


def test_the_predecessor_ends_and_its_neighbour_is_what_it_is_since_on_the_day_of_the_reform() -> None:
    versions = [
        version(1, OLD, "160615001002", FIRST, SECOND),
        version(2, TOWN, "160615001001", FIRST, SECOND),
        version(3, TOWN, "160615001001", SECOND),
    ]
    assert moves(versions, [Succession(OLD, TOWN, REFORM)], REGISTERS) == [
        Move(1, FIRST, REFORM), Move(2, FIRST, REFORM), Move(3, REFORM, None),
    ]  # fmt: skip


def test_a_decision_on_the_registers_own_day_moves_nothing_and_one_taken_back_moves_back() -> None:
    moved = [version(1, OLD, "160615001002", FIRST, REFORM), version(3, NEW, "160615001009", REFORM)]
    back = [Move(1, FIRST, SECOND), Move(3, SECOND, None)]
    assert moves(moved, [], REGISTERS) == back
    assert moves(moved, [Succession(OLD, NEW, SECOND)], REGISTERS) == back
    assert moves(moved, [Succession(OLD, NEW, REFORM)], REGISTERS) == []


def test_of_two_decisions_on_one_successor_the_earliest_day_counts() -> None:
    versions = [
        version(1, OLD, "160615001002", FIRST, SECOND),
        version(2, TOWN, "160615001003", FIRST, SECOND),
        version(3, NEW, "160615001009", SECOND),
    ]
    later = date(2025, 1, 1)
    found = moves(versions, [Succession(OLD, NEW, later), Succession(TOWN, NEW, REFORM)], REGISTERS)
    assert found == [Move(1, FIRST, later), Move(2, FIRST, REFORM), Move(3, REFORM, None)]


def test_a_new_association_begins_with_the_first_that_lies_in_it() -> None:
    versions = [
        version(1, OLD, "160615001002", FIRST, SECOND),
        version(2, NEW_ASSOCIATION, "160615009", SECOND),
        version(3, NEW, "160615009009", SECOND),
    ]
    assert Move(2, REFORM, None) in moves(versions, [Succession(OLD, NEW, REFORM)], REGISTERS)


def test_an_association_that_is_there_stays_as_it_is() -> None:
    versions = [
        version(1, OLD, "160615001002", FIRST, SECOND),
        version(2, ASSOCIATION, "160615001", FIRST, SECOND),
        version(4, ASSOCIATION, "160615001", SECOND),
        version(3, NEW, "160615001009", SECOND),
    ]
    assert {move.version_id for move in moves(versions, [Succession(OLD, NEW, REFORM)], REGISTERS)} == {1, 3}


def test_members_leave_an_association_on_the_day_it_ended() -> None:
    versions = [
        version(1, ASSOCIATION, "160615001", FIRST, SECOND),
        version(2, NEW_ASSOCIATION, "160615009", SECOND),
        version(3, MEMBER, "160615001001", FIRST, SECOND),
        version(4, MEMBER, "160615009001", SECOND),
        version(5, TOWN, "160610003003", FIRST, SECOND),
        version(6, TOWN, "160610003003", SECOND),
    ]
    found = moves(versions, [Succession(ASSOCIATION, NEW_ASSOCIATION, REFORM)], REGISTERS)
    assert {move.version_id for move in found} == {1, 2, 3, 4}


def test_an_association_with_another_key_has_it_from_the_reform_on_with_all_its_members() -> None:
    versions = [
        version(1, OLD, "160615001002", FIRST, SECOND),
        version(2, NEW, "160615009009", SECOND),
        version(3, ASSOCIATION, "160615001", FIRST, SECOND),
        version(4, ASSOCIATION, "160615009", SECOND),
        version(5, MEMBER, "160615001001", FIRST, SECOND),
        version(6, MEMBER, "160615009001", SECOND),
    ]
    found = moves(versions, [Succession(OLD, NEW, REFORM)], REGISTERS)
    assert {move.version_id for move in found} == {1, 2, 3, 4, 5, 6}


def test_what_only_stood_for_a_municipality_ends_with_it() -> None:
    versions = [
        version(1, OLD, "160610004004", FIRST, SECOND),
        version(2, STOOD_FOR, "160610004", FIRST, SECOND, "50"),
        version(3, TOWN, "160610003003", FIRST, SECOND),
        version(4, TOWN, "160610003003", SECOND),
    ]
    assert Move(2, FIRST, REFORM) in moves(versions, [Succession(OLD, TOWN, REFORM)], REGISTERS)


def test_a_key_that_is_still_taken_is_found() -> None:
    versions = [
        version(1, OLD, "160615001002", FIRST, SECOND),
        version(2, NEW, "160615001009", SECOND),
        version(3, TOWN, "160615001009", FIRST, SECOND),
    ]
    changed = moves(versions, [Succession(OLD, NEW, REFORM)], REGISTERS)
    assert [(d.key, d.on, set(d.region_ids)) for d in double_keys(versions, changed)] == [
        ("160615001009", REFORM, {TOWN, NEW})
    ]
    both = moves(versions, [Succession(OLD, NEW, REFORM), Succession(TOWN, NEW, REFORM)], REGISTERS)
    assert double_keys(versions, both) == []


DAYS = st.sampled_from([date(2024, 1, 1), REFORM, date(2025, 1, 1), SECOND, date(2026, 1, 1), THIRD])


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(5, 8), DAYS), max_size=6))
def test_moving_twice_moves_nothing_and_versions_stay_whole(decided: list[tuple[int, int, date]]) -> None:
    versions = [
        *(version(n, n, f"16061500100{n}", FIRST, SECOND if n < 3 else THIRD) for n in range(1, 5)),
        *(version(n, n, f"16061500100{n}", SECOND if n < 7 else THIRD) for n in range(5, 9)),
        version(9, 9, "160615001009", FIRST, SECOND), version(10, 9, "160615001009", SECOND),
    ]  # fmt: skip
    successions = [Succession(*one) for one in decided]
    changed = {move.version_id: move for move in moves(versions, successions, REGISTERS)}
    after = [
        Version(v.id, v.region_id, v.key, v.text_code, changed[v.id].valid_from, changed[v.id].valid_to)
        if v.id in changed else v
        for v in versions
    ]  # fmt: skip
    assert moves(after, successions, REGISTERS) == []
    assert all(v.valid_to is None or v.valid_from < v.valid_to for v in after)
    for before, now in zip(versions, after, strict=True):
        assert border_of(now.valid_from, REGISTERS) == before.valid_from
    back = {move.version_id for move in moves(after, [], REGISTERS)}
    assert back == set(changed)
