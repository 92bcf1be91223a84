"""Answers kept a process for one database, under everything that they depend on."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Engine

Answer = TypeVar("Answer")


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
