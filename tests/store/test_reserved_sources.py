"""Nobody submits an event under a source of the marketplace's own: by API, by file or by a backfill."""

from typing import Any

import pytest

from marketplace.actions.bulk_recording import FileOptions, record_table
from marketplace.actions.context import Context
from marketplace.actions.recording import record_events
from marketplace.exchange.adoption_rows import EventTable
from tests import land

OWN = ["demo", "usage", "merge", "dashboard"]
REASON = "is reserved for what the marketplace writes itself: name a source of your own"


@pytest.fixture
def ctx(context: Context) -> Context:
    land.settle(context)
    return context


def event(source: str, **fields: Any) -> dict[str, Any]:
    return {
        "service_id": "hundesteuer", "authority_key": land.SEEDORF, "status": "live", "effective_on": "2026-06-01",
        "source": source,
    } | fields  # fmt: skip


@pytest.mark.parametrize("source", OWN)
@pytest.mark.parametrize(
    "who", [land.COORDINATION, land.PUBLISHER, land.OPERATOR], ids=["coordination", "publisher", "operator"]
)
def test_nobody_submits_an_event_under_a_source_of_the_marketplaces_own(
    ctx: Context, who: Any, source: str
) -> None:
    (row,) = record_events(ctx, who, [event(f" {source} ", ref="1")]).rows
    assert [(one.field, one.rule, one.message) for one in row.errors] == [
        ("source", "reserved", f"{source!r} {REASON}")
    ]


@pytest.mark.parametrize("who", [land.COORDINATION, land.OPERATOR], ids=["coordination", "operator"])
@pytest.mark.parametrize("source", OWN)
def test_a_file_names_no_source_of_the_marketplaces_own(ctx: Context, who: Any, source: str) -> None:
    table = EventTable.of([event(source), event("Meldung", authority_key=land.SEEHEIM)])
    report = record_table(ctx, who, table, FileOptions())
    assert [[(one.field, one.rule) for one in row.errors] for row in report.rejected_rows()] == [
        [("source", "reserved")]
    ]
    assert not report.written


@pytest.mark.parametrize(
    ("source", "taken"), [("dashboard", True), ("usage", True), ("demo", False), ("merge", False)]
)
def test_a_ledger_moved_from_elsewhere_brings_use_and_the_dashboard_but_no_demo_and_no_merge(
    ctx: Context, source: str, taken: bool
) -> None:
    brought = {"recorded_at": "2026-06-02", "asserted_by": "authority"}
    plain = event(source, ref="1", **brought)
    rare = event(source, authority_key=land.SEEHEIM, maturity={"model": "2.0", "level": 4}, **brought)
    report = record_table(ctx, land.OPERATOR, EventTable.of([plain, rare]), FileOptions(backfilled=True))
    assert (report.accepted, report.rejected) == ((2, 0) if taken else (0, 2))
