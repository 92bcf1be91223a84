"""A file judged by columns says and writes what the same rows do one by one, on both databases."""

import random
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from marketplace.actions.bulk_recording import FileOptions, record_table
from marketplace.actions.context import Context
from marketplace.actions.event_candidates import RowOutcome
from marketplace.actions.judging import Judge
from marketplace.actions.recording import EventReport, append
from marketplace.domain.access import Actor
from marketplace.exchange.adoption_cells import cell_text
from marketplace.exchange.adoption_rows import EventTable, read_events
from marketplace.exchange.tables import Column, Table, csv_bytes
from marketplace.search.engines.embedded import EmbeddedEngine
from marketplace.settings import Settings
from marketplace.store import head
from marketplace.store.database import Database, open_engine
from marketplace.store.tables import AdoptionEventRow
from tests import land

KEYS = (
    land.SEEDORF, land.SEEDORF, land.SEEHEIM, land.SEEHEIM, land.BERGSTADT, land.BERGSTADT, land.NORDSTADT,
    land.NORDSTADT_TOWN, land.BUND_AM_SEE, land.SUEDKREIS, land.HAMBURG, land.BAVARIA, land.FOREST, "00", "09170101",
    f" {land.SEEDORF} ", "999999999999", "", None,
)  # fmt: skip
STATUSES = (
    "interested",
    "agreed",
    "connecting",
    "live",
    "live",
    "ended",
    "declined",
    "own_solution",
    "not_competent",
)
TYPED = (("note", 7), ("ref", ["a"]), ("service_id", 3), ("unheard", None), ("status", {"live": 1}))
RARE: Sequence[tuple[str, Callable[[random.Random], Any]]] = (
    ("corrects", lambda r: r.choice([r.randint(1, 60), f"ref:{r.randint(1, 40)}", "ref:none"])),
    ("answers", lambda r: r.randint(1, 60)),
    ("except", lambda r: r.choice([[land.SEEDORF], [land.HAMBURG], [land.SEEHEIM, land.BERGSTADT]])),
    ("parts", lambda r: r.choice([["teil"], ["kein-teil"]])),
    ("maturity", lambda r: r.choice([{"model": "2.0", "level": 5}, {"model": "1.1", "level": 7}])),
    ("offer_id", lambda _: "angebot"),
    ("on_behalf_of", lambda _: "dataport"),
)
EXTRAS: Sequence[tuple[str, tuple[Any, ...]]] = (
    ("scope", ("own", "below", "below", "beside")),
    ("proof", ("none", "link", "contract", "usage", "word")),
    ("proof_url", ("https://example.org/beleg", "no address")),
    ("proof_until", ("2027-01-31", "2026-04-30", "2027-02-31", "2100-01-01")),
    ("note", ("so", " so ", "zwei\nZeilen", "fest\u00a0gesetzt", "mit \\ und \t", "\x00", "x" * 2001)),
    ("reason", ("zu teuer", "  ")),
    ("planned_live_on", ("2027-03-01", "1989-12-31")),
    ("connection", ("xoev", "pdf", "pigeon")),
)


@pytest.fixture
def ctx(context: Context) -> Context:
    _settle(context)
    return context


@pytest.fixture
def reference(
    migrated_sqlite: Path, tmp_path: Path, settings: Settings, clock: Callable[[], datetime]
) -> Iterator[Context]:
    """Another database with the same land, whose events are recorded one by one."""
    path = tmp_path / "reference.sqlite"
    shutil.copy(migrated_sqlite, path)
    database = Database(open_engine(f"sqlite:///{path}"))
    ctx = Context(database, settings, EmbeddedEngine(database), clock)
    _settle(ctx)
    yield ctx
    database.dispose()


def _settle(ctx: Context) -> None:
    land.settle(ctx)
    land.add_service(ctx, "spaeter", authority_set="municipalities", available_from="2026-05-15")
    land.add_service(ctx, "ohne-menge")
    land.add_service(ctx, "teil", part_of="hundesteuer")
    land.add_service(ctx, "entwurf", status="draft")


def random_event(r: random.Random) -> dict[str, Any]:
    event: dict[str, Any] = {
        "service_id": r.choice(
            ("hundesteuer",) * 5 + ("wohnsitz",) * 4 + ("spaeter", "ohne-menge", "teil", "entwurf")
        ),
        "authority_key": r.choice(KEYS),
        "status": r.choice(STATUSES) if r.random() < 0.97 else r.choice(("void", "dead", " live ")),
        "effective_on": f"2026-{r.randint(1, 9):02}-{r.randint(1, 30):02}",
    }
    if r.random() < 0.5:
        event |= {"source": r.choice(("Meldung", "Register")), "ref": str(r.randint(1, 40))}
    for name, choices in EXTRAS:
        if r.random() < 0.1:
            event[name] = r.choice(choices[:1] if r.random() < 0.6 else choices)
    if event["status"] == "declined" and r.random() < 0.9:
        event["reason"] = "zu teuer"
    if r.random() < 0.12:
        name, make = r.choice(RARE)
        event[name] = make(r)
    return event


