"""The figures of many services by one question: what every statistic about several services begins with.

Answers to a question are kept a process on a board, and a board follows the projection: after a write only the services
that it touched are counted again. So figures are never older than the last commit, and a second reader gets them free.
"""

import threading
from collections import OrderedDict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from marketplace.actions.context import Context
from marketplace.actions.figures import Figure
from marketplace.actions.kept import Kept
from marketplace.actions.questions import Question
from marketplace.actions.reading import knowledge
from marketplace.actions.standings import StandingsReader, needs_no_sheet
from marketplace.domain.counting import Tally, Undefined
from marketplace.domain.reading import STALE_AFTER_DAYS
from marketplace.domain.regions import Territory
from marketplace.domain.rule import ATTRIBUTE_GROUPINGS
from marketplace.domain.service import ServiceFacts
from marketplace.domain.standings import NO_DISTRICT
from marketplace.domain.tallying import TERRITORIAL, Developing, Tallies, count_all
from marketplace.store.figure_heads import figure_heads

KEPT_BOARDS = 24
KEPT_FIGURES = 8192
KEPT_KEYS = 1024
_keys: dict[tuple[str, ...], tuple[str, ...]] = {}
NO_RATE = 2
WITHOUT_REGION = {NO_DISTRICT: "ohne Kreis"}
"""Labels beside the names of regions, in the same language."""
FEW = 50
"""Up to so many services are kept one by one: a question about a single service makes no board."""


