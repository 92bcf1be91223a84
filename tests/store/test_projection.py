"""The projection follows the ledger: in the transaction of each event, and of everything else figures depend on."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, insert, select, text, update

from marketplace.actions import projection_check
from marketplace.actions.authority_sets import put_set
from marketplace.actions.context import Context
from marketplace.actions.recording import record_events
from marketplace.actions.register import import_register
from marketplace.actions.reuse import reuse_of_service
from marketplace.actions.service_standings import read_events
from marketplace.actions.service_writing import patch_service
from marketplace.actions.standings import standings_of
from marketplace.cli import main
from marketplace.domain.reading import STALE_AFTER_DAYS
from marketplace.domain.register import Register
from marketplace.exchange import register_seed
from marketplace.search.engines.embedded import EmbeddedEngine
from marketplace.settings import Settings
from marketplace.store import head, projection
from marketplace.store.database import Database, open_engine
from marketplace.store.tables import AdoptionIntervalRow, LedgerRow, ServiceProjectionRow
from tests import land
from tests.conftest import NOW, Clock
from tests.search.address import environment_of

OWN_KEYS = (
    land.HAMBURG_TOWN, land.NORDSTADT_TOWN, land.SEEDORF, land.SEEHEIM, land.BERGSTADT, land.BUND_AM_SEE,
)  # fmt: skip
COVERING_KEYS = ("00", land.BAVARIA, land.HAMBURG, land.SUEDKREIS, land.BUND_AM_SEE)
STATUSES = ("interested", "agreed", "connecting", "live", "live", "ended", "own_solution", "not_competent")
WRITERS = 8


@pytest.fixture
def ctx(context: Context) -> Context:
    land.settle_with_a_part(context)
    return context


def some_event(random: Random, number: int, covering: float = 0.3) -> dict[str, Any]:
    below = random.random() < covering
    fields: dict[str, Any] = {
        "service_id": random.choice(("hundesteuer", "wohnsitz", "zentral")),
        "authority_key": random.choice(COVERING_KEYS if below else OWN_KEYS),
        "status": random.choice(STATUSES), "scope": "below" if below else "own",
        "effective_on": f"{random.choice((2022, 2024, 2025, 2026, 2027))}-{random.randint(1, 12):02}-{random.randint(1, 28):02}",
        "source": "test", "ref": f"{number}",
    }  # fmt: skip
    if random.random() < 0.2:
        fields["proof"], fields["proof_until"] = "contract", "2027-06-30"
    if below and random.random() < 0.3:
        fields["except"] = (
            [land.SEEDORF] if fields["authority_key"] in ("00", land.BAVARIA, land.SUEDKREIS) else []
        )
    if fields["service_id"] == "hundesteuer" and random.random() < 0.3:
        fields["parts"] = ["teil"]
    return fields


def record(ctx: Context, *events: dict[str, Any], actor: Any = land.OPERATOR) -> int:
    return record_events(ctx, actor, events).count("accepted")


def differences(ctx: Context) -> list[str]:
    return [f"{d.service_id} {d.where}: {d.detail}" for d in projection_check.check(ctx).differences]


@pytest.mark.parametrize(("seed", "covering"), [(0, 0.3), (1, 0.3), (2, 0.0), (3, 0.0)])
def test_whatever_is_recorded_the_projection_is_what_a_replay_gives(
    ctx: Context, clock: Clock, seed: int, covering: float
) -> None:
    random = Random(seed)
    written = 0
    for number in range(60):
        clock.tick(minutes=1)
        actor = random.choice((land.OPERATOR, land.PUBLISHER))
        report = record_events(ctx, actor, [some_event(random, number, covering)])
        written += report.written
    assert written > 15
    assert differences(ctx) == []
    projection_check.rebuild(ctx)
    assert differences(ctx) == []
    for service_id in ("hundesteuer", "wohnsitz", "zentral", "teil"):
        with ctx.database.reading() as session:
            for days in (-1500, -400, -30, 0, 200, 900):
                day = ctx.today() + timedelta(days)
                known_at = head.known_now(session, clock())
                fast = standings_of(session, service_id, day, known_at, STALE_AFTER_DAYS)
                slow = read_events(session, service_id, day, known_at, STALE_AFTER_DAYS)
                assert fast.codes.tolist() == slow.codes.tolist()
                assert {key: fast.joined.get(key) for key in slow.joined} == slow.joined


def test_a_correction_and_a_void_are_followed(ctx: Context) -> None:
    live = {
        "service_id": "hundesteuer",
        "authority_key": land.SEEDORF,
        "status": "live",
        "effective_on": "2026-05-01",
    }
    cover = {**live, "authority_key": land.BAVARIA, "scope": "below", "status": "agreed"}
    assert record(ctx, live, cover) == 2
    assert record(ctx, {**live, "effective_on": "2026-03-01", "corrects": 1}) == 1
    assert record(ctx, {**cover, "status": "void", "corrects": 2}) == 1
    assert differences(ctx) == []
    total = reuse_of_service(ctx, "hundesteuer").total
    assert (total.numerator, total.entitled) == (1, 1)


def test_a_set_a_lead_state_and_a_register_that_change_are_followed(ctx: Context, clock: Clock) -> None:
    random = Random(7)
    for number in range(30):
        record(ctx, some_event(random, number))
    pinned = {
        service: reuse_of_service(ctx, service, rule="coverage")
        for service in ("hundesteuer", "wohnsitz", "teil")
    }
    clock.tick(days=1)
    put_set(
        ctx,
        land.OPERATOR,
        "municipalities",
        {"name": "m", "level": "municipality", "states": {"02": None}},
        1,
    )
    patch_service(ctx, land.OPERATOR, "wohnsitz", {"activation": "central", "lead_state": "09"}, 1)
    assert differences(ctx) == []
    later = Register(land.ON + timedelta(365), tuple(r for r in land.RECORDS if r.key != land.SEEHEIM))
    import_register(ctx, register_seed.write(later, "a test's own").encode(), "a test's own")
    assert differences(ctx) == []
    for service, before in pinned.items():
        again = reuse_of_service(ctx, service, rule="coverage", as_of=before.as_of, known_at=before.known_at)
        assert (again.total, again.rows) == (before.total, before.rows)


def test_a_check_names_what_differs_and_a_rebuild_mends_it(ctx: Context) -> None:
    for number in range(20):
        record(ctx, some_event(Random(number), number))
    before = reuse_of_service(ctx, "hundesteuer", rule="coverage")
    with ctx.database.writing() as session:
        some = session.execute(select(AdoptionIntervalRow.service_id).limit(1)).scalar_one()
        session.execute(delete(AdoptionIntervalRow).where(AdoptionIntervalRow.service_id == some))
        session.execute(
            update(ServiceProjectionRow).where(ServiceProjectionRow.service_id == "teil").values(rollup=b"")
        )
    found = projection_check.check(ctx)
    assert {(d.service_id, d.where) for d in found.differences} >= {(some, "intervals"), ("teil", "roll-up")}
    assert projection_check.rebuild(ctx) == 4
    assert projection_check.check(ctx).is_clean
    after = reuse_of_service(ctx, "hundesteuer", rule="coverage")
    assert (after.total, after.rows) == (before.total, before.rows)


def test_a_roll_up_that_lasts_too_long_is_a_difference_however_late_it_was_made(
    ctx: Context, clock: Clock
) -> None:
    live = {"service_id": "hundesteuer", "authority_key": land.SEEDORF, "status": "live"}
    record(ctx, {**live, "effective_on": (ctx.today() + timedelta(3)).isoformat()})
    for days in (1, 3, 800):
        clock.tick(days=days)
        assert differences(ctx) == [], "neither before the tick nor after it"
        projection_check.tick(ctx)
        assert differences(ctx) == []
    with ctx.database.writing() as session:
        session.execute(
            update(ServiceProjectionRow)
            .where(ServiceProjectionRow.service_id == "hundesteuer")
            .values(rollup_until=date(2099, 1, 1))
        )
    assert differences(ctx) == ["hundesteuer rollup_until: is 2099-01-01, by the ledger it is -"]
    projection_check.rebuild(ctx)
    assert differences(ctx) == []


def test_intervals_of_nobody_are_a_difference_and_a_rebuild_forgets_them(ctx: Context) -> None:
    record(ctx, some_event(Random(3), 3))
    row = {
        "authority_id": 1, "scope": "own", "valid_from": date(2026, 1, 1), "status": "live", "code": 4, "event_id": 1,
        "since": date(2026, 1, 1), "confirmed_on": date(2026, 1, 1), "proof": "none",
    }  # fmt: skip
    with ctx.database.writing() as session:
        for service_id in ("gibt-es-nicht", "zentral"):
            session.execute(insert(AdoptionIntervalRow).values(service_id=service_id, **row))
    found = projection_check.check(ctx)
    assert {(one.service_id, one.where) for one in found.differences} == {
        ("gibt-es-nicht", "entry"), ("gibt-es-nicht", "intervals"), ("zentral", "intervals"),
    }  # fmt: skip
    projection_check.rebuild(ctx)
    assert differences(ctx) == []


def test_all_differences_are_counted_and_the_first_are_named(
    ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(ctx, some_event(Random(3), 3))
    row = {
        "service_id": "zentral", "scope": "own", "status": "live", "code": 4, "event_id": 1,
        "since": date(2026, 1, 1), "confirmed_on": date(2026, 1, 1), "proof": "none",
    }  # fmt: skip
    days = [date(2026, 1, 1) + timedelta(number) for number in range(70)]
    with ctx.database.writing() as session:
        rows = [{**row, "authority_id": 1, "valid_from": day, "valid_to": day + timedelta(1)} for day in days]
        session.execute(insert(AdoptionIntervalRow), rows)
    found = projection_check.check(ctx)
    assert (found.different, len(found.differences)) == (70, projection_check.MAX_NAMED)
    for name, value in environment_of(ctx.settings, ctx.database.engine.url).items():
        monkeypatch.setenv(name, value)
    told = CliRunner().invoke(main, ["statistics", "check"])
    assert told.exit_code == 1
    assert "70 differences, the first 20 of them named" in told.output


@pytest.mark.parametrize(
    ("spoiled", "named"),
    [
        ({"last_event_id": 0}, ("ledger", "last_event_id")),
        ({"version": 0}, ("hundesteuer", "version")),
        ({"structure_version": 99_999}, ("ledger", "structure_version")),
        ({"last_recorded_at": datetime(2020, 1, 1, tzinfo=UTC)}, ("ledger", "last_recorded_at")),
        ({"last_recorded_at": datetime(2099, 1, 1, tzinfo=UTC)}, ("ledger", "last_recorded_at")),
        ({"last_recorded_at": None}, ("ledger", "last_recorded_at")),
    ],
)
def test_a_head_that_cannot_be_is_a_difference_and_a_rebuild_mends_it(
    ctx: Context, spoiled: dict[str, Any], named: tuple[str, str]
) -> None:
    live = {"service_id": "hundesteuer", "authority_key": land.SEEDORF, "status": "live"}
    record(ctx, {**live, "effective_on": "2026-05-01"})
    with ctx.database.writing() as session:
        session.execute(update(LedgerRow).values(**spoiled))
    assert named in {(one.service_id, one.where) for one in projection_check.check(ctx).differences}
    projection_check.rebuild(ctx)
    assert record(ctx, {**live, "authority_key": land.SEEHEIM, "effective_on": "2026-05-01"}) == 1
    assert differences(ctx) == []


def test_by_a_head_that_lags_nothing_right_is_called_wrong_nor_lost(ctx: Context) -> None:
    live = {"service_id": "hundesteuer", "authority_key": land.SEEDORF, "status": "live"}
    record(ctx, {**live, "effective_on": "2026-05-01"})
    before = reuse_of_service(ctx, "hundesteuer", rule="coverage")
    with ctx.database.writing() as session:
        session.execute(update(LedgerRow).values(last_recorded_at=datetime(2020, 1, 1, tzinfo=UTC)))
    assert {d.service_id for d in projection_check.check(ctx).differences} == {"ledger"}
    projection_check.rebuild(ctx)
    after = reuse_of_service(ctx, "hundesteuer", rule="coverage")
    assert (after.total, after.rows) == (before.total, before.rows)
    assert after.known_at == before.known_at


def test_a_ledger_without_its_head_is_a_difference_and_a_rebuild_gives_it_one(ctx: Context) -> None:
    live = {"service_id": "hundesteuer", "authority_key": land.SEEDORF, "status": "live"}
    record(ctx, {**live, "effective_on": "2026-05-01"})
    with ctx.database.writing() as session:
        session.execute(delete(LedgerRow))
    assert "ledger head: is missing" in differences(ctx)
    projection_check.rebuild(ctx)
    assert differences(ctx) == []
    assert record(ctx, {**live, "authority_key": land.SEEHEIM, "effective_on": "2026-05-01"}) == 1


@pytest.mark.parametrize("days", [-3000, 3000])
def test_a_stamp_that_cannot_be_is_a_difference_and_a_rebuild_mends_it(ctx: Context, days: int) -> None:
    """By the stamp is decided whether an earlier knowledge is read from the projection: too early, it tells today's."""
    live = {"service_id": "hundesteuer", "authority_key": land.SEEDORF, "status": "live"}
    earlier = ctx.clock()
    record(ctx, {**live, "effective_on": "2026-05-01"})
    before = reuse_of_service(ctx, "hundesteuer", rule="coverage", known_at=earlier)
    with ctx.database.writing() as session:
        session.execute(update(ServiceProjectionRow).values(changed_at=NOW + timedelta(days=days), version=0))
    assert {d.where for d in projection_check.check(ctx).differences} == {"changed_at", "version"}
    projection_check.rebuild(ctx)
    assert differences(ctx) == []
    after = reuse_of_service(ctx, "hundesteuer", rule="coverage", known_at=earlier)
    assert (after.total, after.rows) == (before.total, before.rows)


