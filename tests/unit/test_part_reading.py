"""Which events of a whole count for a part, and in whose name."""

from datetime import UTC, date, datetime
from typing import Any

from marketplace.domain.adoption import Event, Scope, Status
from marketplace.domain.part_reading import events_that_count, members_meant, with_twins

TOWN, DISTRICT, OTHER = 1, 2, 3
TWINS = {TOWN: DISTRICT}


def event(authority_id: int = TOWN, *parts: str, **more: Any) -> Event:
    return Event(
        id=1, authority_id=authority_id, authority_key="x", status=Status.LIVE, effective_on=date(2026, 1, 1),
        recorded_at=datetime(2026, 1, 2, tzinfo=UTC), parts=parts, **more,
    )  # fmt: skip


def test_all_events_count_for_the_whole_in_their_own_name() -> None:
    said = [event(), event(TOWN, "geld")]
    assert events_that_count(said, None, TWINS) == said


def test_a_part_counts_what_names_it_or_no_part_at_all() -> None:
    said = [event(OTHER), event(OTHER, "geld", "schein"), event(OTHER, "schein")]
    assert events_that_count(said, "geld", TWINS) == said[:2]


def test_what_a_member_says_under_another_key_it_says_itself() -> None:
    (found,) = events_that_count([event()], "geld", TWINS)
    assert (found.authority_id, found.authority_key) == (DISTRICT, "x")


def test_a_cover_stays_that_of_its_region_and_leaves_out_the_member_under_all_its_keys() -> None:
    said = event(OTHER, scope=Scope.BELOW, except_ids=frozenset({TOWN}))
    (found,) = events_that_count([said], "geld", TWINS)
    assert (found.authority_id, found.except_ids) == (OTHER, frozenset({TOWN, DISTRICT}))
    own = event(TOWN, scope=Scope.BELOW)
    assert events_that_count([own], "geld", TWINS) == [own]


def test_whom_a_member_is_heard_from_and_who_is_meant_by_a_speaker() -> None:
    assert with_twins({DISTRICT, OTHER}, TWINS) == {TOWN, DISTRICT, OTHER}
    assert with_twins({OTHER}, TWINS) == {OTHER}
    assert members_meant({TOWN, OTHER}, TWINS) == {TOWN, DISTRICT, OTHER}
