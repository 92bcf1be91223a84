"""What is in force for an authority: records, covers, results, runs."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from marketplace.domain.adoption import AssertedBy, Event, Proof, Scope, Status, known
from marketplace.domain.reading import Activation, Ledger, Reading

S = Status
TOWN, OFFICE, DISTRICT, STATE, FEDERATION = 1, 2, 3, 4, 5
CHAIN = (TOWN, OFFICE, DISTRICT, STATE, FEDERATION)
TODAY = date(2026, 6, 1)
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def event(number: int, authority: int, status: Status, on: str, **fields: Any) -> Event:
    fields.setdefault("recorded_at", datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=number))
    return Event(
        id=number, authority_id=authority, authority_key=str(authority), status=status,
        effective_on=date.fromisoformat(on), **fields,
    )  # fmt: skip


def read(
    *events: Event, as_of: date = TODAY, known_at: datetime = NOW, activation: Activation = Activation.EACH
) -> Reading:
    return Ledger(known(events, known_at), as_of, activation).read(CHAIN)


def below(number: int, authority: int, status: Status, on: str, **fields: Any) -> Event:
    return event(number, authority, status, on, scope=Scope.BELOW, **fields)


def test_without_a_record_the_status_is_unknown() -> None:
    assert read().status is None


def test_the_last_statement_by_effective_day_counts_not_the_last_recorded() -> None:
    reading = read(event(1, TOWN, S.LIVE, "2026-03-01"), event(2, TOWN, S.AGREED, "2026-01-01"))
    assert reading.status is S.LIVE


def test_a_statement_of_tomorrow_is_not_in_force_today() -> None:
    assert read(event(1, TOWN, S.LIVE, "2026-06-02")).status is None


def test_an_event_recorded_later_is_not_known_earlier() -> None:
    late = event(1, TOWN, S.LIVE, "2026-03-01", recorded_at=NOW + timedelta(days=1))
    assert read(late).status is None
    assert read(late, known_at=NOW + timedelta(days=2)).status is S.LIVE


def test_a_corrected_event_stays_out_even_when_its_correction_is_corrected() -> None:
    first = event(1, TOWN, S.LIVE, "2026-03-01")
    second = event(2, TOWN, S.CONNECTING, "2026-03-01", corrects=1)
    third = event(3, TOWN, S.VOID, "2026-03-01", corrects=2)
    assert read(first, second).status is S.CONNECTING
    assert read(first, second, third).status is None


def test_before_the_correction_was_known_the_corrected_event_stands() -> None:
    first = event(1, TOWN, S.LIVE, "2026-03-01")
    second = event(2, TOWN, S.VOID, "2026-03-01", corrects=1, recorded_at=NOW)
    assert read(first, second, known_at=NOW - timedelta(seconds=1)).status is S.LIVE


def test_a_states_live_cover_entitles_where_every_authority_must_connect() -> None:
    reading = read(below(1, STATE, S.LIVE, "2026-03-01"))
    assert (reading.status, reading.inherited) == (S.AGREED, True)


def test_a_states_live_cover_is_live_where_the_state_switches_it_on() -> None:
    reading = read(below(1, STATE, S.LIVE, "2026-03-01"), activation=Activation.CENTRAL)
    assert (reading.status, reading.inherited) == (S.LIVE, True)


def test_an_own_negative_wins_over_every_cover() -> None:
    reading = read(
        below(1, STATE, S.LIVE, "2026-03-01"), event(2, TOWN, S.OWN_SOLUTION, "2026-01-01"),
        activation=Activation.CENTRAL,
    )  # fmt: skip
    assert reading.status is S.OWN_SOLUTION


def test_the_furthest_of_own_record_and_covers_counts() -> None:
    reading = read(event(1, TOWN, S.INTERESTED, "2026-01-01"), below(2, STATE, S.AGREED, "2026-02-01"))
    assert (reading.status, reading.inherited) == (S.AGREED, True)
    assert reading.own is not None
    assert reading.own.status is S.INTERESTED


def test_on_a_tie_the_nearest_counts() -> None:
    reading = read(below(1, STATE, S.AGREED, "2026-01-01"), below(2, DISTRICT, S.AGREED, "2026-02-01"))
    assert reading.record is not None
    assert reading.record.authority_id == DISTRICT
    own = read(event(3, TOWN, S.AGREED, "2026-03-01"), below(1, STATE, S.AGREED, "2026-01-01"))
    assert not own.inherited


def test_an_ended_cover_covers_nobody() -> None:
    assert (
        read(below(1, STATE, S.AGREED, "2026-01-01"), below(2, STATE, S.ENDED, "2026-02-01")).status is None
    )


@pytest.mark.parametrize("excepted", [TOWN, OFFICE, DISTRICT])
def test_a_cover_leaves_out_an_excepted_authority_and_whoever_lies_in_an_excepted_region(
    excepted: int,
) -> None:
    cover = below(1, STATE, S.AGREED, "2026-01-01", except_ids=frozenset({excepted}))
    assert read(cover).status is None


def test_an_exception_elsewhere_does_not_matter() -> None:
    cover = below(1, STATE, S.AGREED, "2026-01-01", except_ids=frozenset({99}))
    assert read(cover).status is S.AGREED


def test_a_positive_cover_wins_over_a_nearer_negative_one() -> None:
    reading = read(below(1, DISTRICT, S.DECLINED, "2026-01-01"), below(2, STATE, S.AGREED, "2026-01-01"))
    assert reading.status is S.AGREED


def test_a_negative_cover_counts_before_an_own_ended() -> None:
    reading = read(
        event(1, TOWN, S.LIVE, "2025-01-01"), event(2, TOWN, S.ENDED, "2026-01-01"),
        below(3, DISTRICT, S.NOT_COMPETENT, "2026-01-01"),
    )  # fmt: skip
    assert reading.status is S.NOT_COMPETENT


def test_a_claim_is_read_only_where_no_statement_stands() -> None:
    claim = event(1, TOWN, S.LIVE, "2026-01-01", asserted_by=AssertedBy.PROVIDER)
    assert read(claim).is_claim
    assert read(claim).status is S.LIVE
    own = read(claim, event(2, TOWN, S.CONNECTING, "2025-12-01"))
    assert (own.status, own.is_claim) == (S.CONNECTING, False)


def test_a_providers_event_with_proof_is_a_statement() -> None:
    proven = event(1, TOWN, S.LIVE, "2026-01-01", asserted_by=AssertedBy.PROVIDER, proof=Proof.CONTRACT)
    assert not read(proven).is_claim


def test_a_claimed_cover_is_read_last() -> None:
    reading = read(below(1, STATE, S.LIVE, "2026-01-01", asserted_by=AssertedBy.PROVIDER))
    assert (reading.status, reading.is_claim, reading.inherited) == (S.AGREED, True, True)


def test_an_association_is_covered_by_its_own_cover() -> None:
    cover = below(1, OFFICE, S.AGREED, "2026-01-01")
    assert Ledger([cover], TODAY, Activation.EACH).read(CHAIN[1:]).status is S.AGREED
    assert Ledger([cover], TODAY, Activation.EACH).read(CHAIN).status is S.AGREED


def test_the_run_begins_with_the_first_unbroken_confirmation() -> None:
    reading = read(
        event(1, TOWN, S.LIVE, "2021-01-01"), event(2, TOWN, S.ENDED, "2022-01-01"),
        event(3, TOWN, S.LIVE, "2023-01-01", proof=Proof.CONTRACT, proof_until=date(2026, 12, 31)),
        event(4, TOWN, S.LIVE, "2024-01-01", proof=Proof.LINK),
    )  # fmt: skip
    record = reading.record
    assert record is not None
    assert (record.since, record.confirmed_on) == (date(2023, 1, 1), date(2024, 1, 1))
    assert (record.proof, record.proof_until) == (Proof.CONTRACT, date(2026, 12, 31))
    assert not reading.is_stale(TODAY)


@pytest.mark.parametrize(("days", "stale"), [(730, False), (731, True)])
def test_a_live_record_turns_stale_after_730_days_without_confirmation(days: int, stale: bool) -> None:
    on = (TODAY - timedelta(days=days)).isoformat()
    assert read(event(1, TOWN, S.LIVE, on)).is_stale(TODAY) is stale
