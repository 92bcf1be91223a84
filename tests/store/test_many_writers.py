"""Several people writing at once, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

from marketplace.actions.adoptions import events_of_service
from marketplace.actions.context import Context
from marketplace.actions.paging import PageRequest
from marketplace.actions.recording import record_events
from marketplace.actions.reuse import reuse_of_service
from marketplace.actions.service_writing import patch_service
from marketplace.errors import VersionMismatch
from tests import land

WRITERS = 8
TOWNS = (land.SEEDORF, land.SEEHEIM, land.BERGSTADT, land.NORDSTADT_TOWN)


def event(number: int) -> dict[str, Any]:
    return {
        "service_id": "hundesteuer", "authority_key": TOWNS[number % len(TOWNS)], "status": "live",
        "effective_on": f"2026-05-{number % 28 + 1:02}", "source": "test", "ref": str(number),
    }  # fmt: skip


def test_events_of_eight_writers_land_in_one_order(context: Context) -> None:
    land.settle(context)
    with ThreadPoolExecutor(WRITERS) as pool:
        reports = list(pool.map(lambda n: record_events(context, land.OPERATOR, [event(n)]), range(40)))
    assert all(report.written for report in reports)
    events = events_of_service(context, "hundesteuer", PageRequest(1, 100)).items
    assert [e.id for e in events] == list(range(40, 0, -1))
    instants = [e.recorded_at for e in reversed(events)]
    assert all(earlier < later for earlier, later in pairwise(instants))
    assert reuse_of_service(context, "hundesteuer").total.numerator == len(TOWNS)


def test_the_same_event_from_eight_writers_is_written_once(context: Context) -> None:
    land.settle(context)
    with ThreadPoolExecutor(WRITERS) as pool:
        reports = list(pool.map(lambda _: record_events(context, land.OPERATOR, [event(1)]), range(WRITERS)))
    assert sum(report.count("accepted") for report in reports) == 1
    assert sum(report.count("unchanged") for report in reports) == WRITERS - 1


def test_of_two_corrections_of_one_event_one_is_refused(context: Context) -> None:
    land.settle(context)
    record_events(context, land.OPERATOR, [event(1)])
    corrections = [
        {**event(1), "ref": f"c{n}", "status": "connecting", "corrects": 1} for n in range(WRITERS)
    ]
    with ThreadPoolExecutor(WRITERS) as pool:
        reports = list(pool.map(lambda one: record_events(context, land.OPERATOR, [one]), corrections))
    assert sum(report.written for report in reports) == 1
    assert {row.errors[0].rule for r in reports for row in r.rows if row.errors} == {"conflict"}


def test_of_eight_writers_of_one_version_of_an_entry_one_wins(context: Context) -> None:
    land.settle(context)

    def write(number: int) -> bool:
        try:
            patch_service(context, land.OPERATOR, "hundesteuer", {"name": f"Hundesteuer {number}"}, 1)
        except VersionMismatch:
            return False
        return True

    with ThreadPoolExecutor(WRITERS) as pool:
        assert sum(pool.map(write, range(WRITERS))) == 1
