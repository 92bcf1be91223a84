"""The rollout of a service from the stored ledger, for its publisher alone."""

from datetime import date
from typing import Any

import pytest

from marketplace.actions.authority_attributes import import_attributes
from marketplace.actions.claims import reject_claim
from marketplace.actions.context import Context
from marketplace.actions.recording import record_events
from marketplace.actions.rejected_claims import rejected_claims
from marketplace.actions.rollout import rollout_of_service, rollout_table
from marketplace.actions.service_writing import ANY_VERSION, patch_service
from marketplace.domain.access import Actor, Role
from marketplace.domain.adoption import Status
from marketplace.domain.authority_fields import AttributeName
from marketplace.errors import Forbidden, InvalidInput, NotFound, Unauthenticated
from marketplace.store import ledger
from tests import land

SERVICE = "hundesteuer"
RIVAL = Actor.of("rival", "rival", Role.PUBLISHER)
REVIEWER = Actor.of("reviewer", "provider", Role.REVIEWER)


@pytest.fixture
def settled(context: Context) -> Context:
    land.settle(context)
    return context


def say(ctx: Context, key: str, status: str, on: str, *, actor: Actor | None = None, **more: Any) -> None:
    event = {"service_id": SERVICE, "authority_key": key, "status": status, "effective_on": on, **more}
    report = record_events(ctx, actor or land.clerk_of(key), [event])
    assert report.written, report


def test_a_publisher_reads_how_far_the_own_service_has_come(settled: Context) -> None:
    say(settled, land.SEEDORF, "agreed", "2025-10-01")
    say(settled, land.SEEDORF, "connecting", "2025-11-01")
    say(settled, land.SEEHEIM, "declined", "2026-02-01", reason="Wir haben schon einen Dienst.")
    say(settled, land.BERGSTADT, "agreed", "2026-10-01", planned_live_on="2027-03-15")
    say(settled, land.NORDSTADT_TOWN, "live", "2026-09-01", actor=land.PUBLISHER)
    found = rollout_of_service(settled, land.PUBLISHER, SERVICE)
    rollout = found.rollout
    assert found.is_set_known
    assert not found.demo
    assert rollout.eligible == 5
    assert {one.status: one.total for one in rollout.counts if one.total} == {
        Status.CONNECTING: 1, Status.DECLINED: 1, Status.AGREED: 1, Status.LIVE: 1, None: 1,
    }  # fmt: skip
    assert rollout.count_of(Status.LIVE).claimed == 1
    assert found.reasons == {land.SEEHEIM: "Wir haben schon einen Dienst."}
    assert [one.authority_key for one in rollout.stalled] == [land.SEEDORF]
    assert [(one.begins_on, one.authorities) for one in rollout.months] == [(date(2027, 3, 1), 1)]
    assert [(one.median_days, one.authorities) for one in rollout.steps] == [(31.0, 1)]


def test_a_publisher_reads_which_claims_were_rejected_and_why(settled: Context) -> None:
    claimed = {
        "service_id": SERVICE,
        "authority_key": land.SEEDORF,
        "status": "live",
        "effective_on": "2026-09-01",
    }
    (row,) = record_events(settled, land.PUBLISHER, [claimed]).rows
    assert rejected_claims(settled, land.PUBLISHER, SERVICE) == []
    reject_claim(settled, land.clerk_of(land.SEEDORF), str(row.id), {"reason": "Nie vereinbart."})
    (found,) = rejected_claims(settled, land.PUBLISHER, SERVICE)
    assert (found.authority_name, found.status, found.effective_on, found.reason) == (
        "Seedorf", Status.LIVE, date(2026, 9, 1), "Nie vereinbart.",
    )  # fmt: skip
    assert [one.reason for one in rejected_claims(settled, REVIEWER, SERVICE)] == [None]
    with pytest.raises(NotFound):
        rejected_claims(settled, RIVAL, SERVICE)


def test_a_reviewer_reads_it_too_but_not_why_somebody_declined(settled: Context) -> None:
    say(settled, land.SEEHEIM, "declined", "2026-02-01", reason="Kein Geld.")
    assert rollout_of_service(settled, land.PUBLISHER, SERVICE).reasons == {land.SEEHEIM: "Kein Geld."}
    found = rollout_of_service(settled, REVIEWER, SERVICE)
    assert found.rollout.count_of(Status.DECLINED).total == 1
    assert found.reasons == {}


