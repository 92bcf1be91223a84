"""Two ledgers over the full register, recounted by SQL: the demo, and a random one of 100,000 events.

``make recount`` runs it: every route of the statistics must agree, today, on earlier days and by earlier knowledge.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from random import Random

from flask.testing import FlaskClient

from marketplace import create_app
from marketplace.actions.adoption_files import import_with_rejects
from marketplace.actions.authority_attributes import import_attributes
from marketplace.actions.authority_sets import put_set
from marketplace.actions.bulk_recording import FileOptions
from marketplace.actions.context import Context
from marketplace.actions.service_writing import patch_service
from marketplace.actions.services import get_service
from marketplace.actions.successions import confirm_successions, proposals_csv, propose_successions
from marketplace.domain.access import Actor, Role
from tests import land
from tests.conftest import Clock
from tests.recounts.export import export
from tests.recounts.random_files import RandomFiles, random_attributes
from tests.recounts.recounting import RULES, Recounting
from tests.recounts.routes import Asked, Routes, ask_everything, compare_series, end_of_month

EVENTS, FILE, AUTHORITIES = 100_000, 20_000, 5_000
# Munich, a town alone in its district, by two of its keys; a town of an association; a district, an association, states.
REGIONS = ("091620000000", "09162", "010515163010", "01051", "09175", "010515163", "01", "02", "09", "11")
OPERATOR = Actor.of("command line", "marketplace-operator", Role.OPERATOR)
TIMED = ("elektronische-wohnsitzanmeldung", "digitale-baugenehmigung", "feststellung-schwerbehinderung")
CENTRAL = "zentral-freigeschaltet"
EXCEPTED = "ausnahmen"


def say(line: str) -> None:
    sys.stdout.write(f"  {line}\n")
    sys.stdout.flush()


@contextmanager
def timed(what: str, routes: Routes | None = None) -> Iterator[None]:
    begun, compared = time.perf_counter(), routes.compared if routes else 0
    yield
    figures = f", {routes.compared - compared} comparisons" if routes else ""
    say(f"{what}: {time.perf_counter() - begun:.1f} s{figures}")


def routes_of(ctx: Context, client: FlaskClient) -> Routes:
    with timed("export"), ctx.database.reading() as session:
        return Routes(client, export(session))


def compare_everything(
    ctx: Context,
    client: FlaskClient,
    times: list[tuple[date, datetime]],
    services: list[str],
    now: datetime,
) -> None:
    """Compare every route at some pairs of times, the present one last."""
    routes = routes_of(ctx, client)
    asked: list[Asked] = []
    for as_of, known_at in times:
        with timed(f"recount by SQL on {as_of} as known at {known_at:%Y-%m-%d %H:%M}"):
            asked.append(routes.at(as_of, known_at))
        wholes = asked[-1].recounting.wholes
        with timed(f"routes on {as_of}, {len(wholes)} services", routes):
            regions = [key for key in REGIONS if asked[-1].recounting.has_region(key)]
            # Every service is asked for in overview and matrix; one by one at the present more of them than earlier.
            one_by_one = services if as_of == now.date() else [*services[:3], services[-1]]
            ask_everything(asked[-1], one_by_one, regions)
    with timed("changes", routes):
        for service in services[:8]:
            for rule in RULES:
                for one in asked[:-1]:
                    asked[-1].changes(service, rule, one)
    days = [min(end_of_month(now.date(), back), now.date()) for back in (2, 1, 0)]
    months = [routes.at(day, now) for day in days]
    with timed("series", routes):
        compare_series(routes, services[:8], RULES, months)
    say(f"{routes.compared} comparisons agreed")


def test_the_demo_recounted_agrees_with_every_route(writable_seed: Context, clock: Clock) -> None:
    say("\n  the demo ledger")
    now = clock.now
    times = [
        (date(2022, 6, 30), now), (date(2025, 9, 1), now - timedelta(days=400)), (date(2024, 2, 29), now),
        (now.date(), now),
    ]  # fmt: skip
    services = [*TIMED, "ehe-online", "bundid", "digitale-baugenehmigung-vereinfachtes-verfahren"]
    compare_everything(writable_seed, create_app(writable_seed).test_client(), times, services, now)


def test_a_random_ledger_recounted_agrees_with_every_route(bare_seed: Context, clock: Clock) -> None:
    ctx = bare_seed
    client = create_app(ctx).test_client()
    say(f"\n  a random ledger of {EVENTS} events on {ctx.database.engine.dialect.name}")
    settle(ctx)
    with ctx.database.reading() as session:
        before = Recounting(export(session), clock.now.date(), clock.now)
    files = RandomFiles(before, 20261122, clock.now)
    accepted = 0
    with timed("recording"):
        while accepted < EVENTS:
            options = FileOptions(skip_rejected=True, backfilled=True)
            report = import_with_rejects(ctx, OPERATOR, files.file(FILE), options).report
            accepted += report.accepted
    say(f"{files.written} events drawn, {accepted} recorded")
    clock.tick(hours=1)
    with ctx.database.reading() as session:
        standing = Recounting(export(session), clock.now.date(), clock.now)
    assert import_attributes(ctx, OPERATOR, random_attributes(standing, 1, AUTHORITIES)).written
    written = clock.tick(hours=1)
    clock.tick(hours=1)
    mend(ctx)
    assert import_attributes(ctx, OPERATOR, random_attributes(standing, 2, AUTHORITIES)).written
    now = clock.tick(hours=1)
    times = [
        (date(2023, 6, 30), now), (date(2025, 9, 1), now - timedelta(days=400)), (date(2024, 12, 31), written),
        (now.date(), now),
    ]  # fmt: skip
    services = [
        *TIMED,
        CENTRAL,
        EXCEPTED,
        *Random(7).sample(sorted(files.sets), 6),
        "sozialplattform-buergergeld",
    ]
    compare_everything(ctx, client, times, list(dict.fromkeys(services)), now)


def settle(ctx: Context) -> None:
    """Add what the seed has none of: services that are switched on centrally, and a set with all sorts of exceptions."""
    exceptions = {
        "name": "Ausnahmen", "level": "district", "states": {"08": "municipality", "02": None, "11": "state"},
        "add": ["010515163010", "09"], "remove": ["09162"], "reason": "a test's own",
    }  # fmt: skip
    put_set(ctx, land.OPERATOR, EXCEPTED, exceptions, None)
    fields = {"publisher": "dataport", "lead_state": "02", "activation": "central"}
    land.add_service(
        ctx, CENTRAL, authority_set="municipalities", partner_states=["01"], origin="federal", **fields
    )
    land.add_service(ctx, EXCEPTED, authority_set=EXCEPTED, origin="own", **fields)


def mend(ctx: Context) -> None:
    """Correct what figures depend on, so that earlier knowledge differs: facts, a set, what became of ended regions."""
    for service, fields in (
        ("ehe-online", {"lead_state": "01", "activation": "central"}),
        ("digitaler-fuehrerscheinantrag", {"authority_set": "local_administrations"}),
        ("wohngeld-online", {"activation": "central"}),
    ):
        patch_service(ctx, land.OPERATOR, service, fields, get_service(ctx, service).service.version)
    changed = {
        "name": "Ausnahmen",
        "level": "district",
        "states": {"08": None},
        "add": ["09"],
        "reason": "a test's own",
    }
    put_set(ctx, land.OPERATOR, EXCEPTED, changed, 1)
    proposed = proposals_csv(propose_successions(ctx)).decode("utf-8-sig").splitlines()
    decided = [proposed[0], *(f"{line}a test's own" for line in proposed[1:])]
    confirmation = confirm_successions(ctx, land.OPERATOR, "\n".join(decided).encode())
    assert confirmation.report.written, confirmation.report