@pytest.mark.parametrize("column", ["sheet", "covers", "rollup"])
def test_a_projection_that_cannot_be_read_is_named_and_figures_stay_right_until_it_is_mended(
    ctx: Context, column: str
) -> None:
    for number in range(20):
        record(ctx, some_event(Random(number), number))
    before = reuse_of_service(ctx, "hundesteuer", rule="coverage")
    live = {"service_id": "hundesteuer", "authority_key": land.SEEDORF, "status": "live"}
    with ctx.database.writing() as session:
        spoil = update(ServiceProjectionRow).where(ServiceProjectionRow.service_id == "hundesteuer")
        session.execute(spoil.values({column: b"abc", "version": ServiceProjectionRow.version + 1}))
        session.execute(update(LedgerRow).values(version=LedgerRow.version + 1))
    other = Database(open_engine(ctx.database.engine.url.render_as_string(hide_password=False)))
    newcomer = Context(other, ctx.settings, EmbeddedEngine(other), ctx.clock)
    for by in ("state", "district"):
        found = reuse_of_service(newcomer, "hundesteuer", rule="coverage", by=by)
        assert found.total == before.total
    other.dispose()
    (told,) = projection_check.check(ctx).differences
    assert (told.service_id, told.where) == ("hundesteuer", "projection")
    assert "cannot be read" in told.detail
    assert record(ctx, {**live, "effective_on": "2026-11-01"}) == 1
    assert differences(ctx) == [], "whoever writes about the service writes all of it anew"
    with ctx.database.writing() as session:
        session.execute(spoil.values({column: b"abc"}))
    projection_check.rebuild(ctx)
    assert differences(ctx) == []


