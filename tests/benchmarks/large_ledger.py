"""A ledger of any size over the official register: 2,000 services, events spread over authorities and five years."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, cast

from sqlalchemy import Table, insert

from marketplace.actions import projection
from marketplace.actions.context import Context
from marketplace.actions.projection import Moment
from marketplace.actions.seed import seed
from marketplace.actions.structure import Structure
from marketplace.store import head
from marketplace.store.rows import insert_rows
from marketplace.store.tables import AdoptionEventRow, ServiceFactRow, ServiceRow

SERVICES = 2_000
SETS = ("municipalities", "municipalities", "local_administrations", "registration_authorities", "districts")
FIRST_DAY = date(2021, 1, 1)
DAYS = 2_100
SEED = 20261122
COLUMNS = (
    "id", "service_id", "authority_id", "authority_key", "status", "scope", "effective_on", "recorded_at",
    "asserted_by", "proof", "proof_until", "source", "ref", "actor",
)  # fmt: skip
PATHS = (
    ("live",),
    ("agreed", "live"),
    ("interested", "connecting", "live"),
    ("live", "ended"),
    ("own_solution",),
)


def fill(ctx: Context, events: int, progress: Callable[[str], None]) -> None:
    """Seed an empty database without its demo, add services until there are ``SERVICES``, record and project."""
    seed(ctx, with_demo=False)
    names = _add_services(ctx)
    progress("services")
    with ctx.database.reading() as session:
        structure = Structure(session, ctx.clock())
        rosters = {name: structure.segment_on(session, name, ctx.today()).roster for name in names}
    progress("rosters")
    random = Random(SEED)
    each = events // len(names)
    recorded = datetime(2026, 11, 1, tzinfo=UTC)
    with ctx.database.writing() as session:
        held = head.lock(session)
        sqlite = ctx.database.is_sqlite
        number = held.last_event_id
        total = 0
        for service in names:
            rows: list[tuple[Any, ...]] = []
            towns = rosters[service].authorities
            while len(rows) < each:
                town = random.choice(towns)
                day = FIRST_DAY + timedelta(random.randrange(DAYS))
                for status in random.choice(PATHS):
                    number += 1
                    proof = random.random() < 0.5
                    rows.append((
                        number, service, town.id, town.key, status, "own", day.isoformat() if sqlite else day,
                        recorded.replace(tzinfo=None).isoformat(" ") + ".000000" if sqlite else recorded,
                        "authority", "contract" if proof else "none", None, "bench", str(number), "bench",
                    ))  # fmt: skip
                    day += timedelta(random.randrange(20, 200))
            total += len(rows)
            insert_rows(session, cast("Table", AdoptionEventRow.__table__), COLUMNS, rows)
        progress(f"{total} events")
        head.advance(session, held, recorded, events=total)
    rebuild(ctx, names)
    progress("projected")


def rebuild(ctx: Context, names: list[str]) -> None:
    for start in range(0, len(names), 100):
        with ctx.database.writing() as session:
            held = head.lock(session)
            known_at = held.last_recorded_at or ctx.clock()
            moment = Moment(head.renew(session, held), known_at, ctx.today())
            for service in names[start : start + 100]:
                projection.project_anew(session, service, held, moment, known_at)


def _add_services(ctx: Context) -> list[str]:
    """Add entries as rows: what a form would refuse nobody reads here."""
    now = ctx.clock()
    with ctx.database.writing() as session:
        held = head.lock(session)
        recorded_at = head.advance(session, held, now)
        there = session.query(ServiceRow.id).filter(ServiceRow.part_of.is_(None)).all()
        names = [f"dienst-{number}" for number in range(SERVICES - len(there))]
        session.execute(
            insert(ServiceRow),
            [
                {
                    "id": name, "name": f"Dienst {n}", "name_folded": f"dienst {n}", "summary": "s", "description": "d",
                    "kind": "online_service", "lead_state": f"{n % 16 + 1:02}", "partner_states": [],
                    "theme_field_id": "bildung", "authority_set_id": SETS[n % len(SETS)],
                    "authority_set_assumed": False, "activation": "each", "status": "published", "version": 1,
                    "contacts": [], "sources": {}, "created_at": now, "updated_at": now,
                }
                for n, name in enumerate(names)
            ],
        )  # fmt: skip
        session.execute(
            insert(ServiceFactRow),
            [
                {
                    "service_id": name, "lead_state": f"{n % 16 + 1:02}", "partner_states": [],
                    "authority_set_id": SETS[n % len(SETS)], "activation": "each", "recorded_at": recorded_at,
                }
                for n, name in enumerate(names)
            ],
        )  # fmt: skip
    return names
