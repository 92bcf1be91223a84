"""From change to inbox: who is told of what, once, and nothing that they may not read."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import update

from marketplace.actions import changing, worker_status
from marketplace.actions.claims import confirm_claim, reject_claim
from marketplace.actions.context import Context
from marketplace.actions.delegations import grant
from marketplace.actions.recording import record_events
from marketplace.actions.retention import apply_retention
from marketplace.actions.service_writing import patch_service
from marketplace.actions.telling import tell_pending
from marketplace.actions.withdrawing import withdraw
from marketplace.domain.access import Actor, Role
from marketplace.domain.change import ChangeKind, MessageKind, NewChange, ObjectKind, Rhythm
from marketplace.domain.subscription import FollowedKind
from marketplace.errors import InvalidInput
from marketplace.store import change_jobs, changes, memberships
from marketplace.store.tables import OrganisationRow
from tests import land
from tests.conftest import Clock
from tests.following import follow, inbox, kinds_in, tell
from tests.members import acting_as, add_person

K = FollowedKind
ANY_VERSION = "*"


@pytest.fixture
def ctx(context: Context) -> Context:
    """The small land, told of already, with people: Anna in no organisation, Paula a provider's, Karl an authority's."""
    land.settle(context)
    tell(context)
    add_person(context, "anna")
    add_person(context, "paula", "provider", Role.PUBLISHER)
    add_person(context, "karl", "authority", Role.AUTHORITY)
    return context


def revise(ctx: Context, service: str = "hundesteuer", actor: Actor = land.OPERATOR, **fields: Any) -> None:
    patch_service(ctx, actor, service, fields, ANY_VERSION)


def say(ctx: Context, actor: Actor, status: str, key: str, **fields: Any) -> int:
    event = {
        "service_id": "hundesteuer", "authority_key": key, "status": status, "effective_on": "2026-06-01",
    }  # fmt: skip
    report = record_events(ctx, actor, [event | fields])
    assert report.written, report
    assert report.rows[0].id is not None
    return report.rows[0].id


def bind(ctx: Context, organisation: str, key: str, kind: str | None = None) -> None:
    values = {"region_key": key} | ({"kind": kind} if kind else {})
    with ctx.database.writing() as session:
        session.execute(update(OrganisationRow).where(OrganisationRow.id == organisation).values(**values))


def test_a_new_entry_reaches_who_follows_its_publisher_or_asked_for_such_a_service(ctx: Context) -> None:
    land.add_procedure(ctx, "99010001000000", "Jagdschein")
    for person in ("paula", "karl"):
        follow(ctx, K.PROCEDURE, "99010001000000", person=person)
    follow(ctx, K.PUBLISHER, "provider", person="anna")
    follow(ctx, K.PUBLISHER, "rival", email="frei@example.org")
    land.add_service(ctx, "jagdschein", leika_keys=["99010001000000"])
    assert tell(ctx).messages == 3
    assert kinds_in(inbox(ctx, "anna")) == ["service.published jagdschein"]
    assert kinds_in(inbox(ctx, "karl")) == ["service.published jagdschein"]
    assert inbox(ctx, email="frei@example.org") == []


def _record_and_fail(ctx: Context) -> None:
    told = NewChange(ChangeKind.SERVICE_REVISED, ObjectKind.SERVICE, "hundesteuer", {"fields": ["name"]})
    with ctx.database.writing() as session:
        changing.record(session, None, ctx.clock(), [told])
        raise RuntimeError("at the end")


def test_a_write_that_was_rolled_back_tells_nobody(ctx: Context) -> None:
    follow(ctx, K.SERVICE, "hundesteuer", person="anna")
    with pytest.raises(InvalidInput):
        revise(ctx, authority_set="nirgends")
    with pytest.raises(RuntimeError, match="at the end"):
        _record_and_fail(ctx)
    assert tell(ctx).changes == 0
    assert inbox(ctx, "anna") == []


def test_a_person_is_told_once_however_many_subscriptions_are_met(ctx: Context) -> None:
    follow(ctx, K.SERVICE, "hundesteuer", person="karl", rhythm=Rhythm.WEEKLY)
    follow(ctx, K.PUBLISHER, "provider", person="karl")
    follow(ctx, K.SERVICE, "hundesteuer", organisation="authority")
    revise(ctx, summary="Hunde anmelden und abmelden.")
    assert tell(ctx).messages == 1
    (message,) = inbox(ctx, "karl")
    assert message.content["fields"] == ["summary"]
    assert message.organisation_id is None


def test_what_an_organisation_follows_all_its_members_are_told_while_they_belong_to_it(ctx: Context) -> None:
    add_person(ctx, "kira", "authority", Role.ADMIN)
    follow(ctx, K.SERVICE, "hundesteuer", organisation="authority")
    revise(ctx, summary="Hunde anmelden.")
    tell(ctx)
    assert [len(inbox(ctx, one)) for one in ("karl", "kira", "anna")] == [1, 1, 0]
    with ctx.database.writing() as session:
        memberships.take(session, "authority", "kira", [Role.ADMIN])
    assert [len(inbox(ctx, one)) for one in ("karl", "kira")] == [1, 0]


def test_who_left_between_change_and_message_is_not_told(ctx: Context) -> None:
    follow(ctx, K.SERVICE, "hundesteuer", organisation="authority")
    revise(ctx, summary="Hunde anmelden.")
    with ctx.database.writing() as session:
        memberships.take(session, "authority", "karl", [Role.AUTHORITY])
    assert tell(ctx).messages == 0


def test_nobody_is_told_of_an_entry_that_was_withdrawn_meanwhile_but_of_its_end(ctx: Context) -> None:
    follow(ctx, K.SERVICE, "hundesteuer", person="anna")
    revise(ctx, summary="Hunde anmelden.")
    revise(ctx, status="withdrawn")
    assert tell(ctx).messages == 1
    assert kinds_in(inbox(ctx, "anna")) == ["service.withdrawn hundesteuer"]


def test_the_own_doing_is_not_told_but_the_colleagues_who_follow_themselves_are(ctx: Context) -> None:
    add_person(ctx, "peter", "provider", Role.PUBLISHER)
    follow(ctx, K.SERVICE, "hundesteuer", organisation="provider")
    follow(ctx, K.SERVICE, "hundesteuer", person="paula")
    withdraw(ctx, acting_as(ctx, "paula", "provider"), "hundesteuer", date(2027, 3, 1), "Ersatz", None)
    assert tell(ctx).messages == 0
    follow(ctx, K.SERVICE, "wohnsitz", person="peter")
    withdraw(ctx, acting_as(ctx, "paula", "provider"), "wohnsitz", date(2027, 3, 1), "Ersatz", None)
    assert tell(ctx).messages == 1
    assert kinds_in(inbox(ctx, "peter")) == ["service.withdrawal_planned wohnsitz"]


def test_kinds_and_rhythm_are_heeded(ctx: Context) -> None:
    follow(ctx, K.SERVICE, "hundesteuer", person="anna", kinds=[MessageKind.OFFER_ADDED])
    follow(ctx, K.SERVICE, "hundesteuer", person="karl", rhythm=Rhythm.FEED_ONLY)
    revise(ctx, summary="Hunde anmelden.")
    assert tell(ctx).messages == 0


def test_a_revision_and_its_correction_within_an_hour_are_one_message(ctx: Context, clock: Clock) -> None:
    follow(ctx, K.SERVICE, "hundesteuer", person="anna")
    follow(ctx, K.SERVICE, "hundesteuer", email="frei@example.org")
    revise(ctx, summary="Hunde anmeldn.")
    tell(ctx)
    clock.tick(minutes=50)
    revise(ctx, summary="Hunde anmelden.", description="Mit Steckbrief.")
    assert tell(ctx).messages == 2
    (message,) = inbox(ctx, "anna")
    assert message.content["fields"] == ["summary", "description"]
    assert (message.content["before"], message.content["version"]) == (1, 3)
    assert message.first_position + 1 == message.position
    clock.tick(minutes=61)
    revise(ctx, summary="Hunde anmelden und abmelden.")
    tell(ctx)
    assert len(inbox(ctx, "anna")) == len(inbox(ctx, email="frei@example.org")) == 2


def test_two_revisions_that_wait_together_are_one_message_too(ctx: Context, clock: Clock) -> None:
    follow(ctx, K.SERVICE, "hundesteuer", person="anna")
    revise(ctx, summary="Hunde anmeldn.")
    clock.tick(minutes=5)
    revise(ctx, summary="Hunde anmelden.")
    assert tell(ctx).changes == 2
    assert len(inbox(ctx, "anna")) == 1


def test_that_contacts_changed_is_told_to_members_of_public_bodies_alone(ctx: Context) -> None:
    for person in ("anna", "karl"):
        follow(ctx, K.SERVICE, "hundesteuer", person=person)
    follow(ctx, K.SERVICE, "hundesteuer", email="frei@example.org")
    revise(ctx, contacts=[{"name": "Frau Muster", "email": "muster@example.org"}])
    assert tell(ctx).messages == 1
    (message,) = inbox(ctx, "karl")
    assert message.content["restricted"] == ["contacts"]
    with ctx.database.writing() as session:
        memberships.take(session, "authority", "karl", [Role.AUTHORITY])
    assert inbox(ctx, "karl") == []


def test_a_region_is_told_of_its_own_authorities_alone(ctx: Context) -> None:
    follow(ctx, K.REGION, land.SUEDKREIS, person="anna")
    follow(ctx, K.REGION, land.SEEDORF, person="karl")
    follow(ctx, K.REGION, land.NORDSTADT_TOWN, person="paula")
    events = [
        {"service_id": "hundesteuer", "authority_key": key, "status": "live", "effective_on": "2026-06-01"}
        for key in (land.SEEDORF, land.BERGSTADT)
    ]
    assert record_events(ctx, land.OPERATOR, events).written
    tell(ctx)
    (message,) = inbox(ctx, "anna")
    assert (message.content["name"], message.content["events"]) == ("Hundesteuer", 2)
    (message,) = inbox(ctx, "karl")
    assert [one["authority_name"] for one in message.content["statements"]] == ["Seedorf"]
    assert inbox(ctx, "paula") == []


def test_a_cover_of_the_state_reaches_who_follows_a_town_in_it(ctx: Context) -> None:
    follow(ctx, K.REGION, land.SEEDORF, person="anna")
    follow(ctx, K.REGION, land.HAMBURG_TOWN, person="karl")
    say(ctx, land.COORDINATION, "live", land.BAVARIA, scope="below")
    tell(ctx)
    assert kinds_in(inbox(ctx, "anna")) == ["adoption.recorded hundesteuer"]
    assert inbox(ctx, "karl") == []


def test_a_kreisfreie_stadt_is_followed_by_either_of_its_keys(ctx: Context) -> None:
    follow(ctx, K.REGION, land.NORDSTADT, person="anna")
    follow(ctx, K.REGION, land.NORDSTADT_TOWN, person="karl")
    say(ctx, land.clerk_of(land.NORDSTADT_TOWN), "live", land.NORDSTADT_TOWN)
    tell(ctx)
    assert len(inbox(ctx, "anna")) == len(inbox(ctx, "karl")) == 1


def test_only_adoptions_by_authorities_like_mine_are_told_where_that_is_asked_for(ctx: Context) -> None:
    kinds = [MessageKind.ADOPTION_RECORDED]
    follow(ctx, K.SERVICE, "hundesteuer", person="anna", kinds=kinds, detail={"like": land.SEEHEIM})
    say(ctx, land.clerk_of(land.BERGSTADT), "live", land.BERGSTADT)
    say(ctx, land.clerk_of(land.HAMBURG_TOWN), "live", land.HAMBURG_TOWN)
    say(ctx, land.clerk_of(land.SEEDORF), "agreed", land.SEEDORF)
    tell(ctx)
    (message,) = inbox(ctx, "anna")
    assert [one["authority_key"] for one in message.content["statements"]] == [land.SEEDORF]


def test_a_claim_is_told_to_all_who_may_answer_it_and_its_answer_to_who_made_it(ctx: Context) -> None:
    add_person(ctx, "clara", "coordination", Role.COORDINATION)
    add_person(ctx, "rita", "rival", Role.AUTHORITY)
    bind(ctx, "authority", land.SEEDORF)
    bind(ctx, "coordination", land.BAVARIA, "coordination")
    grant(ctx, land.clerk_of(land.SEEDORF), {"authority_key": land.SEEDORF, "organisation_id": "rival"})
    claim = say(ctx, land.PUBLISHER, "live", land.SEEDORF)
    tell(ctx)
    for person in ("karl", "clara", "rita"):
        assert kinds_in(inbox(ctx, person)) == ["claim.waiting hundesteuer"], person
    assert inbox(ctx, "paula") == inbox(ctx, "anna") == []
    confirm_claim(ctx, land.clerk_of(land.SEEDORF), str(claim), {})
    tell(ctx)
    (message,) = inbox(ctx, "paula")
    assert (message.kind, message.organisation_id) == (MessageKind.CLAIM_CONFIRMED, "provider")
    assert [one["authority_name"] for one in message.content["statements"]] == ["Seedorf"]


def test_a_rejected_claim_is_told_and_one_answered_meanwhile_waits_no_more(ctx: Context) -> None:
    bind(ctx, "authority", land.SEEDORF)
    claim = say(ctx, land.PUBLISHER, "live", land.SEEDORF)
    reject_claim(ctx, land.clerk_of(land.SEEDORF), str(claim), {"reason": "Nie vereinbart."})
    tell(ctx)
    assert inbox(ctx, "karl") == []
    (message,) = inbox(ctx, "paula")
    assert message.kind is MessageKind.CLAIM_REJECTED
    assert [one["status"] for one in message.content["statements"]] == ["live"], "what was claimed, not void"
    assert "Nie vereinbart." not in str(message.content)


def test_who_was_told_that_the_own_claim_was_confirmed_is_not_told_of_the_adoption_again(
    ctx: Context,
) -> None:
    follow(ctx, K.SERVICE, "hundesteuer", person="paula", kinds=[MessageKind.ADOPTION_RECORDED])
    claim = say(ctx, land.PUBLISHER, "live", land.SEEDORF)
    tell(ctx)
    confirm_claim(ctx, land.clerk_of(land.SEEDORF), str(claim), {})
    tell(ctx)
    assert kinds_in(inbox(ctx, "paula")) == ["claim.confirmed hundesteuer"]


def test_an_organisation_switches_its_own_matters_off(ctx: Context) -> None:
    bind(ctx, "authority", land.SEEDORF)
    follow(ctx, K.OWN, "authority", organisation="authority", kinds=[])
    say(ctx, land.PUBLISHER, "live", land.SEEDORF)
    assert tell(ctx).messages == 0


def test_one_that_follows_an_organisation_that_it_left_is_not_told_of_its_own_matters(ctx: Context) -> None:
    bind(ctx, "authority", land.SEEDORF)
    follow(ctx, K.OWN, "authority", person="anna")
    say(ctx, land.PUBLISHER, "live", land.SEEDORF)
    tell(ctx)
    assert inbox(ctx, "anna") == []


def test_what_a_worker_took_and_did_not_end_another_tells_once(ctx: Context, clock: Clock) -> None:
    follow(ctx, K.SERVICE, "hundesteuer", person="anna")
    revise(ctx, summary="Hunde anmelden.")
    with ctx.database.writing() as session:
        jobs = change_jobs.due(session, clock(), 10)
        change_jobs.take(session, jobs, clock.now.replace(hour=10))
    assert tell(ctx).changes == 0
    revise(ctx, description="Mit Steckbrief.")
    assert tell(ctx).changes == 0, "of one object one change is told after the other"
    clock.tick(hours=2)
    assert tell(ctx).changes == 2
    assert len(inbox(ctx, "anna")) == 1


def test_the_workers_status_says_how_far_behind_it_is(ctx: Context, clock: Clock) -> None:
    assert worker_status.worker_status(ctx).changes_waiting == 0
    revise(ctx, summary="Hunde anmelden.")
    clock.tick(minutes=2)
    status = worker_status.worker_status(ctx)
    assert (status.changes_waiting, status.change_lag_seconds, status.changes_failing) == (1, 120.0, 0)


def test_changes_and_messages_are_kept_for_their_time_only(ctx: Context, clock: Clock) -> None:
    follow(ctx, K.SERVICE, "hundesteuer", person="anna")
    revise(ctx, summary="Hunde anmelden.")
    tell(ctx)
    clock.tick(days=179)
    assert apply_retention(ctx, dry_run=True).messages == 0
    clock.tick(days=2)
    assert apply_retention(ctx).messages == 1
    assert inbox(ctx, "anna") == []
    clock.tick(days=230)
    with ctx.database.reading() as session:
        newest = changes.last_position(session)
    gone = apply_retention(ctx).changes
    assert gone > 0
    with ctx.database.reading() as session:
        assert changes.first_position(session) == changes.last_position(session) == newest


def test_nothing_is_due_when_nothing_happened(ctx: Context) -> None:
    assert not tell_pending(ctx).busy


def test_a_saved_search_is_told_of_the_entry_that_it_finds(ctx: Context) -> None:
    def saved(query: str) -> dict[str, Any]:
        return {
            "q": query, "in": "services", "filters": {}, "region": None, "live_here": False, "verbatim": False,
        }  # fmt: skip

    follow(ctx, K.SEARCH, "a" * 40, person="anna", detail=saved("Angelschein"))
    follow(ctx, K.SEARCH, "b" * 40, person="karl", detail=saved("Müllabfuhr"))
    land.add_service(ctx, "angelschein")
    assert tell(ctx).messages == 1
    assert kinds_in(inbox(ctx, "anna")) == ["service.published angelschein"]
