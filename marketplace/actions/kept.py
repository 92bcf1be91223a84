"""Answers kept a process for one database, under everything that they depend on."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
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
