"""Reuse rates of one service: read the ledger, count by a rule, say on what the figure stands.

A figure is computed from the events and kept a process under everything it depends on: the two times and the head of
the ledger, which every recording moves. So it is never older than the last commit, and a second reader gets it free.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from marketplace.actions.context import Context
from marketplace.actions.eligible import Counted, Eligibility, Eligible, counted_for
from marketplace.actions.kept import Kept
from marketplace.domain import dates
from marketplace.domain.adoption import Event, known
from marketplace.domain.counting import Rule, Tally, Undefined, Unit
from marketplace.domain.reading import Ledger
from marketplace.domain.regions import SIZE_CLASSES
from marketplace.domain.shipped_rules import find_rule
from marketplace.domain.tallying import Tallies, count
from marketplace.errors import InvalidInput
from marketplace.store import head, ledger
from marketplace.store.head import Head

GROUPINGS = ("state", "district", "size_class")
KEPT_FIGURES = 4096
DEFAULT_RULE = "reuse-rate"
_kept: Kept["Reuse"] = Kept(KEPT_FIGURES)


@dataclass(frozen=True, slots=True)
class Figure:
    """One row: a share with everything needed to defend it. ``interval`` are two shares, ``rate`` None: undefined."""

    key: str
    label: str
    numerator: int
    denominator: int
    rate: float | None
    interval: tuple[float, float] | None
    classes: Mapping[str, int]
    excluded: int
    entitled: int
    live: int
    live_own: int
    contracted: int
    undefined: Undefined | None

    @classmethod
    def of(cls, key: str, label: str, tally: Tally) -> "Figure":
        """Return the figure of a tally."""
        return cls(
            key=key,
            label=label,
            numerator=tally.numerator,
            denominator=tally.denominator,
            rate=tally.rate,
            interval=tally.interval,
            classes=dict(tally.classes),
            excluded=tally.excluded,
            entitled=tally.entitled,
            live=tally.live,
            live_own=tally.live_own,
            contracted=tally.contracted,
            undefined=tally.why_undefined,
        )


@dataclass(frozen=True, slots=True)
class Reuse:
    """The answer to one question. ``territory_on`` is the day of the register used (None: no register yet).

    ``head_version`` is the ledger's version it was computed at; ``demo`` whether demo events are in it.
    """

    rule: Rule
    service_id: str
    by: str
    unit: Unit
    as_of: date
    known_at: datetime
    territory_on: date | None
    head_version: int
    demo: bool
    authority_set: str | None
    developing_states: tuple[str, ...]
    total: Figure
    rows: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A question as asked, checked: None means today, and now."""

    rule: Rule
    by: str
    unit: Unit
    as_of: date
    known_at: datetime | None

    @classmethod
    def read(
        cls,
        ctx: Context,
        *,
        by: str,
        rule: str,
        unit: str | None,
        as_of: date | None,
        known_at: str | datetime | None,
    ) -> "Question":
        """Check the parameters of a question.

        Raises:
            InvalidInput: naming the parameter and what it may be.
        """
        if by not in GROUPINGS:
            raise InvalidInput.one("by", "choice", f"must be one of {', '.join(GROUPINGS)}")
        found = find_rule(rule)
        if found is None:
            raise InvalidInput.one("rule", "choice", f"there is no counting rule {rule!r}")
        if by not in found.groupings:
            raise InvalidInput.one(
                "by", "choice", f"{found.id} can be grouped by {', '.join(found.groupings)}"
            )
        counted = unit or found.units[0]
        if counted not in found.units:
            raise InvalidInput.one("unit", "choice", f"{found.id} counts {', '.join(found.units)}")
        return cls(found, by, Unit(counted), as_of or ctx.today(), read_known_at(ctx, known_at))


def read_known_at(ctx: Context, known_at: str | datetime | None) -> datetime | None:
    """Read a ``known_at``; None means now.

    Raises:
        InvalidInput: neither date nor instant, or in the future.
    """
    if known_at is None:
        return None
    with ctx.database.reading() as session:
        # A permanent link pins the last recording, which may lie a moment ahead of this machine's clock.
        now = head.known_now(session, ctx.clock())
    if isinstance(known_at, str):
        try:
            return dates.parse_known_at(known_at, now)
        except ValueError as error:
            raise InvalidInput.one("known_at", "instant", str(error)) from error
    if known_at > now:
        raise InvalidInput.one("known_at", "range", "lies in the future: nobody knows yet what will be known")
    return known_at


