"""A random ledger of 3,000 events over the small land, recounted by SQL: every route agrees, on both databases."""

from datetime import date, timedelta

from marketplace import create_app
from marketplace.actions.adoption_files import FileOptions, import_with_rejects
from marketplace.actions.context import Context
from tests import land
from tests.conftest import Clock
from tests.recounts.export import export
from tests.recounts.random_files import RandomFiles
from tests.recounts.recounting import CLASSES, RULES, Recounting
from tests.recounts.routes import Routes, ask_everything, compare_series, end_of_month
from tests.store.test_recount import settle_widely

EVENTS = 3_000
REGIONS = (land.HAMBURG, land.BAVARIA, land.SUEDKREIS, land.NORDSTADT, land.NORDSTADT_TOWN, land.SEEDORF)


def test_every_route_agrees_with_a_recount_by_sql(context: Context, clock: Clock) -> None:
    settle_widely(context)
    today = clock.now.date()
    with context.database.reading() as session:
        before = Recounting(export(session), today, clock.now)
    files = RandomFiles(before, 20261122, clock.now)
    options = FileOptions(skip_rejected=True, backfilled=True)
    report = import_with_rejects(context, land.OPERATOR, files.file(EVENTS), options).report
    print(len(report.refused))
    clock.tick(hours=1)
    with context.database.reading() as session:
        exported = export(session)
    (events,) = exported.execute("SELECT count(*) FROM event").fetchone()
    print(events)