@dataclass(frozen=True, eq=False)
class ServiceFigures:
    """How one service is counted. Its tallies are shared: never change one. What is asked of them is kept with them.

    ``facts`` are those it was counted with, ``labels`` the names of the groups; ``territory_on`` is the day of the
    register used (None: no register yet), ``demo`` tells whether demo events are in it. Figures are the same when they
    are the same object: of a service about which more became known they are others, even where all counts are equal.
    """

    service_id: str
    facts: ServiceFacts
    territory_on: date | None
    demo: bool
    tallies: Tallies
    labels: Mapping[str, str]

    @property
    def developing_states(self) -> frozenset[str]:
        """The states that the rule leaves out."""
        return self.tallies.developing

    @property
    def total(self) -> Tally:
        """The tally of all eligible authorities."""
        return self.tallies.total

    @property
    def groups(self) -> dict[str, Tally]:
        """The tallies of the groups, in the order they are shown in; made anew each time."""
        return self.tallies.groups

    def group(self, key: str) -> Tally | None:
        """Return the tally of one group, None where there is none."""
        return self.tallies.group(key)

    @cached_property
    def figure(self) -> Figure:
        """The figure of the total."""
        return Figure.of("total", "", self.total)

    @property
    def rows(self) -> tuple[Figure, ...]:
        """The figures of the groups; made anew each time: who shows them keeps them."""
        return tuple(Figure.of(key, self.labels[key], tally) for key, tally in self.groups.items())

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The keys of the groups; services with the same groups share one tuple."""
        keys = self.tallies.keys
        return _keys.setdefault(keys, keys) if keys in _keys or len(_keys) < KEPT_KEYS else keys

    @cached_property
    def has_rate(self) -> bool:
        """Whether the total has a rate."""
        return self.total.why_undefined is None

    @cached_property
    def mark(self) -> int:
        """Whether anybody is in the numerator: 1 or 0, ``NO_RATE`` where there is no rate."""
        return int(self.total.numerator > 0) if self.has_rate else NO_RATE

    @cached_property
    def counters(self) -> NDArray[np.int64]:
        """The counters of the total and of each group, all 0 where there is no rate: what sums are made of."""
        return self.tallies.rated


@dataclass(frozen=True, slots=True)
class _Board:
    """The services that one question was asked about, as they stood at a version of the ledger. Never changed.

    ``order`` are their ids in the order of ``figures`` where all of them were asked for, otherwise it is empty.
    """

    version: int
    figures: Mapping[str, ServiceFigures]
    order: Sequence[str]


_boards: WeakKeyDictionary[Engine, OrderedDict[Hashable, _Board]] = WeakKeyDictionary()
_few: Kept["ServiceFigures"] = Kept(KEPT_FIGURES)
_lock = threading.Lock()


def figures_of(
    read: StandingsReader, service_ids: Iterable[str], question: Question
) -> Mapping[str, ServiceFigures]:
    """Count services one by one, in the order asked for, by the knowledge of a reader.

    The answer is shared: never change it.

    Raises:
        NotFound: there is no such service, or none that the public knows of.
    """
    wanted = list(service_ids)
    at = read.head
    name = _name(question, read)
    if name is None:
        return _count(read, wanted, question)
    engine = read.engine
    if len(wanted) <= FEW:
        versions = read.versions(wanted)
        keys = {service_id: (name, service_id, versions.get(service_id, at.version)) for service_id in wanted}
        return _few.get_many(engine, keys, lambda missing: _count(read, missing, question))
    with _lock:
        board = _boards.setdefault(engine, OrderedDict()).get(name)
    if board is None or board.version > at.version:
        board = _Board(at.version, {}, ())
    stale: Collection[str] = ()
    if board.version < at.version:
        by_rollup = needs_no_sheet(question.rule.stale_after_days, question.by)
        stale = read.changed_after(board.version, question.as_of, by_rollup=by_rollup)
    if board.order == wanted:
        missing = [service_id for service_id in stale if service_id in board.figures]
        found = {**board.figures, **_count(read, missing, question)} if missing else board.figures
        if board.version < at.version:
            _keep(engine, name, _Board(at.version, found, wanted))
        return found
    kept = dict(board.figures)
    for service_id in stale:
        kept.pop(service_id, None)
    missing = [service_id for service_id in wanted if service_id not in kept]
    if missing:
        kept |= _count(read, missing, question)
    found = {service_id: kept[service_id] for service_id in wanted}
    if missing or board.version < at.version:
        whole = len(found) == len(kept)
        _keep(engine, name, _Board(at.version, found if whole else kept, wanted if whole else ()))
    return found


def figures_reader(
    ctx: Context, session: Session, service_ids: Sequence[str], question: Question
) -> StandingsReader:
    """Return a reader for ``figures_of`` that has read what the figures of a few services on one day are made of."""
    by_rollup = needs_no_sheet(question.rule.stale_after_days, question.by)
    heads = figure_heads(session, service_ids, question.as_of, by_rollup=by_rollup)
    pinned = knowledge(ctx, heads.head, question.known_at)
    return StandingsReader(session, pinned, heads, question.as_of)


def table_name(question: Question, read: StandingsReader) -> Hashable:
    """Return the name under which that can be kept which is made of the figures of a question.

    Whoever asks about the instant of the last recording asks about the present: after a write that is another instant.
    """
    name = _name(question, read)
    return question if name is None else name


def _name(question: Question, read: StandingsReader) -> Hashable | None:
    """Return what a board of present knowledge is kept under, None for a question about older knowledge."""
    if not read.is_present or question.rule.stale_after_days != STALE_AFTER_DAYS:
        return None
    # Attributes of authorities move the structure and leave the projection as it is.
    structure = read.head.structure_version if question.by in ATTRIBUTE_GROUPINGS else 0
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
    found = {}
    columns = read.columns_of_many(service_ids, question.as_of, rule.stale_after_days, question.by)
    for bases, standings in columns:
        facts = [basis.counted.facts for basis in bases.values()]
        developing = [Developing(one.lead_state, one.partner_states) for one in facts]
        counted = count_all(rule, question.unit, question.by, standings, developing)
        labelled: dict[tuple[int, tuple[str, ...]], Mapping[str, str]] = {}
        for (service_id, basis), one, tallies in zip(bases.items(), facts, counted, strict=True):
            territory = basis.eligible.territory
            is_known = basis.eligible.members is not None
            alike = id(territory), tallies.keys
            if alike not in labelled:
                labelled[alike] = _labels(question.by, tallies.keys, territory)
            found[service_id] = ServiceFigures(
                service_id=service_id,
                facts=one,
                territory_on=territory.on,
                demo=read.has_demo(basis.counted.recorded_for),
                tallies=tallies if is_known else replace(tallies, undefined=Undefined.AUTHORITY_SET_UNKNOWN),
                labels=labelled[alike],
            )
    return {service_id: found[service_id] for service_id in service_ids}


def _labels(by: str, keys: Sequence[str], territory: Territory) -> dict[str, str]:
    if by not in TERRITORIAL:
        return {key: key for key in keys}
    regions = territory.by_key
    return {key: regions[key].name if key in regions else WITHOUT_REGION.get(key, key) for key in keys}
