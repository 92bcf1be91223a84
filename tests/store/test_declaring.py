"""The authority's desk and declaring: for many at once, confirming, correcting, by delegation."""

from typing import Any

import pytest
from sqlalchemy import insert

from marketplace.actions.adoptions import events_of_service
from marketplace.actions.authority_desk import AuthorityDesk, authority_desk
from marketplace.actions.claims import confirm_claim
from marketplace.actions.context import Context
from marketplace.actions.declaring import Declaration, declare, declare_choices
from marketplace.actions.delegations import end, grant
from marketplace.actions.own_declarations import confirm_again, correct, own_event
from marketplace.actions.paging import PageRequest
from marketplace.actions.recording import record_events
from marketplace.domain.access import Actor, Role
from marketplace.domain.adoption import Status
from marketplace.errors import Conflict, Forbidden, InvalidInput, NotFound
from marketplace.store.ledger import StoredEvent
from marketplace.store.tables import OrganisationRow
from tests import land
from tests.conftest import Clock

TOWN, NEIGHBOUR = land.clerk_of(land.SEEDORF), land.clerk_of(land.SEEHEIM)
VERBUND = Actor.of("Sachbearbeitung", "verbund", Role.AUTHORITY)
PAGE = PageRequest(1, 100)
LIVE = {"status": "live", "effective_on": "2026-06-01"}


@pytest.fixture
def ctx(context: Context) -> Context:
    land.settle(context)
    with context.database.writing() as session:
        new = {"id": "verbund", "name": "IT-Verbund", "name_folded": "it-verbund", "kind": "association"}
        session.execute(insert(OrganisationRow), [new])
    return context


@pytest.fixture
def members(ctx: Context) -> Context:
    """The association acts for the whole district."""
    grant(
        ctx, land.COORDINATION, {"authority_key": land.SUEDKREIS, "below": True, "organisation_id": "verbund"}
    )
    return ctx


def say(
    ctx: Context, *keys: str, actor: Actor = TOWN, service: str = "hundesteuer", **says: Any
) -> Declaration:
    return declare(ctx, actor, [service], keys or (land.SEEDORF,), LIVE | says)


def events(ctx: Context, service: str = "hundesteuer") -> list[StoredEvent]:
    return list(events_of_service(ctx, service, PAGE).items)


def desk(ctx: Context, actor: Actor = TOWN, key: str | None = None) -> AuthorityDesk:
    return authority_desk(ctx, actor, PAGE, authority_key=key)


def outcomes(done: Declaration) -> dict[str, str]:
    return {row.authority_name: row.outcome.outcome for row in done.rows}


def test_a_town_says_that_it_is_live(ctx: Context) -> None:
    assert say(ctx).written
    assert (events(ctx)[0].asserted_by, events(ctx)[0].on_behalf_of) == ("authority", None)
    (record,) = desk(ctx).records or ()
    assert (record.service_name, record.authority_name, record.record.status) == (
        "Hundesteuer",
        "Seedorf",
        "live",
    )


def test_an_association_declares_for_its_members_at_once_and_each_stands_for_itself(members: Context) -> None:
    done = say(members, land.SEEDORF, land.SEEHEIM, land.BERGSTADT, actor=VERBUND)
    assert done.written
    assert outcomes(done) == {"Seedorf": "accepted", "Seeheim": "accepted", "Bergstadt": "accepted"}
    assert {one.on_behalf_of for one in events(members)} == {land.SEEDORF, land.SEEHEIM, land.BERGSTADT}


def test_nothing_is_written_where_one_does_not_hold_unless_that_one_is_left_out(members: Context) -> None:
    assert say(members, land.SEEHEIM, status="declined", reason="Eigene Software", actor=NEIGHBOUR).written
    assert say(members, land.BERGSTADT, actor=land.clerk_of(land.BERGSTADT)).written
    pairs = (land.SEEDORF, land.BERGSTADT)
    declined = {"status": "declined", "effective_on": "2026-07-01", "reason": "Kein Bedarf"}
    refused = declare(members, VERBUND, ["hundesteuer"], pairs, declined)
    assert not refused.written
    assert outcomes(refused) == {"Seedorf": "accepted", "Bergstadt": "rejected"}
    assert len(events(members)) == 2
    kept = declare(members, VERBUND, ["hundesteuer"], pairs, declined, leave_out_rejected=True)
    assert (kept.written, kept.left_out, outcomes(kept)) == (True, True, outcomes(refused))
    assert len(events(members)) == 3