def random_batch(r: random.Random, said: list[dict[str, Any]]) -> list[dict[str, Any]]:
    batch = [random_event(r) for _ in range(r.randint(1, 25))]
    batch += [dict(r.choice(said)) for _ in range(r.randint(0, 3)) if said]
    batch += [dict(r.choice(batch)) for _ in range(r.randint(0, 2))]
    r.shuffle(batch)
    return batch


def as_file(items: Sequence[Mapping[str, Any]]) -> bytes:
    names = list(dict.fromkeys(name for item in items for name in item))
    rows = [[cell_text(item.get(name)) for name in names] for item in items]
    return csv_bytes(Table("events", [Column(name) for name in names], rows))


def outcomes(rows: Any) -> list[Any]:
    return [
        (row.row, row.outcome, [(e.field, e.rule, e.message) for e in row.errors], row.same_as)
        for row in rows
    ]


def events(ctx: Context) -> list[dict[str, Any]]:
    columns = AdoptionEventRow.__table__.c
    with ctx.database.reading() as session:
        return [dict(row) for row in session.execute(select(*columns).order_by(columns.id)).mappings()]


def record_one_by_one(ctx: Context, actor: Actor, items: list[dict[str, Any]]) -> list[RowOutcome]:
    """Record the rows of a file without looking at them by columns."""
    with ctx.database.writing() as session:
        held, now = head.lock(session), ctx.clock()
        judge = Judge(session, actor, now, held)
        judge.of_file = True
        rows, accepted = judge.judge(items)
        if EventReport(rows, dry_run=False).written:
            append(session, actor, accepted, held, now)
        return rows


def record_both(
    reference: Context, ctx: Context, actor: Actor, items: list[dict[str, Any]], table: EventTable
) -> list[Any]:
    one_by_one = outcomes(record_one_by_one(reference, actor, items))
    by_columns = outcomes(record_table(ctx, actor, table, FileOptions()).rows)
    assert by_columns == one_by_one
    return one_by_one


@pytest.mark.parametrize("seed", range(3))
def test_a_file_has_the_outcomes_and_events_of_its_rows_one_by_one(
    reference: Context, ctx: Context, seed: int
) -> None:
    r = random.Random(seed)
    said: list[dict[str, Any]] = []
    written = 0
    for _ in range(20):
        items = random_batch(r, said)
        actor = r.choice([land.OPERATOR] * 6 + [land.PUBLISHER, land.clerk_of(land.SEEDORF)])
        as_csv = r.random() < 0.6
        if not as_csv and r.random() < 0.5:
            name, value = r.choice(TYPED)
            r.choice(items)[name] = value
        while items:
            table = EventTable.of(items)
            if as_csv and all("\x00" not in str(item.get("note")) for item in items):
                table = read_events(as_file(items))
            found = record_both(reference, ctx, actor, items, table)
            left = [item for item, outcome in zip(items, found, strict=True) if outcome[1] != "rejected"]
            if len(left) == len(items):
                written += sum(outcome[1] == "accepted" for outcome in found)
                said += items
                break
            items = left
    assert written > 30
    assert events(ctx) == events(reference)


@pytest.mark.parametrize("seed", range(3))
def test_the_rest_of_a_file_read_again_changes_nothing(ctx: Context, seed: int) -> None:
    r = random.Random(seed)
    rest = FileOptions(skip_rejected=True)
    repeated = 0
    for _ in range(25):
        items = [
            {
                "service_id": "hundesteuer",
                "authority_key": r.choice((land.SEEDORF, land.SEEHEIM)),
                "status": r.choice((*STATUSES, "agreed")),
                "effective_on": f"2026-03-0{r.randint(1, 3)}",
                "reason": "zu teuer",
                **r.choice(({}, {}, {"note": "so"}, {"maturity": {"model": "2.0", "level": 5}})),
                **r.choice(({}, {"proof": "contract"}, {"source": "Meldung", "ref": str(r.randint(1, 400))})),
            }
            for _ in range(r.randint(2, 8))
        ]
        first = record_table(ctx, land.OPERATOR, EventTable.of(items), rest)
        again = record_table(ctx, land.OPERATOR, EventTable.of(items), rest)
        assert [row.outcome for row in again.rows if row.outcome == "accepted"] == []
        assert again.refused.keys() == first.refused.keys()
        repeated += first.written and bool(first.refused)
    assert repeated > 5
