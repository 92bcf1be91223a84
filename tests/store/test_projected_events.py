"""What the projection tells of a step in time is what the events tell, read one by one."""

from datetime import date

from sqlalchemy.orm import Session

from marketplace.actions.change_events import StepEnd, StepEvents
from marketplace.actions.context import Context
from marketplace.actions.projected_events import ProjectedEvents, is_by_time_alone
from marketplace.actions.standings import StandingsReader
from marketplace.domain.reading import STALE_AFTER_DAYS
from tests.conftest import Clock
from tests.random_ledger import settle_random_ledger

WHOLE = ("wohnsitz", "hundesteuer", "central", "ohne-land", "bezirke", "kreise")
DAYS = [date(year, month, 1) for year in (2023, 2024, 2025, 2026, 2027) for month in (1, 7)]
STEPS = [(first, last) for first in DAYS for last in (first, *DAYS[3::4]) if first <= last]


def ends_of(session: Session, context: Context, service_id: str, days: tuple[date, date]) -> list[StepEnd]:
    reader = StandingsReader.opened(context, session, None)
    return [
        StepEnd(day, reader.known_at, reader.standings(service_id, day, STALE_AFTER_DAYS)) for day in days
    ]


def test_projection_and_events_name_the_same_behind_every_authority(context: Context, clock: Clock) -> None:
    settle_random_ledger(context, clock, 20261123)
    told = []
    with context.database.reading() as session:
        for service_id in WHOLE:
            for days in STEPS:
                before, after = ends_of(session, context, service_id, days)
                assert is_by_time_alone(before, after)
                there = {one.id: one for one in before.found.roster.authorities}
                both = [(there.get(one.id, one), one) for one in after.found.roster.authorities]
                concerned = [one for pair in both for one in pair]
                quick = ProjectedEvents(session, service_id, days, concerned)
                slow = StepEvents(session, (before, after), concerned)
                for pair in both:
                    found = quick.about(*pair)
                    read = slow.about(*pair)
                    if pair[1].id in there:
                        assert found == read, (service_id, days, pair[1].key)
                    assert found.took_over == read.took_over, (service_id, days, pair[1].key)
                    told.append(found)
    assert sum(len(one.event_ids) > 1 for one in told) > 20
    assert any(one.took_over for one in told)
    assert any(one.event_ids == () for one in told)


def test_a_part_of_an_entry_is_read_event_by_event(context: Context, clock: Clock) -> None:
    settle_random_ledger(context, clock, 20261123)
    with context.database.reading() as session:
        before, after = ends_of(session, context, "teil", (DAYS[0], DAYS[-1]))
        assert not is_by_time_alone(before, after)
