"""The groups of many services in columns: who looks at all groups of all of them takes these, not their tallies."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marketplace.actions.service_figures import ServiceFigures
from marketplace.domain.counting import COUNTERS


@dataclass(frozen=True, slots=True)
class FigureColumns:
    """A row a service, in the order of their figures, and a column a group, in the order of ``keys``.

    ``present`` tells which services have which groups. ``sums`` are the sums of some classes each, 0 where a service does
    not have the group; whether a group has a rate plays no part in them.
    """

    keys: tuple[str, ...]
    present: NDArray[np.bool_]
    sums: tuple[NDArray[np.int64], ...]


def columns_of(found: Sequence[ServiceFigures], *classes: Sequence[str]) -> FigureColumns:
    """Put the groups of some services side by side, their keys in order; for each of ``classes`` comes one sum."""
    adding = [[COUNTERS.index(name) for name in several] for several in classes]
    # Services with the same groups share one tuple of keys: they are laid side by side all at once.
    alike: dict[int, list[int]] = {}
    for place, one in enumerate(found):
        alike.setdefault(id(one.keys), []).append(place)
    keys = tuple(sorted({key for places in alike.values() for key in found[places[0]].keys}))
    column = {key: number for number, key in enumerate(keys)}
    present = np.zeros((len(found), len(keys)), dtype=np.bool_)
    sums = np.zeros((len(classes), len(found), len(keys)), dtype=np.int64)
    for places in alike.values():
        own = found[places[0]].keys
        if own:
            where = np.ix_(places, [column[key] for key in own])
            counters = np.concatenate([found[place].tallies.counters for place in places])
            present[where] = True
            for number, added in enumerate(adding):
                # Columns one by one: a product of matrices of integers takes several times as long.
                numbers = sum((counters[:, one] for one in added), np.zeros(len(counters), dtype=np.int64))
                sums[number][where] = numbers.reshape(len(places), len(own) + 1)[:, 1:]
    return FigureColumns(keys, present, tuple(sums))