def test_an_event_rolled_back_leaves_no_trace_in_the_projection(ctx: Context) -> None:
    live = {
        "service_id": "hundesteuer",
        "authority_key": land.SEEDORF,
        "status": "live",
        "effective_on": "2026-05-01",
    }
    record(ctx, live)
    with ctx.database.reading() as session:
        before = projection.intervals_of(session, "hundesteuer")
    report = record_events(
        ctx,
        land.OPERATOR,
        [
            {**live, "authority_key": land.SEEHEIM},
            {**live, "status": "interested", "effective_on": "2026-06-01"},
        ],
    )
    assert not report.written
    with ctx.database.reading() as session:
        assert projection.intervals_of(session, "hundesteuer") == before


def test_the_tick_takes_care_of_what_changes_by_date_alone(ctx: Context, clock: Clock) -> None:
    live = {"service_id": "hundesteuer", "authority_key": land.SEEDORF, "status": "live"}
    tomorrow = (ctx.today() + timedelta(1)).isoformat()
    record(
        ctx,
        {**live, "effective_on": tomorrow},
        {**live, "authority_key": land.SEEHEIM, "effective_on": "2026-05-01"},
    )
    assert reuse_of_service(ctx, "hundesteuer").total.numerator == 1
    assert projection_check.tick(ctx).rolled == 0
    clock.tick(days=1)
    assert reuse_of_service(ctx, "hundesteuer").total.numerator == 2, "right before the tick, too"
    assert projection_check.tick(ctx) == projection_check.Tick(0, 1)
    assert projection_check.tick(ctx) == projection_check.Tick(0, 0)
    clock.tick(days=900)
    assert reuse_of_service(ctx, "hundesteuer").total.classes["unconfirmed"] == 2
    assert projection_check.check(ctx).due == 1
    assert projection_check.tick(ctx).rolled == 1, "days off are caught up at once"
    assert projection_check.check(ctx).due == 0
    assert differences(ctx) == []


