"""Asking for many authorities at once finds what asking for few finds, whatever the database plans."""

from collections.abc import Collection
from datetime import date

import pytest
from sqlalchemy.orm import Session

from marketplace.actions.context import Context
from marketplace.actions.recording import record_events
from marketplace.domain.adoption import Event
from marketplace.store import authorities, ledger, projection, repeats
from marketplace.store.many_ids import MOST_OF_FEW
from marketplace.store.standing_events import deciding_events, effective_between
from tests import land

KEYS = (land.SEEDORF, land.SEEHEIM, land.BERGSTADT)
NOBODY = range(1_000_000, 1_000_000 + MOST_OF_FEW)
"""Identities that no authority has: with them the few are many."""


@pytest.fixture
def ctx(context: Context) -> Context:
    land.settle(context)
    for number, key in enumerate(KEYS):
        for status, day in (("agreed", "2026-01-01"), ("live", "2026-03-01")):
            event = {
                "service_id": "hundesteuer", "authority_key": key, "status": status, "effective_on": day,
                "proof": "contract", "proof_until": "2027-06-30", "source": "test", "ref": f"{number} {status}",
            }  # fmt: skip
            assert record_events(context, land.OPERATOR, [event]).written
    return context


def events_of(session: Session, ids: Collection[int]) -> list[Event]:
    return ledger.events_of_some(session, "hundesteuer", ids)


def speakers(session: Session) -> list[int]:
    return sorted({event.authority_id for event in ledger.events_of_service(session, "hundesteuer")})


def test_events_of_many_authorities_are_those_of_the_few_among_them(ctx: Context) -> None:
    with ctx.database.reading() as session:
        two = speakers(session)[:2]
        found = events_of(session, [*two, *NOBODY])
        assert found == events_of(session, two)
        assert [event.authority_id for event in found] == [two[0]] * 2 + [two[1]] * 2


def test_what_decides_for_many_authorities_is_what_decides_for_the_few_among_them(ctx: Context) -> None:
    days = date(2026, 1, 15), date(2026, 3, 15)
    with ctx.database.reading() as session:
        two = speakers(session)[:2]
        first, last = deciding_events(session, "hundesteuer", [*two, *NOBODY], days)
        assert (first, last) == deciding_events(session, "hundesteuer", two, days)
        assert sorted(first) == sorted(last) == two
        new = effective_between(session, "hundesteuer", [*two, *NOBODY], days)
        assert new == effective_between(session, "hundesteuer", two, days)
        assert {name.authority_id: ids for name, ids in new.items()} == {
            one: [last[one].event_id] for one in two
        }


def test_names_of_many_authorities_are_those_of_the_few_among_them(ctx: Context) -> None:
    with ctx.database.reading() as session:
        ids = speakers(session)
        found = authorities.names_by_id(session, [*ids, *NOBODY])
        assert len(found) == len(KEYS)
        assert found == authorities.names_by_id(session, ids)


def test_intervals_of_many_authorities_are_forgotten_and_the_others_stay(ctx: Context) -> None:
    with ctx.database.writing() as session:
        first, *others = speakers(session)
        projection.forget(session, "hundesteuer", "own", [first, *NOBODY])
        assert {row[0] for row in projection.intervals_of(session, "hundesteuer")} == set(others)


def test_what_was_said_before_is_found_by_one_statement_as_by_two(ctx: Context) -> None:
    with ctx.database.reading() as session:
        first, second, _ = speakers(session)
        refs = {"test": {"0 live", "2 agreed", "none"}}
        both = {("hundesteuer", first), ("hundesteuer", second)}
        for pairs in ({("hundesteuer", first)}, both):
            apart = repeats.by_refs(session, refs), repeats.of_pairs(session, pairs)
            assert repeats.said_before(session, refs, pairs) == apart
        with_ref, of_pair = repeats.said_before(session, refs, both)
        assert sorted(with_ref) == [("test", "0 live"), ("test", "2 agreed")]
        assert [event.status for event in of_pair["hundesteuer", first]] == ["agreed", "live"]
