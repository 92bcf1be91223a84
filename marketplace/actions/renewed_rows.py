"""What long tables are made of, kept a process: after a write only that is made again whose sources changed."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Engine

Row = TypeVar("Row")
Value = TypeVar("Value")
Sources = tuple[object, ...]


class Latest(Generic[Value]):
    """The last value under each of the most recently used names, ``limit`` for each database. Safe to use from threads."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._by_engine: WeakKeyDictionary[Engine, OrderedDict[Hashable, Value]] = WeakKeyDictionary()
        self._lock = threading.Lock()

    def get(self, engine: Engine, name: Hashable) -> Value | None:
        """Return the last value, None where there is none. Values are shared: never change one."""
        with self._lock:
            values = self._by_engine.setdefault(engine, OrderedDict())
            if name in values:
                values.move_to_end(name)
            return values.get(name)

    def put(self, engine: Engine, name: Hashable, value: Value) -> None:
        """Keep a value in place of the last one."""
        with self._lock:
            values = self._by_engine.setdefault(engine, OrderedDict())
            values[name] = value
            values.move_to_end(name)
            while len(values) > self._limit:
                values.popitem(last=False)


@dataclass(frozen=True, slots=True)
class _Table(Generic[Row]):
    keys: Sequence[str]
    sources: Sequence[Sources]
    rows: list[Row]


class RenewedRows(Generic[Row]):
    """The rows of the most recently asked tables, ``limit`` for each database."""

    def __init__(self, limit: int) -> None:
        self._latest: Latest[_Table[Row]] = Latest(limit)

    def rows(
        self,
        engine: Engine,
        table: Hashable,
        keys: Sequence[str],
        sources: Sequence[Sources],
        make: Callable[[str, Sources], Row],
    ) -> list[Row]:
        """Return a row for each key, in their order; ``make`` is asked for those that are new or have other sources.

        ``table`` names everything that a row depends on besides its sources. Rows are shared: never change one.
        """
        before = self._latest.get(engine, table)
        if before is None:
            rows = [make(key, given) for key, given in zip(keys, sources, strict=True)]
        elif before.keys == keys:
            rows = [
                row if given == was else make(key, given)
                for key, given, was, row in zip(keys, sources, before.sources, before.rows, strict=True)
            ]
        else:
            kept = dict(zip(before.keys, zip(before.sources, before.rows, strict=True), strict=True))
            rows = []
            for key, given in zip(keys, sources, strict=True):
                found = kept.get(key)
                rows.append(found[1] if found is not None and found[0] == given else make(key, given))
        self._latest.put(engine, table, _Table(keys, sources, rows))
        return rows
