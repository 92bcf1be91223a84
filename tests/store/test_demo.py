"""The demo: plausible, allowed, marked, and gone without a trace when it is taken away."""

from collections import defaultdict
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from marketplace.actions import demo
from marketplace.actions.context import Context
from marketplace.actions.delegations import grant
from marketplace.actions.recording import record_events
from marketplace.actions.reuse import reuse_of_service
from marketplace.domain.adoption import Event, Scope, Status, known, sequence_refusals
from marketplace.domain.demo import HORIZON
from marketplace.errors import Conflict
from marketplace.store import delegations, ledger, service_lists
from marketplace.store.tables import OrganisationRow
from tests import land
from tests.own_sources import record_reserved


def all_events(ctx: Context) -> dict[str, list[Event]]:
    with ctx.database.reading() as session:
        names = service_lists.published_names(session)
        return {service_id: ledger.events_of_service(session, service_id) for service_id, _ in names}


def test_every_step_of_the_demo_is_one_that_the_ledger_allows(seeded: Context) -> None:
    for events in all_events(seeded).values():
        sequences: dict[Any, list[Event]] = defaultdict(list)
        for event in known(events, seeded.clock()):
            sequences[event.authority_id, event.scope, event.is_claim].append(event)
        for sequence in sequences.values():
            assert sequence_refusals(sequence) == []


def test_the_demo_shows_every_status_claims_statements_and_covers(seeded: Context) -> None:
    events = [event for own in all_events(seeded).values() for event in own]
    assert {event.status for event in events} == set(Status) - {Status.VOID}
    assert {event.is_claim for event in events} == {True, False}
    assert {event.scope for event in events} == set(Scope)
    assert {event.effective_on.year for event in events} == set(range(2021, HORIZON.year + 1))
    assert any(event.except_ids for event in events)


def test_the_demo_names_a_part_only_where_its_authority_executes_it(seeded: Context) -> None:
    said = [
        {
            "service_id": service_id, "authority_key": event.authority_key, "status": event.status,
            "scope": event.scope, "effective_on": event.effective_on.isoformat(), "parts": event.parts,
            "reason": "wie erfunden",
        }
        for service_id, own in all_events(seeded).items()
        for event in own
        if event.parts
    ]  # fmt: skip
    report = record_events(seeded, land.OPERATOR, said, dry_run=True)
    assert len(report.rows) > 100
    assert not [error for row in report.rows for error in row.errors if error.field == "authority_key"]


def test_the_share_falls_with_the_size_of_the_municipality(seeded: Context) -> None:
    figure = reuse_of_service(seeded, "wirtschafts-service-portal-nrw", by="size_class", rule="coverage")
    entitled = {row.key: (row.contracted or 0) / (row.denominator or 1) for row in figure.rows}
    assert entitled["<5k"] < entitled["10-20k"] < entitled["100-500k"]


def test_the_demo_is_the_same_every_time_and_made_once(context: Context) -> None:
    land.settle(context)
    assert demo.generate(context) > 0
    first = all_events(context)
    assert demo.generate(context) == 0
    demo.remove(context)
    assert demo.generate(context) > 0
    again = all_events(context)
    assert [(e.authority_key, e.status, e.effective_on, e.recorded_at) for e in first["hundesteuer"]] == [
        (e.authority_key, e.status, e.effective_on, e.recorded_at) for e in again["hundesteuer"]
    ]


def test_taking_the_demo_away_leaves_the_real_events_and_the_guard(context: Context) -> None:
    land.settle(context)
    demo.generate(context)
    assert reuse_of_service(context, "hundesteuer").demo
    real = {
        "service_id": "wohnsitz",
        "authority_key": land.BERGSTADT,
        "status": "live",
        "effective_on": "2026-06-01",
    }
    parallel = {**real, "scope": "below", "authority_key": land.SUEDKREIS, "status": "agreed"}
    assert record_events(context, land.OPERATOR, [parallel]).written
    assert demo.remove(context).events > 0
    figure = reuse_of_service(context, "wohnsitz")
    assert (figure.demo, figure.total.entitled) == (False, 2)
    assert demo.remove(context).events == 0
    with pytest.raises(DBAPIError, match="append-only"), context.database.writing() as session:
        session.execute(text("DELETE FROM adoption_event"))


def test_a_real_event_that_calls_itself_demo_stays_and_makes_no_figure_an_invention(context: Context) -> None:
    """So it could be recorded before the source was reserved."""
    land.settle(context)
    real = {
        "service_id": "wohnsitz",
        "authority_key": land.BERGSTADT,
        "status": "live",
        "effective_on": "2026-06-01",
        "source": "demo",
    }
    assert record_reserved(context, land.OPERATOR, real).written
    assert not reuse_of_service(context, "wohnsitz").demo
    assert demo.generate(context) > 0
    assert reuse_of_service(context, "hundesteuer").demo
    assert demo.remove(context).events > 0
    assert [one.status for one in all_events(context)["wohnsitz"]] == [Status.LIVE]
    assert not reuse_of_service(context, "wohnsitz").demo


def test_the_association_of_the_demo_acts_for_the_members_of_a_district(seeded: Context) -> None:
    with seeded.database.reading() as session:
        (granted,) = delegations.to_organisation(session, "kdn")
    assert (granted.authority_key, granted.below, granted.granted_by) == ("05334", True, demo.ACTOR)
    assert granted.note == demo.DELEGATION_NOTE


def test_the_delegation_of_the_demo_goes_with_it_and_a_real_one_stays(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    land.settle(context)
    with context.database.writing() as session:
        session.add(OrganisationRow(id="verband", name="Verband", name_folded="verband", kind="association"))
    monkeypatch.setattr(demo, "DEMO_DELEGATION", (land.SUEDKREIS, "verband"))
    demo.generate(context)
    real = {"authority_key": land.BERGSTADT, "organisation_id": "verband", "valid_from": "2026-11-22"}
    grant(context, land.OPERATOR, real)
    demo.remove(context)
    with context.database.reading() as session:
        assert [one.authority_key for one in delegations.to_organisation(session, "verband")] == [
            land.BERGSTADT
        ]


def test_the_demo_stays_while_a_real_event_leans_on_it(context: Context) -> None:
    land.settle(context)
    demo.generate(context)
    event = next(e for e in all_events(context)["hundesteuer"] if e.scope is Scope.OWN)
    correction = {
        "service_id": "hundesteuer", "authority_key": event.authority_key, "status": "void",
        "effective_on": event.effective_on.isoformat(), "corrects": event.id,
    }  # fmt: skip
    record_events(context, land.OPERATOR, [correction])
    with pytest.raises(Conflict, match="real events refer"):
        demo.remove(context)
    assert reuse_of_service(context, "hundesteuer").demo
