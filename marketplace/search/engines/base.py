"""What every engine can do, in words of its own: the actions know no engine by name."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from marketplace.search.check import CheckReport
from marketplace.search.document import Document
from marketplace.search.engines.held import Held
from marketplace.search.plan import Plan
from marketplace.search.state import State
from marketplace.store.database import Database

RESULT_WINDOW = 10_000
"""How deep a list of results can be read; behind it there are no ids, on either engine."""

Entry = tuple[str, str]
"""A collection and the id of an entry in it."""
Progress = Callable[[int, int], None]
"""Told how many documents are done, and of how many."""


@dataclass(frozen=True, slots=True)
class EngineQuery:
    """What is asked of an engine.

    ``filters`` holds several accepted values a facet; a facet counts its values under all filters but its own.
    ``only`` narrows everything to entries with these ids.
    """

    plan: Plan
    collection: str
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    facets: tuple[str, ...] = ()
    offset: int = 0
    limit: int = 20
    only: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Hits:
    """The ids of one page, best first (equal scores by id), how many there are in all, facet -> value -> count."""

    ids: tuple[str, ...]
    total: int
    facets: Mapping[str, Mapping[str, int]]
    scores: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class PutResult:
    """What became of documents: those the engine holds now in this version or a later one, and those it refused.

    ``failed`` says why. An entry in neither was not settled and is to be sent again at once.
    """

    held: frozenset[Entry]
    failed: Mapping[Entry, str]


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """How an engine does: ``ready`` to answer, how many findable entries each collection has, readable details.

    ``unbuilt``: it answers, but has no index yet.
    """

    name: str
    ready: bool
    entries: Mapping[str, int]
    details: Mapping[str, str]
    unbuilt: bool = False


@dataclass(frozen=True, slots=True)
class RebuildReport:
    """What a rebuild or rollback left behind: the index readers use now, its documents, and how it compares."""

    index: str
    documents: int
    check: CheckReport


class Reader(Protocol):
    """One look at the catalogue: what queries are read with, and the index that answers them."""

    @property
    def state(self) -> State:
        """The language and the suggestions, including every change of entries and thesaurus committed before the look."""

    @property
    def marks(self) -> tuple[int, int]:
        """``store.marks`` of the moment of the look."""

    def search(self, query: EngineQuery) -> Hits:
        """Answer one query.

        Raises:
            SearchUnavailable: the engine does not answer.
        """


class Engine(Protocol):
    """An engine. Every method raises ``errors.SearchUnavailable`` when the engine does not answer."""

    @property
    def name(self) -> str:
        """``embedded`` or ``elasticsearch``."""

    @property
    def follows_changes(self) -> bool:
        """Whether it reads the change feed by itself, so that nothing has to be sent to it."""

    def prepare(self) -> None:
        """Get ready to answer, at the start of a server.

        Raises:
            Conflict: the index was made by another version of the software; the message names the mending command.
        """

    def reader(self) -> Reader:
        """Take a look at the catalogue as it stands now."""

    def in_time(self) -> AbstractContextManager[None]:
        """Give everything that is asked inside one time limit in all, that of a page."""

    def put(self, documents: Sequence[Document]) -> PutResult:
        """Write documents wherever writes go; an older version never displaces a later one."""

    def held(self) -> Iterator[Held]:
        """Yield what readers can find now, tombstones included, in no particular order."""

    def status(self) -> EngineStatus:
        """Say how it does; answers also where it is not ready."""

    def rebuild(
        self, database: Database, now: datetime, progress: Progress, *, take_over: bool
    ) -> RebuildReport:
        """Make the index anew and let readers use it once it agrees with the database; the old one is kept.

        Raises:
            Conflict: another rebuild is under way (``take_over`` throws its unfinished index away), or the new index
                does not agree with the database.
        """

    def rollback(self, database: Database) -> RebuildReport:
        """Bring the index that the last rebuild replaced up to date and let readers use it again.

        Raises:
            Conflict: none is kept, or it was made by another version of the software.
        """
