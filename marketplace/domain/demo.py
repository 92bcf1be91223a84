"""Demo adoptions: invented, but plausible, and the same for the same seed.

The share falls with the size of the municipality, states differ, dates spread from 2021 to ``HORIZON``, every status
occurs, as claims and statements, with some covers by states and districts. Nothing of it is true.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from marketplace.domain.adoption import PATH, AssertedBy, Connection, Proof, Scope, Status
from marketplace.domain.authority import Authority

SEED = 20261122
HORIZON = date(2026, 10, 31)
_FIRST_START = date(2021, 2, 1)
_BY_SIZE = {
    "<5k": 0.42, "5-10k": 0.55, "10-20k": 0.68, "20-50k": 0.80, "50-100k": 0.92, "100-500k": 1.0, ">=500k": 1.05,
}  # fmt: skip
_REACHED = ((Status.LIVE, 0.72), (Status.CONNECTING, 0.12), (Status.AGREED, 0.10), (Status.INTERESTED, 0.06))
_REASONS = (
    "Fachverfahren ohne passende Schnittstelle",
    "derzeit keine Kapazität für die Anbindung",
    "zu wenige Fälle im Jahr",
    "Vertrag mit anderem Anbieter läuft noch",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoService:
    """What the demo needs to know of an entry; ``parts`` each with the identities of those who execute it."""

    id: str
    lead_state: str | None
    partner_states: tuple[str, ...]
    available_from: date | None
    parts: Mapping[str, Collection[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoEvent:
    """One invented event. ``recorded_at`` is when somebody could have told us."""

    service_id: str
    authority_id: int
    authority_key: str
    status: Status
    effective_on: date
    recorded_at: datetime
    scope: Scope = Scope.OWN
    asserted_by: AssertedBy = AssertedBy.AUTHORITY
    proof: Proof = Proof.NONE
    proof_until: date | None = None
    reason: str | None = None
    note: str | None = None
    parts: tuple[str, ...] = ()
    connection: Connection | None = None
    planned_live_on: date | None = None
    except_keys: tuple[str, ...] = ()
    except_ids: tuple[int, ...] = ()


def demo_events(
    service: DemoService, members: Sequence[Authority], covering: Mapping[str, Authority], seed: int = SEED
) -> list[DemoEvent]:
    """Invent the adoptions of one service, ordered by ``recorded_at``.

    ``members`` are its eligible authorities, ``covering`` the states' and districts' own administrations by key.
    """
    rng = Random(f"{seed}:{service.id}")  # noqa: S311  # a demo that is the same everywhere, no secret
    rollout = _Rollout(service, rng)
    events = [event for authority in members for event in rollout.events_of(authority)]
    events += rollout.covers(members, covering)
    return sorted(events, key=lambda event: (event.recorded_at, event.authority_key, event.effective_on))


class _Rollout:
    """How one service spreads."""

    def __init__(self, service: DemoService, rng: Random) -> None:
        self.service, self.rng = service, rng
        # Drawn apart, so that who adopts what does not depend on who plans what.
        self.plans = Random(f"plans:{service.id}")  # noqa: S311  # a demo that is the same everywhere, no secret
        invented = _FIRST_START + timedelta(days=rng.randrange(1100))
        self.start = max(service.available_from or invented, _FIRST_START)
        self.popularity = rng.uniform(0.35, 1.0)
        self.pace = rng.uniform(250, 700)
        self._states: dict[str, float] = {}

    def eagerness(self, state: str) -> float:
        if state not in self._states:
            drawn = self.rng.betavariate(1.7, 1.4)
            if state == self.service.lead_state:
                drawn = 1.25
            elif state in self.service.partner_states:
                drawn = max(drawn, 0.9)
            self._states[state] = drawn
        return self._states[state]

    def events_of(self, authority: Authority) -> Iterator[DemoEvent]:
        rng = self.rng
        share = (
            self.popularity * self.eagerness(authority.state) * _BY_SIZE.get(authority.size_class or "", 0.5)
        )
        draw = rng.random()
        if draw < share:
            yield from self._adoption(authority)
        elif draw < share + 0.025:
            yield from self._refusal(authority)
        elif draw < share + 0.045:
            day = self._day(rng.expovariate(1 / self.pace))
            if day <= HORIZON:
                status = rng.choice((Status.LIVE, Status.LIVE, Status.CONNECTING))
                yield self._event(authority, status, day, asserted_by=AssertedBy.PROVIDER)

    def _adoption(self, authority: Authority) -> Iterator[DemoEvent]:
        rng = self.rng
        reached = rng.choices([s for s, _ in _REACHED], [w for _, w in _REACHED])[0]
        day = self._day(rng.expovariate(1 / self.pace))
        parts = self.service.parts
        drawn = rng.sample(sorted(parts), rng.randint(1, len(parts))) if parts and rng.random() < 0.3 else ()
        chosen = tuple(part for part in sorted(drawn) if authority.id in parts[part])
        connection = rng.choice((None, *Connection))
        live_on: date | None = None
        for status in PATH[: PATH.index(reached) + 1]:
            if status is not reached and rng.random() < 0.6:
                continue
            if day > HORIZON:
                return
            proof = (
                rng.choice((Proof.NONE, Proof.NONE, Proof.LINK, Proof.CONTRACT))
                if status is Status.LIVE
                else Proof.NONE
            )
            by = AssertedBy.PROVIDER if proof is Proof.CONTRACT else rng.choice(
                (AssertedBy.AUTHORITY, AssertedBy.AUTHORITY, AssertedBy.COORDINATION)
            )  # fmt: skip
            until = day + timedelta(days=1461) if proof is Proof.CONTRACT else None
            yield self._event(
                authority, status, day, asserted_by=by, proof=proof, proof_until=until, parts=chosen,
                connection=connection if status is Status.LIVE else None, planned_live_on=self._plan(status, day),
            )  # fmt: skip
            live_on = day if status is Status.LIVE else None
            day += timedelta(days=rng.randint(20, 160))
        if live_on is not None:
            yield from self._afterwards(authority, live_on, chosen)

    def _plan(self, status: Status, day: date) -> date | None:
        """Return when somebody who connects, or now and then somebody who agreed, plans to be live."""
        share = {Status.CONNECTING: 1.0, Status.AGREED: 0.4}
        if self.plans.random() >= share.get(status, 0):
            return None
        return day + timedelta(days=self.plans.randint(60, 540))

    def _afterwards(self, authority: Authority, live_on: date, parts: tuple[str, ...]) -> Iterator[DemoEvent]:
        later = live_on + timedelta(days=self.rng.randint(330, 700))
        if later > HORIZON:
            return
        draw = self.rng.random()
        if draw < 0.03:
            yield self._event(authority, Status.ENDED, later, parts=parts)
        elif draw < 0.75:
            proof = self.rng.choice((Proof.NONE, Proof.USAGE))
            yield self._event(authority, Status.LIVE, later, proof=proof, parts=parts)

    def _refusal(self, authority: Authority) -> Iterator[DemoEvent]:
        day = self._day(self.rng.uniform(60, 1200))
        if day > HORIZON:
            return
        status = self.rng.choice(
            (Status.DECLINED, Status.OWN_SOLUTION, Status.OWN_SOLUTION, Status.NOT_COMPETENT)
        )
        by = AssertedBy.AUTHORITY
        if status is Status.NOT_COMPETENT and self.rng.random() < 0.5:
            by = AssertedBy.COORDINATION
        reason = self.rng.choice(_REASONS) if status is Status.DECLINED else None
        yield self._event(authority, status, day, asserted_by=by, reason=reason)

    def covers(self, members: Sequence[Authority], covering: Mapping[str, Authority]) -> Iterator[DemoEvent]:
        """Some states agree for all, some districts for their municipalities, now and then without one of them."""
        rng = self.rng
        below: dict[str, list[Authority]] = {}
        for member in members:
            for key in (member.state, member.district):
                if key is not None and key in covering and covering[key].id != member.id:
                    below.setdefault(key, []).append(member)
        states = [key for key in sorted(below) if len(key) == 2]
        districts = [key for key in sorted(below) if len(key) == 5 and len(below[key]) > 3]
        chosen = rng.sample(states, min(len(states), rng.randint(0, 5)))
        chosen += rng.sample(districts, min(len(districts), rng.randint(0, 4)))
        for key in chosen:
            day = self._day(rng.uniform(30, 900))
            if day > HORIZON:
                continue
            left_out = rng.sample(below[key], 1) if rng.random() < 0.25 else []
            by = AssertedBy.COORDINATION if len(key) == 2 else AssertedBy.AUTHORITY
            yield self._event(
                covering[key], rng.choice((Status.AGREED, Status.AGREED, Status.LIVE)), day, scope=Scope.BELOW,
                asserted_by=by, except_keys=tuple(a.key for a in left_out),
                except_ids=tuple(a.id for a in left_out),
            )  # fmt: skip

    def _day(self, after: float) -> date:
        return self.start + timedelta(days=int(after))

    def _event(self, authority: Authority, status: Status, day: date, **fields: object) -> DemoEvent:
        told = min(day + timedelta(days=self.rng.randint(1, 45)), HORIZON)
        recorded_at = datetime.combine(max(told, day), time(7 + self.rng.randrange(9)), UTC)
        return DemoEvent(
            service_id=self.service.id, authority_id=authority.id, authority_key=authority.key, status=status,
            effective_on=day, recorded_at=recorded_at, note="Demonstration, frei erfunden", **fields,  # type: ignore[arg-type]  # checked where it is called
        )  # fmt: skip


def in_order(events: Iterable[DemoEvent]) -> list[DemoEvent]:
    """Return the events of several services in the order in which they could have been recorded."""
    return sorted(events, key=lambda e: (e.recorded_at, e.service_id, e.authority_key, e.effective_on))
