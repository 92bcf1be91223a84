"""Laws of the ledger, whatever is recorded: the projection is what a replay gives, and what was known stays as it was.

Each example records for a service and a set of its own, so that what earlier examples left behind plays no part.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from marketplace.actions import projection_check
from marketplace.actions.authority_sets import get_set, put_set
from marketplace.actions.claims import confirm_claim, reject_claim
from marketplace.actions.context import Context
from marketplace.actions.recording import record_events
from marketplace.actions.reuse import Reuse, reuse_of_service
from marketplace.actions.service_standings import read_events
from marketplace.actions.service_writing import patch_service
from marketplace.actions.standings import standings_of
from marketplace.domain.access import Actor
from marketplace.domain.reading import STALE_AFTER_DAYS
from marketplace.errors import Conflict, Forbidden, InvalidInput
from marketplace.store import head, ledger, services
from tests import land
from tests.conftest import Clock
from tests.store.test_recount import reform_twice

TOWNS = (land.HAMBURG_TOWN, land.NORDSTADT_TOWN, land.SEEDORF, land.BERGSTADT)
ABOVE = (land.HAMBURG, land.BAVARIA, land.SUEDKREIS)
DAYS = (date(2024, 3, 1), date(2026, 3, 31), date(2026, 8, 31), date(2026, 11, 22), date(2027, 1, 1))
SAID = ("interested", "agreed", "live", "ended", "own_solution", "not_competent")
SPEAKERS = (land.OPERATOR, land.PUBLISHER, land.COORDINATION)
CHECKED = sorted({day + timedelta(days=later) for day in DAYS for later in (-1, 0, STALE_AFTER_DAYS + 1)})
AS_OF = (date(2025, 1, 1), date(2026, 11, 22))
GROUPINGS = ("state", "district")
SETS: tuple[dict[str, Any], ...] = (
    {"level": "municipality"},
    {"level": "local_administration"},
    {"level": "municipality", "remove": [land.BERGSTADT]},
    {"level": "district", "states": {land.HAMBURG: None}},
)
FACTS: tuple[dict[str, Any], ...] = (
    {"lead_state": land.BAVARIA},
    {"lead_state": None},
    {"activation": "central"},
    {"partner_states": [land.BAVARIA]},
)
# The ledger's laws do not hang on the database; that both keep what they are given takes fewer examples.
EXAMPLES = {"sqlite": 8, "postgresql": 3}
_numbers = count(1)


@dataclass
class Book:
    """One service, what was recorded for it, and every answer that was given on the way."""

    ctx: Context
    clock: Clock
    service_id: str = field(default_factory=lambda: f"dienst-{next(_numbers)}")
    ids: list[int] = field(default_factory=list)
    given: list[Reuse] = field(default_factory=list)

    def open(self) -> None:
        put_set(self.ctx, land.OPERATOR, self.service_id, self._set(SETS[0]), None)
        land.add_service(self.ctx, self.service_id, authority_set=self.service_id, lead_state=land.HAMBURG)

    def _set(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        return {"name": self.service_id, "reason": "a test's own", **fields}

    def record(self, speaker: Actor, **fields: Any) -> None:
        report = record_events(self.ctx, speaker, [{"service_id": self.service_id, **fields}])
        if report.written:
            self.ids.append(int(report.rows[0].id or 0))

    def do(self, deed: tuple[str, tuple[Any, ...]]) -> None:
        """Do something; what the rules refuse changes nothing, and the laws hold then too."""
        name, how = deed
        with suppress(Conflict, Forbidden, InvalidInput):
            getattr(self, name)(*how)
        self.clock.tick(hours=1)

    def say(self, speaker: Actor, town: str, status: str, day: date, contract: bool) -> None:
        proof = {"proof": "contract", "proof_until": "2027-06-30"} if contract else {}
        self.record(speaker, authority_key=town, status=status, effective_on=day.isoformat(), **proof)

    def cover(self, region: str, status: str, day: date, excepted: bool) -> None:
        left_out = {"except": [land.SEEDORF]} if excepted and region != land.HAMBURG else {}
        self.record(
            land.OPERATOR, authority_key=region, status=status, effective_on=day.isoformat(), scope="below", **left_out
        )  # fmt: skip

    def correct(self, place: int, status: str, day: date) -> None:
        if not self.ids:
            return
        corrected = self.ids[place % len(self.ids)]
        with self.ctx.database.reading() as session:
            event = ledger.by_ids(session, [corrected])[corrected]
        self.record(
            land.OPERATOR, authority_key=event.authority_key, status=status, scope=event.scope,
            effective_on=day.isoformat(), corrects=corrected,
        )  # fmt: skip

    def answer(self, place: int, confirmed: bool) -> None:
        with self.ctx.database.reading() as session:
            events = ledger.events_of_service(session, self.service_id)
        claims = [event.id for event in events if event.is_claim]
        if not claims:
            return
        claim = str(claims[place % len(claims)])
        if confirmed:
            confirm_claim(self.ctx, land.OPERATOR, claim, {})
        else:
            reject_claim(self.ctx, land.OPERATOR, claim, {"reason": "a test's own"})

    def change_set(self, fields: Mapping[str, Any], day: date) -> None:
        wanted = {**self._set(fields), "valid_from": day.isoformat()}
        version = get_set(self.ctx, self.service_id).version
        put_set(self.ctx, land.OPERATOR, self.service_id, wanted, version)

    def change_facts(self, fields: Mapping[str, Any]) -> None:
        with self.ctx.database.reading() as session:
            version = services.load(session, [self.service_id])[self.service_id].version
        patch_service(self.ctx, land.OPERATOR, self.service_id, fields, version)

    def ask(self, as_of: date, by: str, known_at: datetime | None = None) -> Reuse:
        rule = "reuse-rate" if by == "state" else "coverage"
        return reuse_of_service(self.ctx, self.service_id, by=by, rule=rule, as_of=as_of, known_at=known_at)


def told(answer: Reuse) -> tuple[object, ...]:
    """Everything that an answer says of the service."""
    return answer.total, answer.rows, answer.authority_set, answer.developing_states, answer.territory_on


speech = st.tuples(
    st.sampled_from(SPEAKERS), st.sampled_from(TOWNS), st.sampled_from(SAID), st.sampled_from(DAYS), st.booleans()
)  # fmt: skip
covering = st.tuples(
    st.sampled_from(ABOVE), st.sampled_from(("agreed", "live", "ended", "not_competent")), st.sampled_from(DAYS),
    st.booleans(),
)  # fmt: skip
correction = st.tuples(
    st.integers(0, 9), st.sampled_from(("void", "void", "live", "agreed")), st.sampled_from(DAYS)
)
deeds = st.one_of(
    st.tuples(st.just("say"), speech),
    st.tuples(st.just("say"), speech),
    st.tuples(st.just("cover"), covering),
    st.tuples(st.just("correct"), correction),
    st.tuples(st.just("answer"), st.tuples(st.integers(0, 9), st.booleans())),
    st.tuples(st.just("change_set"), st.tuples(st.sampled_from(SETS), st.sampled_from(DAYS))),
    st.tuples(st.just("change_facts"), st.tuples(st.sampled_from(FACTS))),
)


def law(ctx: Context) -> settings:
    """How a law is tried: without shrinking, as an example is short enough to read and shortening it is slow."""
    return settings(
        max_examples=EXAMPLES["sqlite" if ctx.database.is_sqlite else "postgresql"],
        deadline=None,
        database=None,
        phases=[Phase.generate],
    )


@pytest.fixture
def ctx(context: Context) -> Context:
    land.settle(context)
    reform_twice(context)
    return context


def test_the_projection_is_what_a_replay_of_the_ledger_gives(ctx: Context, clock: Clock) -> None:
    """Day by day for the service of each example, and in every row for all of them in the end."""

    @law(ctx)
    @given(todo=st.lists(deeds, min_size=5, max_size=12))
    def each(todo: list[tuple[str, tuple[Any, ...]]]) -> None:
        book = Book(ctx, clock)
        book.open()
        for deed in todo:
            book.do(deed)
        with ctx.database.reading() as session:
            known_at = head.known_now(session, clock.now)
            for day in CHECKED:
                kept = standings_of(session, book.service_id, day, known_at, STALE_AFTER_DAYS)
                replayed = read_events(session, book.service_id, day, known_at, STALE_AFTER_DAYS)
                assert kept.codes.tolist() == replayed.codes.tolist(), day
                assert (kept.joined, kept.counted) == (replayed.joined, replayed.counted), day

    each()
    assert projection_check.check(ctx).differences == []


def test_what_was_known_at_an_instant_never_changes_afterwards(ctx: Context, clock: Clock) -> None:
    @law(ctx)
    @given(todo=st.lists(deeds, min_size=5, max_size=12))
    def each(todo: list[tuple[str, tuple[Any, ...]]]) -> None:
        book = Book(ctx, clock)
        book.open()
        for number, deed in enumerate(todo):
            book.do(deed)
            if number % 2:
                book.given.append(book.ask(AS_OF[number // 2 % 2], GROUPINGS[number // 4 % 2]))
        for then in book.given:
            assert told(book.ask(then.as_of, then.by, then.known_at)) == told(then)

    each()
