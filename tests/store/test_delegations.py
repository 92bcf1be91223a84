"""Delegations on both databases: granting, acting by them, ending them at once."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import insert

from marketplace.actions.adoptions import events_of_service
from marketplace.actions.case_numbers import report_cases
from marketplace.actions.claims import confirm_claim, list_claims
from marketplace.actions.context import Context
from marketplace.actions.delegations import ShownDelegation, end, grant, list_delegations
from marketplace.actions.paging import PageRequest
from marketplace.actions.recording import EventReport, record_events
from marketplace.actions.usage import report_usage
from marketplace.domain.access import Actor, Role
from marketplace.domain.delegation import DelegationState
from marketplace.errors import Conflict, Forbidden, InvalidInput, NotFound
from marketplace.store import audit, mergers
from marketplace.store.audit import AuditQuery
from marketplace.store.ledger import StoredEvent
from marketplace.store.mergers import Merger
from marketplace.store.tables import OrganisationRow
from tests import land
from tests.conftest import Clock

TOWN = land.clerk_of(land.SEEDORF)
VERBUND = Actor.of("Sachbearbeitung", "verbund", Role.AUTHORITY)
PAGE = PageRequest(1, 100)


@pytest.fixture
def ctx(context: Context) -> Context:
    land.settle(context)
    with context.database.writing() as session:
        new = {"id": "verbund", "name": "IT-Verbund", "name_folded": "it-verbund", "kind": "association"}
        session.execute(insert(OrganisationRow), [new])
    return context


def let(ctx: Context, actor: Actor = TOWN, **fields: Any) -> ShownDelegation:
    return grant(ctx, actor, {"authority_key": land.SEEDORF, "organisation_id": "verbund"} | fields)


def say(ctx: Context, actor: Actor = VERBUND, **fields: Any) -> EventReport:
    event = {
        "service_id": "hundesteuer", "authority_key": land.SEEDORF, "status": "live", "effective_on": "2026-06-01",
    }  # fmt: skip
    return record_events(ctx, actor, [event | fields])


def last_event(ctx: Context) -> StoredEvent:
    return events_of_service(ctx, "hundesteuer", PAGE).items[0]


def reason(report: EventReport) -> tuple[str, str, str]:
    error = report.rows[0].errors[0]
    return error.field, error.rule, error.message


def test_what_is_recorded_by_delegation_names_actor_organisation_and_on_whose_behalf(ctx: Context) -> None:
    assert not say(ctx).written
    let(ctx)
    assert say(ctx).written
    event = last_event(ctx)
    assert (event.actor, event.organisation_id, event.on_behalf_of) == (
        "Sachbearbeitung", "verbund", land.SEEDORF,
    )  # fmt: skip
    assert event.asserted_by == "authority"


def test_after_it_was_ended_the_next_act_is_refused_and_told_since_when(ctx: Context) -> None:
    held = let(ctx)
    assert say(ctx).written
    ended = end(ctx, TOWN, str(held.delegation.id))
    assert ended.state is DelegationState.ENDED
    assert reason(say(ctx, effective_on="2026-07-01")) == (
        "authority_key", "access", f"The delegation of {land.SEEDORF} to verbund ended on 2026-11-22.",
    )  # fmt: skip
    with pytest.raises(Conflict, match="ended on 2026-11-22 already"):
        end(ctx, TOWN, str(held.delegation.id))


def test_it_ends_by_its_last_day_without_anybody_doing_anything(ctx: Context, clock: Clock) -> None:
    let(ctx, valid_to="2026-11-24")
    assert say(ctx).written
    clock.tick(days=2)
    assert "ended on 2026-11-24" in reason(say(ctx, effective_on="2026-07-01"))[2]


def test_the_server_says_on_whose_behalf_and_a_client_cannot_say_otherwise(ctx: Context) -> None:
    let(ctx)
    refused = ("on_behalf_of", "set_by_server")
    assert reason(say(ctx, on_behalf_of=land.SEEHEIM))[:2] == refused
    assert reason(say(ctx, TOWN, on_behalf_of=land.SEEDORF))[:2] == refused
    assert reason(say(ctx, land.PUBLISHER, on_behalf_of=land.SEEDORF))[:2] == refused
    assert say(ctx, on_behalf_of=land.SEEDORF).written
    assert say(ctx, land.OPERATOR, authority_key=land.SEEHEIM, on_behalf_of="dataport").written
    assert last_event(ctx).on_behalf_of == "dataport"


def test_a_delegation_for_named_services_is_for_no_other(ctx: Context) -> None:
    let(ctx, service_ids=["wohnsitz"])
    assert "is for named services only, not for hundesteuer" in reason(say(ctx))[2]


def test_a_state_lets_an_association_act_for_all_its_members_at_once(ctx: Context) -> None:
    let(ctx, land.COORDINATION, authority_key=land.SUEDKREIS, below=True)
    events = [
        {"service_id": "hundesteuer", "authority_key": key, "status": "live", "effective_on": "2026-06-01"}
        for key in (land.SEEDORF, land.SEEHEIM, land.BERGSTADT)
    ]
    assert record_events(ctx, VERBUND, events).written
    assert last_event(ctx).on_behalf_of == land.BERGSTADT
    outside = say(ctx, authority_key=land.NORDSTADT_TOWN)
    assert reason(outside)[:2] == ("authority_key", "access")


def test_nobody_delegates_for_others(ctx: Context) -> None:
    with pytest.raises(Forbidden, match="this delegation is for"):
        let(ctx, land.clerk_of(land.SEEHEIM))
    with pytest.raises(Forbidden, match="for itself alone"):
        let(ctx, below=True)
    with pytest.raises(Forbidden, match="a state for all below"):
        let(ctx, land.COORDINATION)
    with pytest.raises(Forbidden, match="does not allow this"):
        let(ctx, land.PUBLISHER)


@pytest.mark.parametrize(
    ("fields", "field", "rule"),
    [
        ({"authority_key": "999999999999"}, "authority_key", "unknown"),
        ({"organisation_id": "nobody"}, "organisation_id", "unknown"),
        ({"organisation_id": "authority"}, "organisation_id", "itself"),
        ({"service_ids": ["hundesteuer", "nothing"]}, "service_ids.1", "unknown"),
    ],
)  # fmt: skip
def test_a_delegation_that_names_what_there_is_not_is_refused(
    ctx: Context, fields: dict[str, Any], field: str, rule: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        let(ctx, **fields)
    assert [(one.field, one.rule) for one in refused.value.errors] == [(field, rule)]
    assert list_delegations(ctx, land.OPERATOR, PAGE).total == 0


def test_both_sides_see_it_and_others_do_not_even_know_of_it(ctx: Context) -> None:
    held = let(ctx, service_ids=["wohnsitz"], note="Beschluss vom 3. März")
    for actor, is_received in (
        (TOWN, False),
        (VERBUND, True),
        (land.COORDINATION, False),
        (land.OPERATOR, False),
    ):
        (seen,) = list_delegations(ctx, actor, PAGE).items
        assert (seen.authority_name, seen.organisation_name) == ("Seedorf", "IT-Verbund")
        assert (seen.service_names, seen.is_received) == (["Wohnsitz"], is_received)
    for stranger in (land.clerk_of(land.SEEHEIM), land.PUBLISHER):
        apart = replace(stranger, organisation_id="rival")
        assert list_delegations(ctx, apart, PAGE).total == 0
    with pytest.raises(NotFound):
        end(ctx, replace(land.clerk_of(land.SEEHEIM), organisation_id="rival"), str(held.delegation.id))
    for nonsense in ("0", "x", "9" * 30):
        with pytest.raises(NotFound):
            end(ctx, TOWN, nonsense)


def test_a_member_sees_what_its_state_granted_and_cannot_end_it(ctx: Context) -> None:
    held = let(ctx, land.COORDINATION, authority_key=land.BAVARIA, below=True)
    (seen,) = list_delegations(ctx, TOWN, PAGE).items
    assert not seen.may_end
    with pytest.raises(Forbidden):
        end(ctx, TOWN, str(held.delegation.id))


def test_who_acts_by_it_may_lay_it_down(ctx: Context) -> None:
    held = let(ctx)
    assert end(ctx, VERBUND, str(held.delegation.id)).delegation.ended_by == "Sachbearbeitung"


def test_the_same_delegation_is_not_granted_twice(ctx: Context) -> None:
    let(ctx)
    with pytest.raises(Conflict, match="says the same already"):
        let(ctx)
    assert let(ctx, service_ids=["wohnsitz"]).service_names == ["Wohnsitz"]


def test_granting_and_ending_stand_in_the_log(ctx: Context) -> None:
    held = let(ctx)
    end(ctx, VERBUND, str(held.delegation.id))
    with ctx.database.reading() as session:
        entries, _ = audit.find(session, AuditQuery(object_kind="delegation"), 10)
    assert [(e.act, e.actor, e.detail["authority"]) for _, e in entries] == [
        ("delegation.ended", "Sachbearbeitung", land.SEEDORF), ("delegation.granted", "clerk", land.SEEDORF),
    ]  # fmt: skip


def test_who_acts_by_delegation_corrects_for_the_authority_as_long_as_it_holds(ctx: Context) -> None:
    own = say(ctx, TOWN).rows[0].id
    held = let(ctx)
    first = say(ctx, effective_on="2026-05-01", corrects=own)
    assert first.written, first
    end(ctx, TOWN, str(held.delegation.id))
    again = say(ctx, effective_on="2026-05-02", corrects=first.rows[0].id)
    assert "ended on 2026-11-22" in reason(again)[2]


def test_a_claim_is_offered_to_and_answered_by_who_acts_for_the_authority(ctx: Context) -> None:
    claim = say(ctx, land.PUBLISHER).rows[0].id
    assert [one.may_answer for one in list_claims(ctx, VERBUND, PAGE).items] == [False]
    let(ctx)
    assert [one.may_answer for one in list_claims(ctx, VERBUND, PAGE).items] == [True]
    confirm_claim(ctx, VERBUND, str(claim), {})
    assert (last_event(ctx).answers, last_event(ctx).on_behalf_of) == (claim, land.SEEDORF)


def test_use_and_cases_are_reported_by_delegation_too(ctx: Context) -> None:
    land.add_procedure(ctx, "99102013060000", "Hundesteuer")
    use = {
        "service_id": "hundesteuer", "authority_key": land.SEEDORF, "month": "2026-10", "cases_online": 5,
        "cases_total": 9,
    }  # fmt: skip
    cases = {"leika_key": "99102013060000", "region_key": land.SEEDORF, "year": 2025, "number": 120}
    assert not report_usage(ctx, VERBUND, [use]).written
    assert not report_cases(ctx, VERBUND, [cases]).written
    named = let(ctx, service_ids=["hundesteuer"])
    assert report_usage(ctx, VERBUND, [use]).written
    assert last_event(ctx).on_behalf_of == land.SEEDORF
    assert "for named services only" in report_cases(ctx, VERBUND, [cases]).rows[0].errors[0].message
    end(ctx, TOWN, str(named.delegation.id))
    let(ctx)
    assert report_cases(ctx, VERBUND, [cases]).written


def test_a_provider_who_may_act_for_authorities_answers_no_claim_of_its_own(ctx: Context) -> None:
    both = replace(land.PUBLISHER, roles=frozenset({Role.PUBLISHER, Role.AUTHORITY}))
    claim = say(ctx, both).rows[0].id
    assert [one.may_answer for one in list_claims(ctx, both, PAGE).items] == [False]
    with pytest.raises(Forbidden):
        confirm_claim(ctx, both, str(claim), {"proof": "link", "proof_url": "https://example.org/beleg"})
    let(ctx, organisation_id=both.organisation_id)
    confirm_claim(ctx, both, str(claim), {})
    assert (last_event(ctx).answers, last_event(ctx).on_behalf_of) == (claim, land.SEEDORF)


def test_who_only_publishes_for_an_authority_takes_out_nothing_that_it_said(ctx: Context) -> None:
    publishes = replace(TOWN, organisation_id="provider", roles=frozenset({Role.PUBLISHER}))
    said = say(ctx, TOWN).rows[0].id
    assert reason(say(ctx, publishes, status="void", corrects=said))[:2] == ("corrects", "access")
    assert say(ctx, TOWN, status="void", corrects=said).written


def test_nobody_lets_an_organisation_act_that_went_into_another(ctx: Context) -> None:
    with ctx.database.writing() as session:
        mergers.keep(session, Merger("verbund", "provider", ctx.clock(), "a test"))
    with pytest.raises(InvalidInput, match="no organisation"):
        let(ctx)
