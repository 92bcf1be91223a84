"""Why a figure changed: the causes add up to the difference exactly, whatever the ledger and the question."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from marketplace.actions.context import Context
from marketplace.actions.reuse_changes import ChangedFigure, reuse_changes
from marketplace.domain.changes import Cause
from marketplace.domain.rule import GROUPINGS
from marketplace.domain.shipped_rules import RULES
from tests.conftest import Clock
from tests.random_ledger import settle_random_ledger
from tests.store.test_recount import settle_widely

SERVICES = ("wohnsitz", "hundesteuer", "central", "ohne-land", "bezirke", "teil", "kreise")
OVER_AUTHORITIES = tuple(rule.id for rule in RULES if rule.state_counts is None)
OVER_STATES = tuple(rule.id for rule in RULES if rule.state_counts is not None)
days = st.dates(date(2022, 1, 1), date(2027, 12, 31))
instants = st.integers(0, 25_000).map(lambda hours: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=hours))


@st.composite
def questions(draw: st.DrawFn) -> dict[str, Any]:
    """A question about changes, over authorities or over states."""
    first, last = sorted(draw(st.tuples(days, days)))
    known = sorted(draw(st.tuples(instants, instants)))
    over_states = draw(st.booleans())
    rules = st.sampled_from(OVER_STATES if over_states else OVER_AUTHORITIES)
    return {
        "first": first, "last": last, "rule": draw(rules), "rule_first": draw(st.none() | rules),
        "by": draw(st.sampled_from([None, "state"] if over_states else [None, *GROUPINGS])),
        "unit": None if over_states else draw(st.sampled_from(["authorities", "population"])),
        "known_first": draw(st.sampled_from([None, known[0]])), "known_last": draw(st.sampled_from([None, known[1]])),
    }  # fmt: skip


def assert_adds_up(row: ChangedFigure) -> None:
    before, after = row.before, row.after
    assert row.numerator == (after.numerator or 0) - (before.numerator or 0)
    assert row.denominator == (after.denominator or 0) - (before.denominator or 0)
    assert sum(one.numerator for one in row.causes) == row.numerator
    assert sum(one.denominator for one in row.causes) == row.denominator


def test_the_causes_add_up_to_the_difference_exactly(context: Context, clock: Clock) -> None:
    settle_random_ledger(context, clock, 20261122)
    seen: set[Cause] = set()

    @settings(
        max_examples=150, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.sampled_from(SERVICES), questions())
    def law(service_id: str, question: dict[str, Any]) -> None:
        changes = reuse_changes(context, service_id, **question)
        assert_adds_up(changes.total)
        for row in changes.rows:
            assert_adds_up(row)
        if question["by"] not in (None, "size_class"):
            for end in ("before", "after"):
                of_rows = [getattr(row, end).denominator or 0 for row in changes.rows]
                assert sum(of_rows) == getattr(changes.total, end).denominator
        seen.update(one.cause for row in (changes.total, *changes.rows) for one in row.causes)
        for one in changes.total.causes:
            if one.cause in (Cause.NEW, Cause.CONFIRMED, Cause.CORRECTED, Cause.TURNED_STALE):
                assert one.event_ids

    law()
    assert seen >= {Cause.NEW, Cause.ENDED, Cause.CORRECTED, Cause.REFORM, Cause.DENOMINATOR, Cause.RULE}


def test_a_town_that_grew_into_another_size_class_leaves_the_one_and_enters_the_other(
    context: Context,
) -> None:
    settle_widely(context)
    changes = reuse_changes(
        context,
        "hundesteuer",
        first=date(2026, 3, 30),
        last=date(2026, 3, 31),
        rule="coverage",
        by="size_class",
    )
    moved = {
        row.key: sum(one.denominator for one in row.causes if one.cause is Cause.SIZE_CLASS)
        for row in changes.rows
    }
    assert {key: number for key, number in moved.items() if number} == {"<5k": -1, "10-20k": 1}
    assert {one.cause for one in changes.total.causes if one.denominator} == {Cause.REFORM}
    for row in (changes.total, *changes.rows):
        assert_adds_up(row)
