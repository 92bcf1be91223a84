"""Why a figure of one service differs between two dates, cause by cause, with the events behind each."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from marketplace.actions.change_steps import Changes, Moment, Reason
from marketplace.actions.context import Context
from marketplace.actions.figure_notes import rule_name, territories_of
from marketplace.actions.figures import Figure
from marketplace.actions.kept_answers import kept_while_unchanged
from marketplace.actions.questions import DEFAULT_RULE, Question
from marketplace.actions.reading import read_known_at
from marketplace.actions.service_figures import ServiceFigures, figures_of
from marketplace.actions.standings import StandingsReader
from marketplace.domain.changes import Cause
from marketplace.domain.counting import Tally
from marketplace.domain.rule import Unit
from marketplace.domain.standings import groups_in_order
from marketplace.errors import InvalidInput

LISTED, MAX_LISTED = 100, 10_000
"""How many events and authorities a cause names unless it is asked for others; their numbers are always whole."""


@dataclass(frozen=True, slots=True)
class CauseOfChange:
    """What one cause adds to numerator and denominator, and the events and authorities behind it, so many as asked for."""

    cause: Cause
    numerator: int
    denominator: int
    event_ids: tuple[int, ...]
    event_count: int
    authority_keys: tuple[str, ...]
    authority_count: int


@dataclass(frozen=True, slots=True)
class ChangedFigure:
    """A figure at both ends, and the difference of its numerators and denominators, which the causes add up to exactly."""

    key: str
    label: str
    before: Figure
    after: Figure
    numerator: int
    denominator: int
    causes: tuple[CauseOfChange, ...]


@dataclass(frozen=True, slots=True)
class ReuseChanges:
    """The answer. ``first`` and ``last`` are the questions at both ends, with the instants they are pinned to.

    ``listed`` is how many events and authorities each cause names at most.
    """

    service_id: str
    by: str | None
    unit: Unit
    first: Moment
    last: Moment
    territory_on: date | None
    territory_on_first: date | None
    demo: bool
    total: ChangedFigure
    rows: tuple[ChangedFigure, ...]
    listed: int = LISTED

    @property
    def territories(self) -> tuple[date, ...]:
        """The days of the registers that its two ends were read in."""
        return territories_of((self.territory_on_first, self.territory_on))


@kept_while_unchanged(256, too_long=lambda asked: asked.get("listed", LISTED) != LISTED)
def reuse_changes(
    ctx: Context,
    service_id: str,
    *,
    first: date,
    last: date | None = None,
    by: str | None = None,
    rule: str = DEFAULT_RULE,
    rule_first: str | None = None,
    unit: str | None = None,
    known_first: str | datetime | None = None,
    known_last: str | datetime | None = None,
    listed: int = LISTED,
) -> ReuseChanges:
    """Answer why a figure changed between two days; by what was known at the last, unless ``known_first`` says else.

    It can be asked ``by`` all that the rule can be grouped by.

    Raises:
        InvalidInput: a parameter that is none, or ends in the wrong order.
        NotFound: there is no such service.
    """
    if not 1 <= listed <= MAX_LISTED:
        raise InvalidInput.one("listed", "range", f"must be 1 to {MAX_LISTED}")
    asked = read_known_at(ctx, known_last, "known_to")
    asked_first = read_known_at(ctx, known_first, "known_from")
    with ctx.database.reading() as session:
        reader = StandingsReader.opened(ctx, session, asked, [service_id])
        pinned, seen = reader.known_at, reader.head.structure_version
        after = Question.of(
            ctx, by=by or "state", rule=rule, unit=unit, as_of=last, known_at=asked, seen=seen
        )
        before = Question.of(
            ctx, by=after.by, rule=rule_first or rule_name(after.rule), unit=None, as_of=first,
            known_at=asked_first, seen=seen,
        )  # fmt: skip
        if before.rule.units != after.rule.units:
            raise InvalidInput.one("rule_from", "choice", "one rule counts states, the other authorities")
        before = replace(before, unit=after.unit)
        if before.as_of > after.as_of:
            raise InvalidInput.one("from", "order", "must not be later than `to`")
        pinned_first = pinned if before.known_at is None else before.known_at
        if pinned_first > pinned:
            raise InvalidInput.one("known_from", "order", "must not be later than `known_to`")
        ends = (Moment(before.rule, before.as_of, pinned_first), Moment(after.rule, after.as_of, pinned))
        readers = {pinned_first: StandingsReader(session, pinned_first), pinned: reader}
        figures = (
            figures_of(readers[pinned_first], [service_id], before)[service_id],
            figures_of(reader, [service_id], after)[service_id],
        )
        reasons = list(Changes(session, service_id, after.unit, by, readers).between(*ends))
    return ReuseChanges(
        service_id=service_id,
        by=by,
        unit=after.unit,
        first=ends[0],
        last=ends[1],
        territory_on=figures[1].territory_on,
        territory_on_first=figures[0].territory_on,
        demo=any(one.demo for one in figures),
        total=_changed("total", "", figures[0].total, figures[1].total, reasons, listed),
        rows=() if by is None else _rows(by, *figures, reasons, listed),
        listed=listed,
    )


def _rows(
    by: str, before: ServiceFigures, after: ServiceFigures, reasons: Iterable[Reason], listed: int
) -> tuple[ChangedFigure, ...]:
    by_group: dict[str | None, list[Reason]] = {}
    for reason in reasons:
        by_group.setdefault(reason.share.group, []).append(reason)
    labels = {**before.labels, **after.labels}
    keys = groups_in_order(by, labels)
    earlier, later = before.groups, after.groups
    return tuple(
        _changed(
            key,
            labels[key],
            earlier.get(key, Tally()),
            later.get(key, Tally()),
            by_group.get(key, ()),
            listed,
        )
        for key in keys
    )


def _changed(
    key: str, label: str, before: Tally, after: Tally, reasons: Iterable[Reason], listed: int
) -> ChangedFigure:
    found = list(reasons)
    causes = (_cause(cause, [one for one in found if one.share.cause is cause], listed) for cause in Cause)
    return ChangedFigure(
        key,
        label,
        Figure.of(key, label, before),
        Figure.of(key, label, after),
        after.numerator - before.numerator,
        after.denominator - before.denominator,
        tuple(one for one in causes if one is not None),
    )


def _cause(cause: Cause, reasons: list[Reason], listed: int) -> CauseOfChange | None:
    if not reasons:
        return None
    events = sorted({event_id for one in reasons for event_id in one.event_ids})
    keys = sorted({one.authority_key for one in reasons})
    return CauseOfChange(
        cause=cause,
        numerator=sum(one.share.numerator for one in reasons),
        denominator=sum(one.share.denominator for one in reasons),
        event_ids=tuple(events[:listed]),
        event_count=len(events),
        authority_keys=tuple(keys[:listed]),
        authority_count=len(keys),
    )
