"""The figures of many services added up, group by group."""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine

from marketplace.actions.renewed_rows import Latest
from marketplace.actions.service_figures import ServiceFigures
from marketplace.domain.counting import COUNTERS, Tally
from marketplace.domain.service_pairs import joined

KEPT_SUMS = 32
FEW_CHANGES = 200


@dataclass(frozen=True, slots=True)
class JoinedFigures:
    """Authority-service pairs of the services that have a rate, in all and by group; see ``domain.service_pairs``.

    A service without a rate is in no sum; ``undefined`` is how many have none. ``labels`` are the groups' names.
    """

    total: Tally
    undefined: int
    groups: Mapping[str, Tally]
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Sums:
    """The sums of ``counters`` of the services that have the same groups, by the identity of their ``keys``."""

    found: Sequence[ServiceFigures]
    counters: Mapping[int, NDArray[np.int64]]
    examples: Mapping[int, ServiceFigures]
    undefined: int


_latest: Latest[_Sums] = Latest(KEPT_SUMS)


def join_again(engine: Engine, table: Hashable, found: Sequence[ServiceFigures]) -> JoinedFigures:
    """Add the figures of some services up; the groups come in the order in which the services have them.

    Of a table that was joined before only what changed is taken out and put in.
    """
    before = _latest.get(engine, table)
    sums = (None if before is None else _mended(before, found)) or _add_up(found)
    _latest.put(engine, table, sums)
    return _joint(sums)


def _add_up(found: Sequence[ServiceFigures]) -> _Sums:
    # Most services share one of a few tuples of keys; to hash it for each would cost more than the sums.
    alike: dict[int, list[ServiceFigures]] = {}
    for one in found:
        alike.setdefault(id(one.keys), []).append(one)
    return _Sums(
        found,
        {name: np.add.reduce([one.counters for one in several], axis=0) for name, several in alike.items()},
        {name: several[0] for name, several in alike.items()},
        sum(not one.has_rate for one in found),
    )


def _mended(before: _Sums, found: Sequence[ServiceFigures]) -> _Sums | None:
    """Return earlier sums with what changed, None where it is simpler to add up anew."""
    if len(before.found) != len(found):
        return None
    changed = [(old, new) for old, new in zip(before.found, found, strict=True) if old is not new]
    if len(changed) > FEW_CHANGES or any(old.keys is not new.keys for old, new in changed):
        return None
    counters, examples, undefined = dict(before.counters), dict(before.examples), before.undefined
    for old, new in changed:
        # A group can have been renamed: the newest figure names it.
        examples[id(new.keys)] = new
        counters[id(old.keys)] = counters[id(old.keys)] - old.counters + new.counters
        undefined += old.has_rate - new.has_rate
    return _Sums(found, counters, examples, undefined)


def _joint(sums: _Sums) -> JoinedFigures:
    found = sums.found
    whole = np.zeros(len(COUNTERS), dtype=np.int64)
    groups: dict[str, NDArray[np.int64]] = {}
    labels: dict[str, str] = {}
    for name, counters in sums.counters.items():
        example = sums.examples[name]
        whole += counters[0]
        labels.update(example.labels)
        for key, numbers in zip(example.keys, counters[1:], strict=True):
            groups[key] = groups[key] + numbers if key in groups else numbers
    return JoinedFigures(
        total=Tally.of(whole.tolist()) if whole.any() else joined(one.total for one in found)[0],
        undefined=sums.undefined,
        groups={
            # A group in which nobody has a rate says why.
            key: Tally.of(numbers.tolist()) if numbers.any() else joined(_of_group(found, key))[0]
            for key, numbers in groups.items()
        },
        labels=labels,
    )


def _of_group(found: Iterable[ServiceFigures], key: str) -> Iterator[Tally]:
    for one in found:
        tally = one.group(key)
        if tally is not None:
            yield tally
