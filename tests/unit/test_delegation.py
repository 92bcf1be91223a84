"""Delegation: for whom, for what and when an organisation may act; and that nobody else speaks for an authority."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.access import Actor, may_delegate, may_record, may_report_cases
from marketplace.domain.adoption import AssertedBy, Scope
from marketplace.domain.delegation import Delegation, Delegations, DelegationState, covers
from marketplace.domain.delegation_fields import read_delegation
from marketplace.domain.roles import Role
from marketplace.errors import InvalidInput

TODAY = date(2026, 11, 22)
GRANTED = datetime(2026, 1, 5, 8, tzinfo=UTC)
TOWN, STATE, DISTRICT = "091705101101", "09", "09170"


def delegation(**fields: object) -> Delegation:
    plain: dict[str, object] = {
        "id": 1, "authority_key": TOWN, "below": False, "organisation_id": "verbund", "service_ids": None,
        "valid_from": date(2026, 1, 1), "valid_to": None, "note": None, "granted_at": GRANTED, "granted_by": "Amt",
        "granted_by_id": "stadt",
    }  # fmt: skip
    return Delegation(**(plain | fields))  # type: ignore[arg-type]  # a test's own shorthand


def test_it_is_for_its_authority_and_its_services_between_its_days() -> None:
    one = delegation(service_ids=("hundesteuer",), valid_to=date(2026, 12, 31))
    assert covers(one, [TOWN], TOWN, "hundesteuer", TODAY)
    assert not covers(one, [TOWN], TOWN, "wohngeld", TODAY)
    assert not covers(one, ["091705101102"], "091705101102", "hundesteuer", TODAY)
    assert not covers(one, [TOWN], TOWN, "hundesteuer", date(2025, 12, 31))
    assert covers(one, [TOWN], TOWN, "hundesteuer", date(2026, 12, 30))
    assert not covers(one, [TOWN], TOWN, "hundesteuer", date(2026, 12, 31))


def test_a_state_delegates_for_all_below_it_and_an_authority_for_itself_alone() -> None:
    below = delegation(authority_key=STATE, below=True)
    assert covers(below, [TOWN], TOWN, "hundesteuer", TODAY)
    assert covers(below, ["jobcenter"], DISTRICT, "hundesteuer", TODAY)
    assert not covers(below, ["020000000000", "02"], "020000000000", "hundesteuer", TODAY)
    assert not covers(delegation(authority_key=DISTRICT), [TOWN], TOWN, "hundesteuer", TODAY)


def test_a_town_that_is_a_district_too_is_meant_by_both_keys() -> None:
    assert covers(delegation(authority_key="09161"), ["091610000000", "09161"], "091610000000", "any", TODAY)


def test_one_that_was_ended_holds_no_more_on_the_same_day() -> None:
    ended = delegation(ended_at=datetime(2026, 11, 22, 7, tzinfo=UTC), ended_by="Amt")
    assert ended.state_on(TODAY) is DelegationState.ENDED
    assert ended.ended_on == TODAY
    found = Delegations([ended], TODAY).find([TOWN], TOWN, "hundesteuer")
    assert found.delegation is None
    assert found.refusal == f"The delegation of {TOWN} to verbund ended on 2026-11-22."


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"valid_to": date(2026, 6, 1)}, f"The delegation of {TOWN} to verbund ended on 2026-06-01."),
        ({"valid_from": date(2027, 1, 1)}, f"The delegation of {TOWN} to verbund begins on 2027-01-01."),
        ({"service_ids": ("wohngeld",)},
         f"The delegation of {TOWN} to verbund is for named services only, not for hundesteuer."),
    ],
)  # fmt: skip
def test_what_does_not_hold_says_why(fields: dict[str, object], why: str) -> None:
    assert Delegations([delegation(**fields)], TODAY).find([TOWN], TOWN, "hundesteuer").refusal == why


def test_of_several_the_one_in_force_decides() -> None:
    held = Delegations([delegation(valid_to=date(2026, 6, 1)), delegation(id=2)], TODAY)
    found = held.find([TOWN], TOWN, "hundesteuer").delegation
    assert found is not None
    assert found.id == 2
    assert [one.id for one in held.in_force()] == [2]


def test_who_has_none_gets_no_reason_either() -> None:
    assert Delegations([], TODAY).find([TOWN], TOWN, "hundesteuer").refusal is None


KEYS = st.sampled_from([TOWN, "091705101102", "09170", "09", "02", "020000000000"])


@given(
    roles=st.frozensets(st.sampled_from(sorted(set(Role) - {Role.OPERATOR}))),
    bound=st.frozensets(KEYS), key=KEYS, publisher=st.sampled_from(["verbund", "anderer", None]),
    scope=st.sampled_from(Scope),
)  # fmt: skip
def test_without_delegation_own_authority_or_state_nobody_speaks_for_an_authority(
    roles: frozenset[Role], bound: frozenset[str], key: str, publisher: str | None, scope: Scope
) -> None:
    actor = Actor("somebody", "verbund", roles, bound)
    voice = may_record(actor, publisher, key, key, scope).voice
    if voice is not None and voice.asserted_by is AssertedBy.AUTHORITY:
        assert Role.AUTHORITY in roles
        assert key in bound
    elif voice is not None and voice.asserted_by is AssertedBy.COORDINATION:
        assert Role.COORDINATION in roles
        assert any(key.startswith(state) for state in bound)
    elif voice is not None:
        assert voice.asserted_by is AssertedBy.PROVIDER
        assert publisher == "verbund"
    if voice is not None:
        assert voice.on_behalf_of is None


def test_who_acts_by_delegation_speaks_in_the_authoritys_name_and_it_is_said_for_whom() -> None:
    clerk = Actor.of("Sachbearbeitung", "verbund", Role.AUTHORITY)
    voice = may_record(clerk, "nordwerk", TOWN, TOWN, Scope.OWN, delegated=True).voice
    assert voice is not None
    assert (voice.asserted_by, voice.on_behalf_of) == (AssertedBy.AUTHORITY, TOWN)
    assert may_report_cases(clerk, TOWN, delegated=True).allowed


def test_a_publisher_does_not_become_the_authority_by_a_delegation_to_its_organisation() -> None:
    publisher = Actor.of("Redaktion", "verbund", Role.PUBLISHER)
    voice = may_record(publisher, "verbund", TOWN, TOWN, Scope.OWN, delegated=True).voice
    assert voice is not None
    assert voice.asserted_by is AssertedBy.PROVIDER
    assert not may_record(publisher, "nordwerk", TOWN, TOWN, Scope.OWN, delegated=True).allowed


def test_an_authority_delegates_for_itself_a_state_for_all_below_and_nobody_for_others() -> None:
    town, state = (
        Actor.of("Amt", "stadt", Role.AUTHORITY, TOWN),
        Actor.of("Land", "land", Role.COORDINATION, STATE),
    )
    assert may_delegate(town, TOWN, below=False).allowed
    assert not may_delegate(town, TOWN, below=True).allowed
    assert not may_delegate(town, "091705101102", below=False).allowed
    assert may_delegate(state, STATE, below=True).allowed
    assert may_delegate(state, DISTRICT, below=True).allowed
    assert not may_delegate(state, TOWN, below=False).allowed
    assert not may_delegate(state, "02", below=True).allowed
    assert not may_delegate(Actor.of("IT", "verbund", Role.PUBLISHER, TOWN), TOWN, below=False).allowed


@pytest.mark.parametrize(
    ("fields", "field", "rule"),
    [
        ({"authority_key": ""}, "authority_key", "required"),
        ({"service_ids": []}, "service_ids", "length"),
        ({"service_ids": ["A B"]}, "service_ids.0", "format"),
        ({"valid_from": "2026-12-01", "valid_to": "2026-12-01"}, "valid_to", "order"),
        ({"valid_from": "2026-01-01", "valid_to": "2026-11-22"}, "valid_to", "range"),
        ({"valid_from": "1999-01-01"}, "valid_from", "range"),
        ({"below": "yes"}, "below", "type"),
        ({"since": "2026-01-01"}, "since", "unknown"),
    ],
)  # fmt: skip
def test_a_delegation_that_says_something_impossible_is_refused_by_field(
    fields: dict[str, object], field: str, rule: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_delegation({"authority_key": TOWN, "organisation_id": "verbund"} | fields, TODAY)
    assert [(one.field, one.rule) for one in refused.value.errors] == [(field, rule)]
