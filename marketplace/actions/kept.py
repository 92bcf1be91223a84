"""Answers kept a process for one database, under everything that they depend on."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from enum import Enum
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Engine

Answer = TypeVar("Answer")
Name = TypeVar("Name", bound=Hashable)


class Kept(Generic[Answer]):
    """The most recently used answers of one question, ``limit`` for each database. Safe to use from several threads."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._by_engine: WeakKeyDictionary[Engine, OrderedDict[Hashable, Answer]] = WeakKeyDictionary()
        self._lock = threading.Lock()

    def get(self, engine: Engine, key: Hashable, compute: Callable[[], Answer]) -> Answer:
        """Return the answer kept under ``key``, or compute and keep it. Answers are shared: never change one.

        Two threads that ask at once may both compute; what an answer depends on is in its key, so both say the same.
        """
        with self._lock:
            answers = self._by_engine.setdefault(engine, OrderedDict())
            if (found := answers.get(key)) is not None:
                answers.move_to_end(key)
                return found
        computed = compute()
        with self._lock:
            answers[key] = computed
            while len(answers) > self._limit:
                answers.popitem(last=False)
        return computed

    def get_many(
        self,
        engine: Engine,
        keys: Mapping[Name, Hashable],
        compute: Callable[[list[Name]], Mapping[Name, Answer]],
    ) -> dict[Name, Answer]:
        """Return the answers of several names, each kept under its own key; ``compute`` is asked once for the rest."""
        with self._lock:
            answers = self._by_engine.setdefault(engine, OrderedDict())
            found = {name: answers[key] for name, key in keys.items() if key in answers}
            for name in found:
                answers.move_to_end(keys[name])
        missing = [name for name in keys if name not in found]
        if missing:
            computed = compute(missing)
            with self._lock:
                answers.update({keys[name]: computed[name] for name in missing})
                while len(answers) > self._limit:
                    answers.popitem(last=False)
            found |= computed
        return {name: found[name] for name in keys}


class _Unmet(Enum):
    """What a table holds of a name that nobody has asked about; None is an answer."""

    NAME = 0


class KeptTables(Generic[Name, Answer]):
    """Answers about many names that all depend on the same: one look-up a name, where ``Kept`` would build keys.

    ``limit`` is for the names of one state of things; of those states the last two are kept, for who still asks about
    the one before.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._tables: Kept[dict[Name, Answer]] = Kept(2)

    def get(
        self,
        engine: Engine,
        state: Hashable,
        names: Sequence[Name],
        compute: Callable[[list[Name]], Mapping[Name, Answer]],
    ) -> dict[Name, Answer]:
        """Return the answer about each name; ``compute`` is asked once for those not met in this state."""
        table = self._tables.get(engine, state, dict)
        # Looked up once a name: another thread may empty the table in between.
        found = {
            name: answer for name in names if (answer := table.get(name, _Unmet.NAME)) is not _Unmet.NAME
        }
        missing = [name for name in names if name not in found]
        if not missing:
            return found
        computed = compute(missing)
        if len(table) + len(computed) > self._limit:
            table.clear()
        table.update(computed)
        return {name: found[name] if name in found else computed[name] for name in names}