def test_many_services_and_a_dry_run(ctx: Context) -> None:
    nordstadt = land.clerk_of(land.NORDSTADT_TOWN)
    both = ["hundesteuer", "wohnsitz"]
    tried = declare(ctx, nordstadt, both, [land.NORDSTADT_TOWN], LIVE, dry_run=True)
    assert (tried.count("accepted"), tried.written) == (2, False)
    assert declare(ctx, nordstadt, both, [land.NORDSTADT_TOWN], LIVE).written


@pytest.mark.parametrize(
    ("services", "keys", "says", "field", "rule"),
    [
        ([], [land.SEEDORF], LIVE, "service_id", "required"),
        (["hundesteuer"], [], LIVE, "authority_key", "required"),
        (["nothing"], [land.SEEDORF], LIVE, "service_id", "unknown"),
        (["hundesteuer"], [land.SEEHEIM], LIVE, "authority_key", "access"),
        (["hundesteuer"], [land.SEEDORF], LIVE | {"scope": "below"}, "scope", "unknown"),
        (["hundesteuer"], [land.SEEDORF], {"status": "live"}, "effective_on", "required"),
        (["hundesteuer"], [land.SEEDORF], LIVE | {"status": "declined"}, "reason", "required"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_the_statement_is_named_by_field(
    ctx: Context, services: list[str], keys: list[str], says: dict[str, Any], field: str, rule: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        declare(ctx, TOWN, services, keys, says)
    assert [(one.field, one.rule) for one in refused.value.errors] == [(field, rule)]
    assert events(ctx) == []


def test_only_who_speaks_for_authorities_declares(ctx: Context) -> None:
    with pytest.raises(Forbidden):
        say(ctx, actor=land.PUBLISHER)
    assert declare_choices(ctx, VERBUND).authorities == {}


def test_when_the_delegation_ends_there_is_nobody_left_to_declare_for(ctx: Context) -> None:
    held = grant(ctx, TOWN, {"authority_key": land.SEEDORF, "organisation_id": "verbund"})
    assert say(ctx, actor=VERBUND).written
    assert list(declare_choices(ctx, VERBUND).authorities) == [land.SEEDORF]
    end(ctx, TOWN, str(held.delegation.id))
    ended = f"The delegation of {land.SEEDORF} to verbund ended on 2026-11-22."
    with pytest.raises(InvalidInput, match=ended):
        say(ctx, actor=VERBUND, effective_on="2026-07-01")
    with pytest.raises(Forbidden, match=ended):
        desk(ctx, VERBUND, land.SEEDORF)
    with pytest.raises(Forbidden, match=ended):
        own_event(ctx, VERBUND, str(events(ctx)[0].id))
    with pytest.raises(InvalidInput, match="you do not speak for"):
        say(ctx, land.SEEHEIM, actor=VERBUND)
    with pytest.raises(NotFound):
        desk(ctx, VERBUND, land.SEEHEIM)


def test_a_delegation_for_one_service_is_offered_and_refused_for_others(ctx: Context) -> None:
    grant(
        ctx, TOWN, {"authority_key": land.SEEDORF, "organisation_id": "verbund", "service_ids": ["wohnsitz"]}
    )
    (one,) = declare_choices(ctx, VERBUND).authorities.values()
    assert (one.is_for("wohnsitz"), one.is_for("hundesteuer")) == (True, False)
    assert say(ctx, actor=VERBUND).rows[0].outcome.errors[0].rule == "access"


def test_a_town_that_is_a_district_too_stands_once_on_the_desk(ctx: Context) -> None:
    grant(
        ctx, land.COORDINATION, {"authority_key": land.BAVARIA, "below": True, "organisation_id": "verbund"}
    )
    names = [one.name for one in desk(ctx, VERBUND).authorities]
    assert names == ["Bayern", "Bergstadt", "Bund am See", "Nordstadt", "Seedorf", "Seeheim", "Südkreis"]


def test_the_desk_holds_the_claims_about_its_own_authorities_only(members: Context) -> None:
    about = {"service_id": "hundesteuer", "status": "live", "effective_on": "2026-06-01"}
    claims = [{**about, "authority_key": key} for key in (land.SEEDORF, land.NORDSTADT_TOWN)]
    assert record_events(members, land.PUBLISHER, claims).written
    assert [one.event.authority_key for one in desk(members).claims.items] == [land.SEEDORF]
    assert desk(members, NEIGHBOUR).claims.total == 0
    (claim,) = desk(members, VERBUND).claims.items
    assert claim.may_answer
    confirm_claim(
        members, VERBUND, str(claim.event.id),
        {"status": "connecting", "effective_on": "2026-11-22", "planned_live_on": "2027-02-01"},
    )  # fmt: skip
    assert desk(members).claims.total == 0
    (planned,) = desk(members).planned
    assert (planned.record.status, str(planned.record.planned_live_on)) == ("connecting", "2027-02-01")


def test_a_record_that_turns_stale_is_confirmed_with_one_word(ctx: Context, clock: Clock) -> None:
    say(ctx)
    assert desk(ctx).stale == []
    clock.tick(days=500)
    (soon,) = desk(ctx).stale
    assert soon.record.turns_stale_soon(ctx.today())
    assert confirm_again(ctx, TOWN, [str(soon.record.event_id)]).written
    assert desk(ctx).stale == []
    (record,) = desk(ctx).records or ()
    assert (str(record.record.since), record.record.confirmed_on) == ("2026-06-01", ctx.today())


def test_nobody_confirms_what_is_of_others_and_never_half(ctx: Context) -> None:
    own, foreign = say(ctx).rows[0].outcome.id, say(ctx, land.SEEHEIM, actor=NEIGHBOUR).rows[0].outcome.id
    report = confirm_again(ctx, TOWN, [str(own), str(foreign)])
    assert [row.outcome for row in report.rows] == ["accepted", "rejected"]
    assert len(events(ctx)) == 2
    with pytest.raises(NotFound):
        confirm_again(ctx, TOWN, ["4711"])
    with pytest.raises(InvalidInput):
        confirm_again(ctx, TOWN, [])


def test_a_declaration_is_corrected_once_and_taken_out(ctx: Context) -> None:
    first = say(ctx, note="Start im Bürgerbüro").rows[0].outcome.id
    done = correct(ctx, TOWN, str(first), {"status": "live", "effective_on": "2026-06-08", "note": ""})
    last = events(ctx)[0]
    assert (last.corrects, str(last.effective_on), last.note) == (first, "2026-06-08", None)
    with pytest.raises(Conflict, match="already corrected"):
        correct(ctx, TOWN, str(first), {"status": "void"})
    correct(ctx, TOWN, str(done.rows[0].id), {"status": "void"})
    assert desk(ctx).records == []
    assert desk(ctx).by_status == {}


def test_a_corrected_answer_still_answers_its_claim(ctx: Context) -> None:
    about = {"service_id": "hundesteuer", "authority_key": land.SEEDORF, **LIVE}
    claim = record_events(ctx, land.PUBLISHER, [about]).rows[0].id
    answer = confirm_claim(ctx, TOWN, str(claim), {}).rows[0].id
    correct(ctx, TOWN, str(answer), {"status": "live", "effective_on": "2026-06-08"})
    assert events(ctx)[0].answers == claim
    assert desk(ctx).claims.total == 0


def test_others_declarations_are_not_there_to_be_corrected(ctx: Context) -> None:
    foreign = say(ctx, land.SEEHEIM, actor=NEIGHBOUR).rows[0].outcome.id
    for nonsense in (str(foreign), "0", "x"):
        with pytest.raises(NotFound):
            own_event(ctx, TOWN, nonsense)


def test_a_correction_that_breaks_a_rule_names_it(ctx: Context) -> None:
    first = say(ctx).rows[0].outcome.id
    with pytest.raises(InvalidInput) as refused:
        correct(ctx, TOWN, str(first), {"status": "declined", "effective_on": "2026-06-08"})
    assert refused.value.errors[0].field == "reason"


def test_records_are_counted_by_status(ctx: Context) -> None:
    nordstadt = land.clerk_of(land.NORDSTADT_TOWN)
    declare(ctx, nordstadt, ["hundesteuer", "wohnsitz"], [land.NORDSTADT_TOWN], LIVE)
    declare(ctx, nordstadt, ["hundesteuer"], [land.NORDSTADT_TOWN], LIVE | {"effective_on": "2027-01-01"})
    assert desk(ctx, nordstadt).by_status == {Status.LIVE: 2}


def test_who_acts_for_one_service_reads_no_other_declaration_of_the_authority(ctx: Context) -> None:
    land.add_service(ctx, "anderer", authority_set="municipalities", lead_state=land.HAMBURG)
    named = {"authority_key": land.SEEDORF, "organisation_id": "verbund", "service_ids": ["anderer"]}
    grant(ctx, TOWN, named)
    say(ctx, status="declined", reason="Nur für die Beteiligten")
    with pytest.raises(Forbidden, match="for named services only"):
        own_event(ctx, VERBUND, str(events(ctx)[0].id))
