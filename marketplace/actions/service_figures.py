"""The figures of many services by one question: what every statistic about several services begins with.

Answers to a question are kept a process on a board, and a board follows the projection: after a write only the services
that it touched are counted again. So figures are never older than the last commit, and a second reader gets them free.
"""

import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from marketplace.actions.kept import Kept
from marketplace.actions.questions import Question
from marketplace.actions.standings import Basis, StandingsReader
from marketplace.domain.counting import Tally, Undefined
from marketplace.domain.reading import STALE_AFTER_DAYS
from marketplace.domain.regions import SIZE_CLASSES
from marketplace.domain.tallying import TERRITORIAL, count
from marketplace.store import head, projection
from marketplace.store.head import Head

KEPT_BOARDS = 24
KEPT_FIGURES = 8192
FEW = 50
"""Up to so many services are kept one by one: a question about a single service makes no board."""


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


@dataclass(frozen=True, slots=True)
class _Board:
    """The services that one question was asked about, as they stood at a version of the ledger. Never changed."""

    version: int
    figures: Mapping[str, ServiceFigures]


_boards: WeakKeyDictionary[Engine, OrderedDict[Hashable, _Board]] = WeakKeyDictionary()
_few: Kept["ServiceFigures"] = Kept(KEPT_FIGURES)
_lock = threading.Lock()


def figures_of(
    session: Session,
    service_ids: Iterable[str],
    question: Question,
    known_at: datetime,
    reader: StandingsReader | None = None,
) -> dict[str, ServiceFigures]:
    """Count services one by one, in the order asked for; ``known_at`` is the instant the question is pinned to.

    Who asks about several days hands in one ``reader`` of the same session and knowledge.

    Raises:
        NotFound: there is no such service, or none that the public knows of.
    """
    at, wanted = head.head(session), list(service_ids)
    read = reader or StandingsReader(session, known_at)
    name = _name(question, at, known_at)
    if name is None:
        return _count(read, wanted, question)
    engine = session.get_bind().engine
    if len(wanted) <= FEW:
        versions = projection.versions_of(session, wanted)
        keys = {service_id: (name, service_id, versions.get(service_id, at.version)) for service_id in wanted}
        return _few.get_many(engine, keys, lambda missing: _count(read, missing, question))
    with _lock:
        board = _boards.setdefault(engine, OrderedDict()).get(name)
    kept: dict[str, ServiceFigures] = {}
    if board is not None and board.version <= at.version:
        kept = dict(board.figures)
        if board.version < at.version:
            for service_id in projection.versions_after(session, board.version):
                kept.pop(service_id, None)
    missing = [service_id for service_id in wanted if service_id not in kept]
    if missing:
        kept |= _count(read, missing, question)
    if missing or board is None or board.version < at.version:
        _keep(engine, name, _Board(at.version, kept))
    return {service_id: kept[service_id] for service_id in wanted}


def _name(question: Question, at: Head, known_at: datetime) -> Hashable | None:
    """Return what a board of present knowledge is kept under, None for a question about older knowledge."""
    is_present = at.last_recorded_at is None or known_at >= at.last_recorded_at
    if not is_present or question.rule.stale_after_days != STALE_AFTER_DAYS:
        return None
    # Attributes of authorities move the structure and leave the projection as it is.
    structure = at.structure_version if question.by == "it_provider" else 0
    return question.rule, question.by, question.unit, question.as_of, structure


def _keep(engine: Engine, name: Hashable, board: _Board) -> None:
    with _lock:
        boards = _boards[engine]
        there = boards.get(name)
        if there is None or there.version <= board.version:
            boards[name] = board
        boards.move_to_end(name)
        while len(boards) > KEPT_BOARDS:
            boards.popitem(last=False)


def _count(
    read: StandingsReader, service_ids: Sequence[str], question: Question
) -> dict[str, ServiceFigures]:
    rule = question.rule
    columns_of_services = read.columns_of_many(
        service_ids, question.as_of, rule.stale_after_days, question.by
    )
    found = {}
    for service_id, basis, columns in columns_of_services:
        facts = basis.counted.facts
        counted = count(rule, question.unit, question.by, columns, facts.lead_state, facts.partner_states)
        if basis.eligible.members is None:
            counted.total.undefined = Undefined.AUTHORITY_SET_UNKNOWN
        labels = _labels(question.by, counted.groups, basis)
        found[service_id] = ServiceFigures(
            service_id=service_id,
            part_of=facts.part_of,
            authority_set=facts.authority_set,
            developing_states=counted.developing,
            territory_on=basis.eligible.territory.on,
            demo=read.has_demo(basis.counted.recorded_for),
            total=counted.total,
            groups={key: counted.groups[key] for key in labels},
            labels=labels,
        )
    return found


def _labels(by: str, groups: Mapping[str, Tally], read: Basis) -> dict[str, str]:
    if by == "size_class":
        return {name: name for name in SIZE_CLASSES if name in groups}
    if by in TERRITORIAL:
        regions = read.eligible.territory.by_key
        return {key: regions[key].name if key in regions else key for key in groups}
    return {key: key for key in groups}
