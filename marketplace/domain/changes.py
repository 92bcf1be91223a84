"""Why a figure differs between two dates: what each authority adds to numerator and denominator, before and after.

A difference is split in up to three steps, each taken from where the one before ended, so that their sums are the
difference exactly:

1. *rule*: the first day is counted by the second rule. All of it has the cause ``rule``.
2. *knowledge*: the first day is read with what was known for the second figure.
3. *time*: the second day is read instead of the first.

In a step an authority's share has one cause, the first of these that applies:

- eligible, and outside the developing states, at one end only: ``reform`` where a change of the territory did it,
  otherwise ``denominator`` (the authority set, the lead or partner states);
- in another group: it leaves one group and enters the other as it stood, by ``size_class`` where it is grouped by size
  class, by ``reform`` where the register groups it otherwise, and by ``denominator`` where a source says something else
  of it (IT provider);
- of other weight: what it adds as it stood grows or shrinks, by ``reform`` where it took over from a region that ended,
  otherwise by ``denominator`` (inhabitants);
- of another class: ``corrected`` where a correction became known in the step that concerns what decides it;
  ``denominator`` where it becomes or was confirmed not competent; ``reform`` where a new region takes over the status
  of its predecessors; ``confirmed`` from unconfirmed to counted; ``turned_stale`` from counted to unconfirmed because
  nobody confirmed it for long; otherwise ``new`` where it is counted now and ``ended`` where it was.

The second to fourth can come together; each is then a share of its own. What becomes known late without correcting
anything has the cause it would have had in time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from marketplace.domain.counting import CLASSES, COUNTERS, classes_by_code, counters_by_code
from marketplace.domain.rule import Rule
from marketplace.domain.standings import NO_GROUP, ROSTER_GROUPINGS, Grouping, Roster

_COUNTED, _CLASSES = COUNTERS.index("counted"), slice(len(CLASSES))


class Cause(StrEnum):
    """Why a share of a difference is there."""

    NEW = "new"
    ENDED = "ended"
    CONFIRMED = "confirmed"
    TURNED_STALE = "turned_stale"
    CORRECTED = "corrected"
    REFORM = "reform"
    SIZE_CLASS = "size_class"
    DENOMINATOR = "denominator"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class Place:
    """Where an authority stands in a figure: its group (None: in the total only), weight and class (None: excluded)."""

    group: str | None
    weight: int
    name: str | None
    is_stale: bool = False

    @property
    def numerator(self) -> int:
        """What it adds to the numerator."""
        return self.weight if self.name == "counted" else 0

    @property
    def denominator(self) -> int:
        """What it adds to the denominator."""
        return 0 if self.name is None else self.weight


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What tells the causes of one authority apart, see the module's text.

    ``is_rule``: the step is that of the rule; ``regrouped``: why it is in another group, see ``regrouped_by``;
    ``is_reform``: a reform made it eligible or not, or larger; ``took_over``: its status comes from predecessors;
    ``is_corrected``: a correction that became known in the step concerns it.
    """

    is_rule: bool = False
    regrouped: Cause = Cause.REFORM
    is_reform: bool = False
    took_over: bool = False
    is_corrected: bool = False


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a difference: its cause, the group it falls in, and what it adds."""

    cause: Cause
    group: str | None
    numerator: int
    denominator: int


def regrouped_by(by: str | None) -> Cause:
    """Return why an authority comes into another group of a grouping (None: there are no groups)."""
    if by == "size_class":
        return Cause.SIZE_CLASS
    return Cause.REFORM if by is None or by in ROSTER_GROUPINGS else Cause.DENOMINATOR


def shares_of(before: Place | None, after: Place | None, about: Circumstances) -> list[Share]:
    """Return why one authority adds something else after a step than before it; None: it adds nothing at that end."""
    shares = _by_rule(before, after) if about.is_rule else _shares(before, after, about)
    return [share for share in shares if share.numerator or share.denominator]


def _by_rule(before: Place | None, after: Place | None) -> Iterator[Share]:
    if before is not None:
        yield Share(Cause.RULE, before.group, -before.numerator, -before.denominator)
    if after is not None:
        yield Share(Cause.RULE, after.group, after.numerator, after.denominator)


def _shares(before: Place | None, after: Place | None, about: Circumstances) -> Iterator[Share]:
    moved = Cause.REFORM if about.is_reform else Cause.DENOMINATOR
    if before is None or after is None:
        if before is not None:
            yield Share(moved, before.group, -before.numerator, -before.denominator)
        if after is not None:
            yield Share(moved, after.group, after.numerator, after.denominator)
        return
    if before.group != after.group:
        yield Share(about.regrouped, before.group, -before.numerator, -before.denominator)
        yield Share(about.regrouped, after.group, before.numerator, before.denominator)
    stood = before
    if before.weight != after.weight:
        stood = Place(after.group, after.weight, before.name)
        grown, widened = stood.numerator - before.numerator, stood.denominator - before.denominator
        yield Share(moved, after.group, grown, widened)
    gained, joined = after.numerator - stood.numerator, after.denominator - stood.denominator
    yield Share(_of_class(before, after, about), after.group, gained, joined)


def _of_class(before: Place, after: Place, about: Circumstances) -> Cause:
    if about.is_corrected:
        return Cause.CORRECTED
    if before.name is None or after.name is None:
        return Cause.DENOMINATOR
    if about.took_over:
        return Cause.REFORM
    if (before.name, after.name) == ("unconfirmed", "counted"):
        return Cause.CONFIRMED
    if (before.name, after.name) == ("counted", "unconfirmed") and after.is_stale:
        return Cause.TURNED_STALE
    return Cause.NEW if after.name == "counted" else Cause.ENDED


@dataclass(frozen=True, slots=True)
class End:
    """One end of a step, in columns: the eligible authorities, their codes and weights, who is inside, the groups."""

    rule: Rule
    roster: Roster
    codes: NDArray[np.uint16]
    weights: NDArray[np.int64]
    inside: NDArray[np.bool_]
    groups: Grouping | None

    def places(self, at: Sequence[int]) -> list[Place | None]:
        """Return where the authorities at places of the roster stand, None for whoever adds nothing."""
        classes = classes_by_code(self.rule)
        return [None if one == NO_GROUP or not self.inside[one] else self._place(one, classes) for one in at]

    def _place(self, at: int, classes: Sequence[tuple[str | None, bool]]) -> Place:
        name, is_stale = classes[self.codes[at]]
        group = NO_GROUP if self.groups is None else self.groups.places[at]
        key = None if self.groups is None or group == NO_GROUP else self.groups.keys[group]
        return Place(key, int(self.weights[at]), name, is_stale)

    def columns(self, at: NDArray[np.int64], names: dict[str, int]) -> NDArray[np.int64]:
        """Return numerator, denominator and group (by ``names``) at places of the roster; nobody adds nothing."""
        columns = np.zeros((3, len(at)), dtype=np.int64)
        columns[2] = NO_GROUP
        here = at != NO_GROUP
        places = at[here]
        table = counters_by_code(self.rule)
        weights = np.where(self.inside[places], self.weights[places], 0)
        codes = self.codes[places]
        columns[0, here] = table[:, _COUNTED][codes] * weights
        columns[1, here] = table[:, _CLASSES].sum(axis=1)[codes] * weights
        if self.groups is not None:
            number_of = np.array([names[key] for key in self.groups.keys] + [NO_GROUP], dtype=np.int64)
            columns[2, here] = np.where(weights != 0, number_of[self.groups.places[places]], NO_GROUP)
        return columns


def changed(before: End, after: End) -> list[tuple[int, int]]:
    """Return the authorities that add something else, or in another group: their places in both rosters or ``NO_GROUP``."""
    ids = before.roster.ids
    if before.roster is not after.roster:
        ids = np.union1d(before.roster.ids, after.roster.ids)
        earlier, later = before.roster.places_of(ids), after.roster.places_of(ids)
    else:
        earlier = later = np.arange(len(ids), dtype=np.int64)
    keys = sorted({key for end in (before, after) if end.groups is not None for key in end.groups.keys})
    names = {key: number for number, key in enumerate(keys)}
    differs = (before.columns(earlier, names) != after.columns(later, names)).any(axis=0)
    return list(zip(earlier[differs].tolist(), later[differs].tolist(), strict=True))