def knowledge(ctx: Context, at: Head, asked: datetime | None) -> datetime:
    """Return the instant a figure is pinned to.

    For "now" it is the last recording that the reader's snapshot holds: a recording that commits a moment later has a
    later instant, so that the pinned figure never changes.
    """
    if asked is not None:
        return asked
    return at.last_recorded_at or ctx.clock()


def reuse_of_service(
    ctx: Context,
    service_id: str,
    *,
    by: str = "state",
    rule: str = DEFAULT_RULE,
    unit: str | None = None,
    as_of: date | None = None,
    known_at: str | datetime | None = None,
) -> Reuse:
    """Answer how widely a service is reused, by state, district or size class.

    Raises:
        InvalidInput: a parameter that is none.
        NotFound: there is no such service.
    """
    question = Question.read(ctx, by=by, rule=rule, unit=unit, as_of=as_of, known_at=known_at)
    with ctx.database.reading() as session:
        at = head.head(session)
        pinned = knowledge(ctx, at, question.known_at)
        key = (
            at.version, service_id, question.rule.id, question.rule.version, by, question.unit, question.as_of, pinned,
        )  # fmt: skip
        return _kept.get(
            ctx.database.engine, key, lambda: _compute(session, service_id, question, pinned, at)
        )


@dataclass(frozen=True, slots=True)
class ReadLedger:
    """A service's ledger on one day, with what counts for it and who is eligible."""

    counted: Counted
    eligible: Eligible
    ledger: Ledger

    @classmethod
    def of(cls, counted: Counted, eligibility: Eligibility, events: Iterable[Event]) -> "ReadLedger":
        """Read the events of the entry that ``counted`` names, all those of the authorities that are asked for."""
        in_force = known(events, eligibility.known_at)
        if counted.part is not None:
            in_force = [event for event in in_force if not event.parts or counted.part in event.parts]
        facts = counted.facts
        return cls(counted, eligibility.of(facts), Ledger(in_force, eligibility.as_of, facts.activation))


def read_ledger(session: Session, service_id: str, as_of: date, known_at: datetime) -> ReadLedger:
    """Read everything a figure or a list of adopters of one service needs.

    Raises:
        NotFound: there is no such service.
    """
    counted = counted_for(session, service_id, as_of, known_at)
    events = ledger.events_of_service(session, counted.recorded_for)
    return ReadLedger.of(counted, Eligibility(session, as_of, known_at), events)


def _compute(session: Session, service_id: str, question: Question, known_at: datetime, at: Head) -> Reuse:
    read = read_ledger(session, service_id, question.as_of, known_at)
    members = read.eligible.members
    counted = count(
        question.rule, question.unit, question.by, (members or {}).values(), read.ledger,
        read.counted.facts.lead_state, read.counted.facts.partner_states,
    )  # fmt: skip
    if members is None:
        counted.total.undefined = Undefined.AUTHORITY_SET_UNKNOWN
    return Reuse(
        rule=question.rule,
        service_id=service_id,
        by=question.by,
        unit=question.unit,
        as_of=question.as_of,
        known_at=known_at,
        territory_on=read.eligible.territory.on,
        head_version=at.version,
        demo=ledger.has_demo_events(session, read.counted.recorded_for),
        authority_set=read.counted.facts.authority_set,
        developing_states=tuple(sorted(counted.developing)),
        total=Figure.of("total", "", counted.total),
        rows=_rows(question.by, counted, read.eligible),
    )


def _rows(by: str, counted: Tallies, eligible: Eligible) -> tuple[Figure, ...]:
    if by == "size_class":
        groups = [(name, name) for name in SIZE_CLASSES if name in counted.groups]
    else:
        regions = eligible.territory.by_key
        groups = [(key, regions[key].name if key in regions else key) for key in counted.groups]
    return tuple(Figure.of(key, label, counted.groups[key]) for key, label in groups)
