"""The figures of many services by one question: what every statistic about several services begins with.

A service's figures are kept a process under everything they depend on: the two times and the head of the ledger, which
every recording moves. So they are never older than the last commit, and a second reader gets them free.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from sqlalchemy.orm import Session

from marketplace.actions.kept import Kept
from marketplace.actions.questions import Question
from marketplace.actions.standings import ServiceStandings, standings_of
from marketplace.domain.counting import Tally, Undefined
from marketplace.domain.regions import SIZE_CLASSES
from marketplace.domain.standings import Grouping, Roster
from marketplace.domain.tallying import TERRITORIAL, count
from marketplace.store import authority_attributes, head, ledger

KEPT_FIGURES = 8192
_kept: Kept["ServiceFigures"] = Kept(KEPT_FIGURES)


@dataclass(frozen=True, slots=True)
class ServiceFigures:
    """How one service is counted. Its tallies are shared: never change one.

    ``groups`` are in the order they are shown in, ``labels`` their names; ``developing_states`` the states that the
    rule leaves out; ``territory_on`` is the day of the register used (None: no register yet), ``demo`` tells whether
    demo events are in it.
    """

    service_id: str
    part_of: str | None
    authority_set: str | None
    developing_states: frozenset[str]
    territory_on: date | None
    demo: bool
    total: Tally
    groups: Mapping[str, Tally]
    labels: Mapping[str, str]


def figures_of(
    session: Session, service_ids: Iterable[str], question: Question, known_at: datetime
) -> dict[str, ServiceFigures]:
    """Count services one by one, in the order asked for; ``known_at`` is the instant the question is pinned to.

    Raises:
        NotFound: there is no such service, or none that the public knows of.
    """
    version, engine = head.head(session).version, session.get_bind().engine
    rule = question.rule
    found = {}
    for service_id in service_ids:
        key = (version, service_id, rule, question.by, question.unit, question.as_of, known_at)
        found[service_id] = _kept.get(engine, key, partial(_count, session, service_id, question, known_at))
    return found


def grouping_of(session: Session, roster: Roster, by: str, known_at: datetime) -> Grouping:
    """Return the groups of eligible authorities that a question asks for."""
    if by != "it_provider":
        return roster.grouping(by)
    values = authority_attributes.values_of(session, by, known_at)
    return roster.grouping_by_attribute({key: " + ".join(several) for key, several in values.items()})


def _count(session: Session, service_id: str, question: Question, known_at: datetime) -> ServiceFigures:
    rule = question.rule
    read = standings_of(session, service_id, question.as_of, known_at, rule.stale_after_days)
    facts = read.counted.facts
    groups = grouping_of(session, read.roster, question.by, known_at)
    counted = count(
        rule, question.unit, question.by, read.grouped(groups), facts.lead_state, facts.partner_states
    )
    if read.eligible.members is None:
        counted.total.undefined = Undefined.AUTHORITY_SET_UNKNOWN
    labels = _labels(question.by, counted.groups, read)
    return ServiceFigures(
        service_id=service_id,
        part_of=facts.part_of,
        authority_set=facts.authority_set,
        developing_states=counted.developing,
        territory_on=read.eligible.territory.on,
        demo=ledger.has_demo_events(session, read.counted.recorded_for),
        total=counted.total,
        groups={key: counted.groups[key] for key in labels},
        labels=labels,
    )


def _labels(by: str, groups: Mapping[str, Tally], read: ServiceStandings) -> dict[str, str]:
    if by == "size_class":
        return {name: name for name in SIZE_CLASSES if name in groups}
    if by in TERRITORIAL:
        regions = read.eligible.territory.by_key
        return {key: regions[key].name if key in regions else key for key in groups}
    return {key: key for key in groups}
