"""What a month's use proves, and from which day."""

from datetime import UTC, date, datetime

import pytest

from marketplace.domain.adoption import AssertedBy, Event, Scope, Status
from marketplace.domain.usage import is_of_month, last_day, proven_from, read_usage, report_ref
from marketplace.errors import InvalidInput

JUNE = date(2026, 6, 1)


def event(status: Status, on: date, **fields: object) -> Event:
    return Event(
        id=1, authority_id=1, authority_key="x", status=status, effective_on=on,
        recorded_at=datetime(2026, 11, 1, tzinfo=UTC), **fields,  # type: ignore[arg-type]  # a test's own fields
    )  # fmt: skip


@pytest.mark.parametrize(
    ("events", "day"),
    [
        ([], 1),
        ([event(Status.LIVE, date(2026, 6, 15))], 15),
        ([event(Status.AGREED, date(2026, 6, 3)), event(Status.CONNECTING, date(2026, 6, 9))], 9),
        ([event(Status.LIVE, date(2026, 6, 30))], 30),
        ([event(Status.LIVE, date(2026, 1, 1))], 1),
        ([event(Status.AGREED, date(2026, 7, 1))], 1),
        ([event(Status.ENDED, date(2026, 6, 20))], 1),
        ([event(Status.LIVE, date(2026, 6, 15), scope=Scope.BELOW)], 1),
        ([event(Status.LIVE, date(2026, 6, 15), asserted_by=AssertedBy.PROVIDER)], 1),
    ],
    ids=["nothing", "live", "on the way", "last day", "before", "after", "ended", "a cover", "a claim"],
)
def test_use_proves_from_the_first_unless_a_step_was_taken_in_the_month(
    events: list[Event], day: int
) -> None:
    assert proven_from(JUNE, None, events) == date(2026, 6, day)


def test_use_proves_nothing_before_the_service_is_available() -> None:
    assert proven_from(JUNE, date(2026, 6, 20), []) == date(2026, 6, 20)
    assert proven_from(JUNE, date(2026, 7, 20), []) == JUNE


@pytest.mark.parametrize(
    ("month", "day"), [(date(2024, 2, 1), 29), (date(2026, 2, 1), 28), (date(2026, 12, 1), 31)]
)
def test_a_month_ends_on_its_last_day(month: date, day: int) -> None:
    assert last_day(month).day == day


def test_a_ref_is_known_again_by_service_and_month_whatever_the_key_then() -> None:
    ref = report_ref("hund", "091705101102", JUNE, 2)
    assert ref == "hund/091705101102/2026-06/2"
    assert is_of_month(ref, "hund", JUNE)
    assert is_of_month("hund/other/2026-06", "hund", JUNE)
    assert not is_of_month(ref, "katze", JUNE)
    assert not is_of_month(ref, "hund", date(2026, 5, 1))
    assert not is_of_month(None, "hund", JUNE)


def test_cells_of_a_file_are_read_as_numbers_and_a_day_as_its_month() -> None:
    cells = {
        "service_id": "a1",
        "authority_key": "09",
        "month": "2026-06-01",
        "cases_online": " 7 ",
        "cases_total": "",
    }
    draft = read_usage(cells, date(2026, 11, 22))
    assert (draft.month, draft.cases_online, draft.cases_total) == (JUNE, 7, None)


def test_the_running_month_may_be_reported_and_the_next_may_not() -> None:
    row = {"service_id": "a1", "authority_key": "09", "cases_online": 1}
    assert read_usage({**row, "month": "2026-06"}, date(2026, 6, 1)).month == JUNE
    with pytest.raises(InvalidInput):
        read_usage({**row, "month": "2026-07"}, date(2026, 6, 30))
