"""Needs and queries without result in the database: counted by many at once, forgotten in time."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest
import structlog
from sqlalchemy import select

from marketplace.actions.context import Context
from marketplace.actions.demand import MOST_MISSES, note_miss, report_need
from marketplace.actions.demand_list import demand_table, list_demand
from marketplace.actions.paging import PageRequest
from marketplace.domain.demand import KEPT_DAYS
from marketplace.errors import InvalidInput
from marketplace.settings import Settings
from marketplace.store import demand
from marketplace.store.database import Database
from marketplace.store.tables import SearchMissRow
from tests import land
from tests.conftest import Clock

WRITERS, TIMES = 8, 5


@pytest.fixture
def ctx(context: Context) -> Context:
    """The small land with two theme fields and one procedure."""
    land.settle(context)
    land.add_theme_field(context, "umwelt", "Umwelt")
    land.add_theme_field(context, "bildung", "Bildung")
    land.add_procedure(context, "99102013000000", "Hundesteuer")
    return context


@pytest.fixture
def warnings() -> Iterator[list[structlog.typing.EventDict]]:
    with structlog.testing.capture_logs() as logs:
        yield logs


def misses(ctx: Context) -> list[tuple[str | None, int]]:
    with ctx.database.reading() as session:
        rows = session.execute(select(SearchMissRow.text, SearchMissRow.count).order_by(SearchMissRow.count))
        return [(text, count) for text, count in rows]


def test_a_need_is_counted_once_more_in_its_month(ctx: Context, clock: Clock) -> None:
    fields = {"theme_field": "umwelt", "region": land.SEEDORF, "object": "99102013"}
    first = report_need(ctx, fields)
    assert (first.region_name, first.object_name, first.month, first.count) == (
        "Seedorf", "Hundesteuer", date(2026, 11, 1), 1,
    )  # fmt: skip
    assert report_need(ctx, {**fields, "object": "99 102 013 000 000"}).count == 2
    assert report_need(ctx, {"theme_field": "umwelt"}).count == 1
    clock.tick(days=8, hours=14, minutes=30)
    following = report_need(ctx, fields)
    assert (following.month, following.count) == (date(2026, 12, 1), 1), "half past midnight in Germany"


def test_eight_who_need_the_same_at_once_are_all_counted(
    ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A search does not wait for long to note its query; how long eight writers take is the machine's affair.
    monkeypatch.setattr("marketplace.actions.demand.WAIT_MS", 15_000)

    def report(_: int) -> None:
        for _ in range(TIMES):
            report_need(ctx, {"theme_field": "umwelt", "region": land.BAVARIA})
            note_miss(ctx, "Einhorn")

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(report, range(WRITERS)))
    found = list_demand(ctx)
    assert [one.count for one in found.needs] == [WRITERS * TIMES]
    assert found.reports == WRITERS * TIMES
    assert [(one.text, one.count) for one in found.queries] == [("einhorn", WRITERS * TIMES)]


@pytest.mark.parametrize(
    "region", [land.NORDSTADT, land.NORDSTADT_TOWN, "09161000", " 09 161 ", "091610000000"]
)
def test_a_region_is_read_kindly_and_a_town_counted_once(ctx: Context, region: str) -> None:
    assert report_need(ctx, {"theme_field": "umwelt", "region": region}).region == land.NORDSTADT_TOWN


def test_what_does_not_exist_is_refused_all_at_once_and_nothing_is_counted(ctx: Context) -> None:
    with pytest.raises(InvalidInput) as refusal:
        report_need(ctx, {"theme_field": "wetter", "region": "09999", "object": "99999999"})
    assert {(error.field, error.rule) for error in refusal.value.errors} == {
        ("theme_field", "unknown"), ("region", "unknown"), ("object", "unknown"),
    }  # fmt: skip
    assert list_demand(ctx).needs == []


def test_a_state_is_asked_for_everything_in_it(ctx: Context) -> None:
    for region in (land.BAVARIA, land.SEEDORF, land.SUEDKREIS, land.HAMBURG, None):
        report_need(ctx, {"theme_field": "umwelt", "region": region})
    report_need(ctx, {"theme_field": "bildung", "region": land.SEEDORF})

    def regions(region: str | None = None, theme_field: str | None = None) -> list[str | None]:
        return [one.region for one in list_demand(ctx, region=region, theme_field=theme_field).needs]

    in_bavaria = [land.BAVARIA, land.SUEDKREIS, land.SEEDORF]
    assert regions(region=land.BAVARIA, theme_field="umwelt") == in_bavaria
    assert regions(region=land.SUEDKREIS, theme_field="umwelt") == in_bavaria[1:]
    assert regions(theme_field="bildung") == [land.SEEDORF]
    assert len(regions()) == len(regions(region="00")) == 6
    assert list_demand(ctx).needs[0].theme_field == "bildung", "by the name of the theme field"
    for region, theme_field in (("77", None), (None, "wetter")):
        with pytest.raises(InvalidInput):
            regions(region, theme_field)


def test_pages_of_both_lists_are_turned_together(ctx: Context) -> None:
    for region in (None, land.BAVARIA, land.SEEDORF):
        report_need(ctx, {"theme_field": "umwelt", "region": region})
    for _ in range(3):
        note_miss(ctx, "Einhorn")
    first, second, third = (list_demand(ctx, PageRequest(page, 2)) for page in (1, 2, 9))
    assert [len(page.needs) for page in (first, second, third)] == [2, 1, 0]
    assert [len(page.queries) for page in (first, second, third)] == [1, 0, 0]
    assert (first.pages, first.total, third.needs_total) == (2, 3, 3)
    table = demand_table(list_demand(ctx))
    assert [row[0] for row in table.rows] == ["need", "need", "need", "query"]


def test_the_text_of_a_query_is_kept_from_the_third_time_on(ctx: Context) -> None:
    for typed in ("Einhorn anmelden", " einhorn  ANMELDEN"):
        note_miss(ctx, typed)
        assert misses(ctx)[0][0] is None
    assert list_demand(ctx).queries == []
    note_miss(ctx, "EINHORN anmelden")
    assert misses(ctx) == [("einhorn anmelden", 3)]
    note_miss(ctx, "max@example.org")
    note_miss(ctx, "0228 123456")
    assert misses(ctx) == [("einhorn anmelden", 3)]


def test_a_query_that_was_not_asked_often_is_forgotten_after_ninety_days(ctx: Context, clock: Clock) -> None:
    for typed in ("selten", "oft", "oft", "oft"):
        note_miss(ctx, typed)
    clock.tick(days=KEPT_DAYS)
    note_miss(ctx, "neu")
    assert misses(ctx) == [(None, 1), (None, 1), ("oft", 3)]
    clock.tick(days=1)
    note_miss(ctx, "neu")
    assert misses(ctx) == [(None, 2), ("oft", 3)]


def test_another_key_gives_another_digest_and_the_text_is_still_listed_once(ctx: Context) -> None:
    for key in ("a" * 32, "b" * 32):
        settings = Settings(_env_file=None, demo=True, secret_key=key)
        for _ in range(3):
            note_miss(replace(ctx, settings=settings), "Einhorn")
    assert misses(ctx) == [("einhorn", 3), ("einhorn", 3)]
    assert [(one.text, one.count) for one in list_demand(ctx).queries] == [("einhorn", 6)]


def test_no_more_queries_are_taken_up_than_there_is_room_for(
    ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MOST_MISSES == 50_000
    monkeypatch.setattr("marketplace.actions.demand.MOST_MISSES", 2)
    for typed in ("eins", "zwei", "drei", "zwei", "zwei"):
        note_miss(ctx, typed)
    assert misses(ctx) == [(None, 1), ("zwei", 3)]


def test_a_database_that_takes_no_writes_costs_a_search_its_note_and_nothing_else(
    ctx: Context, warnings: list[structlog.typing.EventDict]
) -> None:
    note_miss(ctx, "Einhorn")
    with ctx.database.writing() as session:
        with ctx.database.reading() as reader:
            digest = reader.scalars(select(SearchMissRow.digest)).one()
        demand.count_miss(session, digest, "einhorn", date(2026, 11, 22), 3)
        note_miss(ctx, "Einhorn")
    assert misses(ctx) == [(None, 2)]
    (warning,) = warnings
    assert (warning["event"], warning["log_level"]) == ("search_miss_not_noted", "warning")
    assert "inhorn" not in str(warning)
    note_miss(ctx, "Einhorn")
    assert misses(ctx) == [("einhorn", 3)]


def test_who_waits_shortly_leaves_the_connection_as_it_was(database: Database) -> None:
    with database.writing(wait_ms=7) as session:
        assert session.connection() is not None
    with database.writing() as session:
        if database.is_sqlite:
            waits = session.connection().exec_driver_sql("PRAGMA busy_timeout").scalar()
            assert waits == 15_000
        else:
            assert session.connection().exec_driver_sql("SHOW lock_timeout").scalar() == "0"
