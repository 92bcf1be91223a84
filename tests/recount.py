"""A second, slow count of reuse: plain Python over exported rows, written from the rules of the design alone.

It shares no code with ``marketplace.domain``: where both agree on a figure, two readings of the rules agree.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from tests.recount_land import Body, Export, Land, Row, believed, on_day

FORWARD = ["interested", "agreed", "connecting", "live"]
NEGATIVES = {"declined", "own_solution", "not_competent"}
CLASSES = ("counted", "unconfirmed", "in_progress", "own_solution", "negative", "ended", "unknown")
LIMITS = [("<5k", 5_000), ("5-10k", 10_000), ("10-20k", 20_000), ("20-50k", 50_000), ("50-100k", 100_000),
          ("100-500k", 500_000)]  # fmt: skip
LEAVES_OUT_DEVELOPING = {"reuse-rate@1": True, "coverage@1": False, "availability@1": False}
COUNTS_OWN_SOLUTIONS = frozenset({"availability@1"})
ATTRIBUTES = ("it_provider", "specialist_system")
STALE_AFTER = timedelta(days=730)


@dataclass
class Counts:
    """What is counted in a group."""

    classes: dict[str, int] = field(default_factory=lambda: dict.fromkeys(CLASSES, 0))
    excluded: int = 0
    entitled: int = 0
    live: int = 0
    live_own: int = 0
    contracted: int = 0
    is_developing: bool = False


def claims(event: Row) -> bool:
    """A claim is a provider's word without proof."""
    return bool(event.asserted_by == "provider" and event.proof == "none")


@dataclass
class Word:
    """The last known word of a sequence, and its run."""

    run: list[Row]

    @property
    def last(self) -> Row:
        return self.run[-1]

    @property
    def until(self) -> date | None:
        return max((e.proof_until for e in self.run if e.proof_until is not None), default=None)

    @property
    def heard_on(self) -> date:
        return self.last.effective_on  # type: ignore[no-any-return]  # a row of a table

    def is_stale(self, as_of: date) -> bool:
        late = as_of - self.last.effective_on > STALE_AFTER
        return late and not any(e.proof_until is not None and e.proof_until >= as_of for e in self.run)

    def is_confirmed(self) -> bool:
        return any(e.asserted_by in ("coordination", "register") for e in self.run)


@dataclass
class Handed:
    """The word of a new region that all the regions it was made of agree on."""

    words: "list[Word | Handed]"

    @property
    def last(self) -> Row:
        return self.words[0].last

    @property
    def until(self) -> date | None:
        ends = [word.until for word in self.words]
        return None if None in ends else min(end for end in ends if end is not None)

    @property
    def heard_on(self) -> date:
        return min(word.heard_on for word in self.words)

    def is_stale(self, as_of: date) -> bool:
        return as_of - self.heard_on > STALE_AFTER and not (self.until is not None and self.until >= as_of)

    def is_confirmed(self) -> bool:
        return all(word.is_confirmed() for word in self.words)


@dataclass
class Outcome:
    """What is in force for an authority."""

    status: str | None = None
    word: Word | Handed | None = None
    is_inherited: bool = False
    is_claim: bool = False
    own: str | None = None


class Ledger:
    """The events of one entry as they are known, to be read authority by authority."""

    def __init__(
        self,
        events: Sequence[Row],
        as_of: date,
        known_at: datetime,
        activation: str,
        made_of: dict[int, list[int]],
        speaks_for: dict[int, int],
    ) -> None:
        self.speaks_for = speaks_for
        self.made_of = made_of
        heard = [e for e in events if e.recorded_at <= known_at]
        gone = {e.corrects for e in heard if e.corrects is not None}
        self.activation = activation
        self.words: dict[tuple[int, str, bool], Word] = {}
        piles: dict[tuple[int, str, bool], list[Row]] = {}
        for e in heard:
            if e.id not in gone and e.status != "void" and e.effective_on <= as_of:
                who = speaks_for.get(e.authority_id, e.authority_id) if e.scope == "own" else e.authority_id
                piles.setdefault((who, e.scope, claims(e)), []).append(e)
        for name, pile in piles.items():
            pile.sort(key=lambda e: (e.effective_on, e.recorded_at, e.id))
            length = 1
            while length < len(pile) and pile[-length - 1].status == pile[-1].status:
                length += 1
            self.words[name] = Word(pile[-length:])

    def left_out(self, word: Word) -> set[int]:
        named = set(word.last.except_ids or ())
        return named | {self.speaks_for[one] for one in named if one in self.speaks_for}

    def covers(self, body: Body, claimed: bool) -> list[tuple[str, Word]]:
        found = []
        for identity in body.reached_by:
            word = self.words.get((identity, "below", claimed))
            if word is None or word.last.status == "ended" or self.left_out(word) & set(body.reached_by):
                continue
            status = word.last.status
            if self.activation == "each" and status in ("connecting", "live"):
                status = "agreed"
            found.append((status, word))
        return found

    def own_word(self, identity: int) -> Word | Handed | None:
        """What it says itself; a new region that says nothing: what those before it said, if they are of one mind."""
        said = self.words.get((identity, "own", False))
        if said is not None or identity not in self.made_of:
            return said
        handed: list[Word | Handed] = []
        for old in self.made_of[identity]:
            before = self.own_word(old)
            if before is None or (handed and handed[0].last.status != before.last.status):
                return None
            handed.append(before)
        return Handed(handed)

    def read(self, body: Body) -> Outcome:
        own = self.own_word(body.identity)
        said = own.last.status if own else None
        if said in NEGATIVES:
            return Outcome(said, own, own=said)
        covers = self.covers(body, claimed=False)
        positive = [(said, own, False)] if said in FORWARD else []
        positive += [(status, word, True) for status, word in covers if status in FORWARD]
        if positive:
            furthest = max(FORWARD.index(str(status)) for status, _, _ in positive)
            status, word, inherited = next(p for p in positive if p[0] == FORWARD[furthest])
            return Outcome(status, word, inherited, own=said)
        for status, word in covers:
            return Outcome(status, word, is_inherited=True, own=said)
        if own is not None:
            return Outcome(said, own, own=said)
        claim = self.words.get((body.identity, "own", True))
        if claim is not None:
            return Outcome(claim.last.status, claim, is_claim=True)
        for status, word in self.covers(body, claimed=True):
            return Outcome(status, word, is_inherited=True, is_claim=True)
        return Outcome()


