"""Many services are counted at once as each would be alone."""

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.adoption import AssertedBy, Event, Scope, Status, known
from marketplace.domain.authority import Authority
from marketplace.domain.reading import Activation, Ledger
from marketplace.domain.rule import Rule, Unit
from marketplace.domain.sheet import Array, rollup_of, standings_of_rollups
from marketplace.domain.shipped_rules import RULES
from marketplace.domain.standings import Roster, Standings, codes_of, joined_states
from marketplace.domain.tallying import Developing, count, count_all

DAY, NOW = date(2026, 6, 1), datetime(2026, 6, 1, tzinfo=UTC)
FEDERATION = 100
STATES = {"01": 101, "02": 102, "09": 109}
SIZES = (None, 0, 4_000, 30_000, 700_000)

towns = st.lists(
    st.tuples(st.sampled_from(sorted(STATES)), st.sampled_from(SIZES)), max_size=6
).map(lambda several: [_town(number, *one) for number, one in enumerate(several, start=1)])  # fmt: skip
said = st.lists(
    st.tuples(
        st.integers(1, 6), st.sampled_from(sorted(STATES.values())), st.sampled_from(Scope),
        st.sampled_from([one for one in Status if one is not Status.VOID]), st.sampled_from(AssertedBy),
    ),
    max_size=8,
)  # fmt: skip
developing = st.builds(
    Developing, st.sampled_from([None, *STATES]), st.lists(st.sampled_from(sorted(STATES)), max_size=2)
)
services = st.lists(st.tuples(towns, said, developing), min_size=1, max_size=5)


def _town(number: int, state: str, population: int | None) -> Authority:
    key = f"{state}001{number:07d}"
    return Authority(
        number, key, f"Ort {number}", "municipality", key, population, (number, STATES[state], FEDERATION)
    )


def _read(moments: list[tuple[int, int, Scope, Status, AssertedBy]]) -> Ledger:
    events = [
        Event(
            id=number, authority_id=town if scope is Scope.OWN else state, authority_key="", status=status,
            scope=scope, asserted_by=by, effective_on=DAY, recorded_at=NOW,
        )
        for number, (town, state, scope, status, by) in enumerate(moments, start=1)
    ]  # fmt: skip
    return Ledger(known(events, NOW), DAY, Activation.EACH)


@given(services, st.sampled_from(RULES), st.sampled_from(Unit), st.sampled_from(["state", "size_class"]))
def test_services_that_share_columns_are_counted_as_each_alone(
    several: list[tuple[list[Authority], list[tuple[int, int, Scope, Status, AssertedBy]], Developing]],
    rule: Rule,
    unit: Unit,
    by: str,
) -> None:
    rollups: list[Array] = []
    joined, alone = [], []
    for members, moments, developers in several:
        roster, ledger = Roster.of(members), _read(moments)
        codes = codes_of(ledger, roster, rule.stale_after_days)
        rollups.append(rollup_of(roster, codes))
        joined.append(joined_states(ledger, roster))
        own = Standings.of(roster, codes, roster.grouping(by), joined[-1])
        alone.append(count(rule, unit, by, own, *developers))
    together = count_all(
        rule, unit, by, standings_of_rollups(rollups, by, joined), [one for *_, one in several]
    )
    for one, other in zip(together, alone, strict=True):
        assert one.total == other.total
        assert list(one.groups.items()) == list(other.groups.items())
        assert one.developing == other.developing
