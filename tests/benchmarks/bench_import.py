"""Reading, judging and writing a file of events over the whole register; on PostgreSQL too where one is given.

Prints rows a second against size, for the first reading and for the second, which changes nothing.
"""

import time
from collections.abc import Sequence
from datetime import date, timedelta

from marketplace.actions.adoption_files import import_file
from marketplace.actions.context import Context
from marketplace.actions.eligible import Eligibility
from marketplace.actions.seed import seed
from marketplace.domain.access import Actor, Role
from marketplace.domain.reading import Activation
from marketplace.domain.service import ServiceFacts
from marketplace.store import head
from marketplace.store.database import Database
from tests import land

SIZES = (10_000, 50_000, 100_000)
SERVICES = 10
BEGIN, DAYS = date(2026, 1, 1), timedelta(days=300)
WANTED = {"sqlite": 50_000, "postgresql": 35_000}
OPERATOR = Actor.of("command line", "marketplace-operator", Role.OPERATOR)
HEADING = "service_id;authority_key;status;effective_on;proof;source;ref"


def municipalities(ctx: Context) -> list[str]:
    facts = ServiceFacts(None, (), "municipalities", Activation.EACH, None)
    with ctx.database.reading() as session:
        known_at = head.known_now(session, ctx.clock())
        return list(Eligibility(session, BEGIN, known_at).of(facts).members or ())


def a_file(keys: Sequence[str], size: int) -> bytes:
    """Make a file of ``size`` rows: each authority once a service, days spread over ten months."""
    lines = [HEADING]
    for number in range(size):
        day = BEGIN + timedelta(days=number % DAYS.days)
        status = ("live", "agreed", "interested", "connecting")[number % 4]
        service = f"messdienst-{size}-{number // len(keys)}"
        lines.append(f"{service};{keys[number % len(keys)]};{status};{day};contract;Messung {size};{number}")
    return "\n".join(lines).encode()


def test_import_of_files(context: Context, database: Database) -> None:
    name = database.engine.dialect.name
    seed(context, with_demo=False)
    keys = municipalities(context)
    for size in SIZES:
        for number in range(-(-size // len(keys))):
            land.add_service(
                context, f"messdienst-{size}-{number}", authority_set="municipalities", publisher="dataport"
            )
    print(f"\n  {name}: wanted {WANTED[name]} rows/s for 100,000 rows, the second time 0 changes")
    for size in SIZES:
        data = a_file(keys, size)
        begun = time.perf_counter()
        first = import_file(context, OPERATOR, data)
        took = time.perf_counter() - begun
        begun = time.perf_counter()
        second = import_file(context, OPERATOR, data)
        again = time.perf_counter() - begun
        assert (first.accepted, first.rejected) == (size, 0)
        assert (second.accepted, second.unchanged) == (0, size)
        print(
            f"  {name:10} {size:>7} rows: {took:5.2f} s, {size / took:>7.0f} rows/s, {took / size * 1e6:5.1f} µs a row; "
            f"again {again:5.2f} s, {size / again:>7.0f} rows/s"
        )