def sort(outcome: Outcome, as_of: date, rule: str) -> str | None:
    """The class, None for who leaves the denominator."""
    if outcome.status is None or outcome.word is None:
        return "unknown"
    if outcome.is_claim:
        return "unconfirmed" if outcome.status == "live" else "unknown"
    if outcome.status == "live":
        return "unconfirmed" if outcome.word.is_stale(as_of) else "counted"
    if outcome.status == "not_competent":
        return None if outcome.word.is_confirmed() else "negative"
    own = "counted" if rule in COUNTS_OWN_SOLUTIONS else "own_solution"
    named = {"own_solution": own, "declined": "negative", "ended": "ended"}
    return named.get(outcome.status, "in_progress")


def group_of(body: Body, by: str) -> str:
    """The group's key."""
    if by == "state":
        return body.region[:2]
    if by == "district":
        return body.region[:5] if len(body.region) > 2 else "none"
    if body.inhabitants is None:
        return "unknown"
    return next((name for name, limit in LIMITS if body.inhabitants < limit), ">=500k")


class Recount:
    """One service on a day as known at an instant, every eligible authority read once.

    ``bodies`` is None where the authority set is unknown.
    """

    def __init__(self, export: Export, land: Land, service_id: str, as_of: date, known_at: datetime) -> None:
        facts = on_day(believed([f for f in export.facts if f.service_id == service_id], known_at), as_of)
        assert facts is not None
        self.as_of, self.lead_state = as_of, facts.lead_state
        self.attributes = {name: land.values(name, known_at) for name in ATTRIBUTES}
        self.developing = {facts.lead_state, *facts.partner_states}
        sets = believed([s for s in export.sets if s.set_id == facts.authority_set_id], known_at)
        definition = on_day(sets, as_of)
        entry = facts.part_of or service_id
        events = [e for e in export.events if e.service_id == entry]
        if facts.part_of:
            events = [e for e in events if not e.parts or service_id in e.parts]
        members = None if definition is None else land.members(definition)
        speaks_for = land.speaks_for(members) if facts.part_of and members else {}
        self.ledger = ledger = Ledger(events, as_of, known_at, facts.activation, land.made_of, speaks_for)
        self.bodies = None
        if members is not None:
            self.bodies = [(body, ledger.read(body)) for body in members]

    def counts(self, rule: str, by: str, unit: str) -> dict[str, Counts]:
        """Return the groups; the whole stands under ``total``."""
        developing = self.developing if LEAVES_OUT_DEVELOPING[rule] else set()
        counts = {"total": Counts()}
        for body, outcome in self.bodies or ():
            name = (
                self.attributes[by].get(body.identity, "unknown") if by in ATTRIBUTES else group_of(body, by)
            )
            groups = [counts["total"], counts.setdefault(name, Counts())]
            if body.region[:2] in developing:
                groups[-1].is_developing = by in ("state", "district") and name != "none"
                continue
            weight = 1 if unit == "authorities" else body.inhabitants or 0
            for group in groups:
                add(group, outcome, sort(outcome, self.as_of, rule), weight)
        return counts


def add(group: Counts, outcome: Outcome, name: str | None, weight: int) -> None:
    """Count one authority in one group."""
    if name is None:
        group.excluded += weight
        return
    group.classes[name] += weight
    if not outcome.is_claim and outcome.status in FORWARD[1:]:
        group.entitled += weight
        group.live += weight * (outcome.status == "live")
        group.live_own += weight * (outcome.status == "live" and not outcome.is_inherited)
    group.contracted += weight * (outcome.own in FORWARD[1:])