def test_what_a_correction_took_out_is_not_in_it(settled: Context) -> None:
    say(settled, land.SEEDORF, "agreed", "2025-10-01")
    with settled.database.reading() as session:
        (event,) = ledger.events_of_service(session, SERVICE)
    say(settled, land.SEEDORF, "void", "2025-10-01", corrects=event.id)
    rollout = rollout_of_service(settled, land.PUBLISHER, SERVICE).rollout
    assert rollout.entries == ()
    assert rollout.count_of(None).total == rollout.eligible


def test_an_entry_of_others_does_not_exist_here(settled: Context) -> None:
    with pytest.raises(NotFound):
        rollout_of_service(settled, RIVAL, SERVICE)
    with pytest.raises(Forbidden):
        rollout_of_service(settled, land.ANALYST, SERVICE)
    with pytest.raises(Unauthenticated):
        rollout_of_service(settled, None, SERVICE)
    assert rollout_of_service(settled, land.OPERATOR, SERVICE).rollout.eligible == 5
    with pytest.raises(InvalidInput):
        rollout_of_service(settled, land.PUBLISHER, SERVICE, stalled_after_days=0)


def test_without_known_authorities_there_is_nothing_to_count(settled: Context) -> None:
    patch_service(settled, land.OPERATOR, SERVICE, {"authority_set": None}, ANY_VERSION)
    found = rollout_of_service(settled, land.PUBLISHER, SERVICE)
    assert not found.is_set_known
    assert found.rollout.eligible == 0


def test_a_part_is_read_from_the_events_of_its_whole(settled: Context) -> None:
    land.add_service(
        settled, "teil", part_of=SERVICE, authority_set="municipalities", lead_state=land.HAMBURG
    )
    say(settled, land.SEEDORF, "live", "2026-01-01", parts=["teil"])
    say(settled, land.SEEHEIM, "live", "2026-01-01")
    land.add_service(
        settled, "anderer-teil", part_of=SERVICE, authority_set="municipalities", lead_state=land.HAMBURG
    )
    assert rollout_of_service(settled, land.PUBLISHER, "teil").rollout.count_of(Status.LIVE).total == 2
    assert (
        rollout_of_service(settled, land.PUBLISHER, "anderer-teil").rollout.count_of(Status.LIVE).total == 1
    )


def test_the_table_holds_what_is_known_of_each_authority(settled: Context) -> None:
    say(settled, land.SEEDORF, "agreed", "2025-10-01")
    table = rollout_table(rollout_of_service(settled, land.PUBLISHER, SERVICE))
    names = [column.heading for column in table.columns]
    (row,) = [dict(zip(names, row, strict=True)) for row in table.rows]
    assert (row["authority_key"], row["status"], row["stalled"]) == (land.SEEDORF, "agreed", True)
    assert row["days_since_step"] == 417


def test_a_rollout_is_read_by_it_provider_and_names_the_systems_of_each_authority(settled: Context) -> None:
    said = ((land.SEEDORF, "it_provider", "AKDB"), (land.SEEDORF, "specialist_system", "OK.EWO"),
            (land.SEEDORF, "specialist_system", "AutiSta"), (land.SEEHEIM, "it_provider", "Dataport"))  # fmt: skip
    rows = [
        {"authority_key": key, "name": name, "value": value, "source": "Umfrage"} for key, name, value in said
    ]
    assert import_attributes(settled, land.OPERATOR, rows).accepted == 4
    for key in (land.SEEDORF, land.SEEHEIM, land.BERGSTADT):
        say(settled, key, "agreed", "2025-10-01")
    whole = rollout_of_service(settled, land.PUBLISHER, SERVICE)
    assert whole.choices[AttributeName.IT_PROVIDER] == ("AKDB", "Dataport")
    columns = [column.heading for column in rollout_table(whole).columns]
    cells = {
        row[0]: tuple(row[columns.index(name)] for name in AttributeName) for row in rollout_table(whole).rows
    }
    assert cells == {
        land.SEEDORF: ("AKDB", "AutiSta|OK.EWO"), land.SEEHEIM: ("Dataport", ""), land.BERGSTADT: ("", ""),
    }  # fmt: skip
    wanted = {AttributeName.IT_PROVIDER: "AKDB"}
    of_akdb = rollout_of_service(settled, land.PUBLISHER, SERVICE, wanted=wanted)
    assert of_akdb.rollout.eligible == 1
    assert [one.authority_key for one in of_akdb.rollout.entries] == [land.SEEDORF]
    wanted = {AttributeName.IT_PROVIDER: "unknown"}
    of_nobody_known = rollout_of_service(settled, land.PUBLISHER, SERVICE, wanted=wanted)
    assert of_nobody_known.rollout.eligible == whole.rollout.eligible - 2
    assert [one.authority_key for one in of_nobody_known.rollout.entries] == [land.BERGSTADT]
