"""The same request on SQLite with the embedded engine and on PostgreSQL with Elasticsearch gives the same answer."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from marketplace import create_app
from marketplace.actions import search_index
from marketplace.actions.context import Context
from marketplace.actions.seed import seed
from marketplace.store import schema
from marketplace.store.database import Database, open_engine
from tests.conftest import NOW, Clock, empty_postgresql
from tests.search.conftest import elasticsearch_engine, elasticsearch_settings, unbothered

API = "/api/v1"
PATHS = (
    "/services?page_size=50", "/services?kind=platform&sort=-name", "/services?lead_state=05&theme_field=arbeit-ruhestand",
    "/services?page=2&page_size=7", "/services/wohngeld-online", "/services/digitale-baugenehmigung",
    "/procedures?page_size=30", "/procedures?q=Führerschein", "/procedures/99107023000000", "/bundles?page=3",
    "/bundles/10124", "/theme-fields", "/organisations?page_size=100", "/organisations/dataport",
    "/regions?kind=state", "/regions?q=muenchen", "/regions?q=köln", "/regions?q=37318", "/regions?kind=municipality&state=16&page_size=100",
    "/regions/09162", "/regions/16061097", "/regions/160615051119?as_of=2024-01-01",
    "/authority-sets", "/authority-sets/registration_authorities?as_of=2025-08-31", "/authority-sets/districts?as_of=2023-12-01",
    "/services/wohngeld-online/adoptions?page_size=200", "/services/elektronische-wohnsitzanmeldung/adoptions?page=4",
    "/services/wohngeld-online/adoptions?as_of=2024-05-01&known_at=2024-06-30",
    "/regions/09/adoptions", "/regions/09162000/adoptions", "/regions/00/adoptions?as_of=2025-01-01",
    "/services/bafoeg-digital/adoption-events?page_size=100", "/counting-rules",
    "/statistics/reuse?service=elektronische-wohnsitzanmeldung", "/statistics/reuse?service=wohngeld-online&by=district",
    "/statistics/reuse?service=wohngeld-online&by=size_class&unit=population&rule=coverage@1",
    "/statistics/reuse?service=civento&as_of=2024-03-01&known_at=2024-04-01", "/statistics/reuse?service=sozialplattform-buergergeld",
    "/statistics/reuse?service=wohngeld-online&service=elektronische-wohnsitzanmeldung&by=kind&suppress_below=20",
    "/statistics/reuse?service=wohngeld-online&by=degree_of_urbanisation", "/statistics/reuse?service=wohngeld-online&by=it_provider",
    "/statistics/overview?sort=-rate", "/statistics/overview?rule=at-least-one&theme_field=familie-kind&suppress_below=3",
    "/statistics/matrix", "/statistics/matrix?rows=theme_field&columns=size_class&rule=coverage&suppress_below=50",
    "/statistics/series?service=elektronische-wohnsitzanmeldung&from=2025-01&to=2026-10&by=size_class&unit=population",
    "/statistics/changes?service=elektronische-wohnsitzanmeldung&from=2024-06-30&by=size_class&rule=coverage",
    "/statistics/changes?service=wohngeld-online&from=2023-06-30&to=2026-01-31&known_from=2023-07-31&unit=population",
    "/statistics/regions/01001", "/statistics/regions/09", "/statistics/regions/091620000000?as_of=2025-03-31&known_at=2025-06-30",
    "/search?q=", "/search?q=wohngeld", "/search?q=Fuehrerschein&kind=online_service", "/search?q=10124",
    "/search?q=Anmeldung Wohnung&page_size=5", "/search?q=digital&lead_state=13&lead_state=05", "/search?q=xyzzy",
    "/search?q=Hundesteuer&in=procedures", "/search?q=99107023&in=procedures", "/search?in=procedures&page=40",
    "/statistics/questions", "/statistics/questions/size-classes", "/statistics/questions/size-classes?rows=service&unit=population",
    "/statistics/questions/joined-states?service=elektronische-wohnsitzanmeldung", "/statistics/questions/joined-states?service=bafoeg-digital&as_of=2024-06-30",
    "/statistics/questions/reusing-states?at_least=3", "/statistics/questions/reusing-states?rule=area-wide-by-state&at_least=1",
    "/statistics/questions/online-in-state?state=05", "/statistics/questions/paid-services?state=05&below=0.5",
    "/statistics/questions/nearly-area-wide?missing=20", "/statistics/questions/planned-go-lives",
    "/statistics/questions/one-or-all", "/statistics/questions/one-or-all?as_of=2025-03-31&known_at=2025-06-30",
    "/services/wohngeld-online/versions", "/services/wohngeld-online/versions/1", "/services/wohngeld-online?as_of=2026-11-22",
    "/services/wohngeld-online/self-check", "/organisations/dataport",
    "/services/nothing", "/statistics/reuse?service=wohngeld-online&by=colour", "/search?q=a&colour=red",
)  # fmt: skip


@pytest.fixture(scope="module")
def embedded(seeded: Context) -> FlaskClient:
    return create_app(seeded).test_client()


@pytest.fixture(scope="module")
def production(postgresql_url: str) -> Iterator[FlaskClient]:
    database = Database(open_engine(postgresql_url))
    schema.upgrade(database.engine)
    empty_postgresql(database)
    settings = elasticsearch_settings().model_copy(update={"database_url": postgresql_url})
    with elasticsearch_engine(settings, database) as engine:
        ctx = Context(database, settings, engine, Clock(NOW))
        seed(ctx, with_demo=True)
        search_index.rebuild(ctx, unbothered)
        yield create_app(ctx).test_client()
    database.dispose()


@pytest.mark.postgresql
@pytest.mark.elasticsearch
@pytest.mark.parametrize("path", PATHS)
def test_both_stacks_answer_alike(embedded: FlaskClient, production: FlaskClient, path: str) -> None:
    one, other = embedded.get(API + path), production.get(API + path)
    assert one.status_code == other.status_code
    first, second = one.get_json(), other.get_json()
    for answer in (first, second):
        answer.pop("engine", None)
        answer.pop("request_id", None)
    assert first == second
