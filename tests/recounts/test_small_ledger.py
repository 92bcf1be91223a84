"""A random ledger of 3,000 events over the small land, recounted by SQL: every route agrees, on both databases."""

from datetime import date, timedelta

from marketplace import create_app
from marketplace.actions.adoption_files import import_with_rejects
from marketplace.actions.authority_attributes import import_attributes
from marketplace.actions.bulk_recording import FileOptions
from marketplace.actions.context import Context
from tests import land
from tests.conftest import Clock
from tests.recounts.export import export
from tests.recounts.random_files import RandomFiles, random_attributes
from tests.recounts.recounting import ATTRIBUTES, CLASSES, RULES, Recounting
from tests.recounts.routes import Routes, ask_everything, compare_series, end_of_month
from tests.store.test_recount import settle_widely

EVENTS = 1_500
REGIONS = (land.HAMBURG, land.BAVARIA, land.SUEDKREIS, land.NORDSTADT, land.NORDSTADT_TOWN, land.SEEDORF)
SERVICES = ("wohnsitz", "central", "bezirke", "kreise", "ohne-land")

# The last day on which the oldest word of somebody eligible is fresh, and the day after.
TURNING = """
SELECT date(min(confirmed_on), '+730 days'), date(min(confirmed_on), '+731 days')
FROM result
WHERE status = 'live' AND is_inherited = 0 AND is_claim = 0 AND proof_until IS NULL
"""


def test_every_route_agrees_with_a_recount_by_sql(context: Context, clock: Clock) -> None:
    settle_widely(context)
    today = clock.now.date()
    with context.database.reading() as session:
        before = Recounting(export(session), today, clock.now)
    files = RandomFiles(before, 20261122, clock.now, pace=60, covers=0.01)
    options = FileOptions(skip_rejected=True, backfilled=True)
    report = import_with_rejects(context, land.OPERATOR, files.file(EVENTS), options).report
    assert report.accepted > EVENTS / 2
    clock.tick(hours=1)
    with context.database.reading() as session:
        reformed = Recounting(export(session), today, clock.now)
    assert import_attributes(context, land.OPERATOR, random_attributes(reformed, 1, 4)).written
    said = clock.tick(hours=1)
    clock.tick(hours=1)
    assert import_attributes(context, land.OPERATOR, random_attributes(reformed, 2, 4)).written
    clock.tick(hours=1)
    with context.database.reading() as session:
        exported = export(session)
    routes = Routes(create_app(context).test_client(), exported)
    now, earlier = clock.now, clock.now - timedelta(days=500)
    days = ((date(2021, 4, 1), now), (date(2025, 3, 30), earlier), (date(2026, 6, 30), said), (today, now))
    asked = [routes.at(as_of, known_at) for as_of, known_at in days]
    several = ("wohnsitz", "bezirke", "teil")
    for one, services in zip(asked, ((), several, several[:1], several), strict=True):
        regions = [key for key in REGIONS if one.recounting.has_region(key)]
        ask_everything(one, services, regions, groupings=("district", "size_class", "kind", *ATTRIBUTES))
    fresh, stale = asked[-1].recounting.connection.execute(TURNING).fetchone()
    for day in (fresh, stale):
        routes.at(date.fromisoformat(day), now).overview("coverage", "authorities")
    # Reading over time is the database's, counting by a rule is not: half of the rules will do on PostgreSQL.
    rules = RULES if context.database.is_sqlite else RULES[::2]
    for rule in rules:
        for service, one in zip(SERVICES, asked[:-1], strict=False):
            asked[-1].changes(service, rule, one)
    months = [routes.at(min(end_of_month(today, back), today), now) for back in (2, 1, 0)]
    compare_series(routes, SERVICES[:2], rules, months)
    seen = {
        name for one in asked for (name,) in one.recounting.connection.execute("SELECT class FROM reading")
    }
    assert seen == {*CLASSES, "excluded"}
    assert any(one.recounting.handed_over for one in asked)
    assert routes.compared > 3_000