def test_services_from_before_the_projection_are_read_from_events_and_projected_by_the_tick(
    ctx: Context,
) -> None:
    for number in range(20):
        record(ctx, some_event(Random(number), number))
    before = {
        one: reuse_of_service(ctx, one, rule="coverage").total
        for one in ("hundesteuer", "wohnsitz", "zentral")
    }
    with ctx.database.writing() as session:
        session.execute(delete(ServiceProjectionRow))
        session.execute(delete(AdoptionIntervalRow))
        head.renew(session, head.lock(session))
    assert {one: reuse_of_service(ctx, one, rule="coverage").total for one in before} == before
    assert projection_check.tick(ctx).projected == 4
    assert differences(ctx) == []
    assert {one: reuse_of_service(ctx, one, rule="coverage").total for one in before} == before


def test_roll_ups_are_right_whatever_the_order_of_eight_threads(ctx: Context) -> None:
    events = [some_event(Random(number), number) for number in range(48)]
    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(lambda one: record_events(ctx, land.OPERATOR, [one]), events))
    assert differences(ctx) == []
    with ctx.database.reading() as session:
        assert head.head(session).last_event_id > 10


def _write_in_a_process(url: str, first: int) -> int:
    database = Database(open_engine(url))
    context = Context(
        database, Settings(_env_file=None, database_url=url), EmbeddedEngine(database), lambda: NOW
    )
    try:
        numbers = range(first, first + 8)
        return sum(record(context, some_event(Random(number), number)) for number in numbers)
    finally:
        database.dispose()


def test_roll_ups_are_right_whatever_the_order_of_eight_processes(ctx: Context) -> None:
    url = ctx.database.engine.url.render_as_string(hide_password=False)
    # Forked off a process that has loaded everything and opened nothing: each loading it all again takes seconds.
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload([__name__])
    with ProcessPoolExecutor(WRITERS, mp_context=processes) as pool:
        written = sum(pool.map(_write_in_a_process, [url] * WRITERS, range(0, 8 * WRITERS, 8)))
    with ctx.database.reading() as session:
        assert session.execute(text("SELECT count(*) FROM adoption_event")).scalar_one() == written > 10
    assert differences(ctx) == []
