"""Reuse rates of one service: read the ledger, count by a rule, say on what the figure stands.

A figure is computed from the events and kept a process under everything it depends on: the two times and the head of
the ledger, which every recording moves. So it is never older than the last commit, and a second reader gets it free.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from marketplace.actions.context import Context
from marketplace.actions.eligible import Eligible
from marketplace.actions.figures import Figure
from marketplace.actions.kept import Kept
from marketplace.actions.questions import DEFAULT_RULE, Question
from marketplace.actions.reading import knowledge
from marketplace.actions.standings import standings_of
from marketplace.domain.counting import Undefined
from marketplace.domain.regions import SIZE_CLASSES
from marketplace.domain.rule import Rule, Unit
from marketplace.domain.standings import Grouping, Roster
from marketplace.domain.tallying import TERRITORIAL, Tallies, count
from marketplace.store import authority_attributes, head, ledger
from marketplace.store.head import Head

KEPT_FIGURES = 4096
_kept: Kept["Reuse"] = Kept(KEPT_FIGURES)


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


def _compute(session: Session, service_id: str, question: Question, known_at: datetime, at: Head) -> Reuse:
    rule = question.rule
    read = standings_of(session, service_id, question.as_of, known_at, rule.stale_after_days)
    facts = read.counted.facts
    groups = grouping_of(session, read.roster, question.by, known_at)
    counted = count(
        rule, question.unit, question.by, read.grouped(groups), facts.lead_state, facts.partner_states
    )
    if read.eligible.members is None:
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
        authority_set=facts.authority_set,
        developing_states=tuple(sorted(counted.developing)),
        total=Figure.of("total", "", counted.total),
        rows=_rows(question.by, counted, read.eligible),
    )


def grouping_of(session: Session, roster: Roster, by: str, known_at: datetime) -> Grouping:
    """Return the groups of eligible authorities that a question asks for."""
    if by != "it_provider":
        return roster.grouping(by)
    values = authority_attributes.values_of(session, by, known_at)
    return roster.grouping_by_attribute({key: " + ".join(several) for key, several in values.items()})


def _rows(by: str, counted: Tallies, eligible: Eligible) -> tuple[Figure, ...]:
    if by == "size_class":
        groups = [(name, name) for name in SIZE_CLASSES if name in counted.groups]
    elif by in TERRITORIAL:
        regions = eligible.territory.by_key
        groups = [(key, regions[key].name if key in regions else key) for key in counted.groups]
    else:
        groups = [(key, key) for key in counted.groups]
    return tuple(Figure.of(key, label, counted.groups[key]) for key, label in groups)
