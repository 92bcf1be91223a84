"""How a process follows the change feed, so that each of its answers includes what any process has committed.

The same for both engines: a ``State`` to read queries with, and an index in RAM for the engine that wants one. Single
changes are taken over before each answer. A new lexicon means that the whole catalogue is read anew, which takes
seconds: one thread does that beside the state that is there, and all others go on with it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Generic, NamedTuple, Protocol, TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.orm import Session

from marketplace.errors import SearchUnavailable
from marketplace.search import source
from marketplace.search.analysis import Analysed, analyse
from marketplace.search.document import Document
from marketplace.search.language import language
from marketplace.search.lexicon import Lexicon
from marketplace.search.state import LEXICON, PLACES, THESAURUS, Prepared, State
from marketplace.search.suggestions import Passing
from marketplace.search.vocabulary import Vocabulary
from marketplace.store import outbox
from marketplace.store.database import Database
from marketplace.store.marks import marks

Entry = tuple[str, str]


class Index(Protocol):
    """What an engine makes of the documents of a state."""

    def change(self, prepared: Sequence[Prepared]) -> None:
        """Take over the newest state of some entries."""


class NoIndex:
    """For an engine whose index is elsewhere: the words of the documents are noted on their way here."""

    def __init__(self, prepared: Iterable[Prepared]) -> None:
        for _ in prepared:
            pass

    def change(self, prepared: Sequence[Prepared]) -> None:
        """Take nothing over."""


I = TypeVar("I", bound=Index)  # noqa: E741  # an index


class Look(NamedTuple, Generic[I]):
    """State and indices, and ``store.marks`` of the same moment: what may be kept of rows that are read for them."""

    state: State
    marks: tuple[int, int]
    indices: I


@dataclass(frozen=True, slots=True)
class _Standing(Generic[I]):
    """State and index, and the version of every entry in them.

    ``outdated``: the entries are up to date, but read with a lexicon that has been replaced.
    """

    state: State
    index: I
    versions: dict[Entry, int]
    outdated: bool = False


class Follower(Generic[I]):
    """Keeps a state, and the index that ``fill`` makes of a stream of all documents. Safe to use from several threads."""

    def __init__(self, database: Database, fill: Callable[[Iterable[Prepared]], I]) -> None:
        self._database = database
        self._fill = fill
        self._following = Lock()
        self._renewing = Lock()
        self._standing: _Standing[I] | None = None

    def look(self) -> Look[I]:
        """Return what includes every committed change of entries and thesaurus.

        A new lexicon is in it once a thread has read the catalogue with it: the first one that meets it does.

        Raises:
            SearchUnavailable: the database does not answer.
        """
        try:
            ledger, newest = marks(self._database)
            standing = self._standing
            if standing is None or standing.outdated or standing.state.position != newest:
                standing = self._up_to_date()
            return Look(standing.state, (ledger, standing.state.position), standing.index)
        except (DBAPIError, NoConnectionFree) as error:
            raise SearchUnavailable("the database of the search does not answer") from error

    def renew(self) -> None:
        """Read everything anew, beside what others go on reading.

        Raises:
            SearchUnavailable: the database does not answer.
        """
        try:
            with self._renewing:
                self._renew()
        except (DBAPIError, NoConnectionFree) as error:
            raise SearchUnavailable("the database of the search does not answer") from error

    def _up_to_date(self) -> _Standing[I]:
        standing = self._caught_up()
        while standing is None or standing.outdated:
            # Who has something to go by does not wait while another thread reads the catalogue anew.
            taken = self._renewing.acquire(blocking=standing is None)
            if standing is not None and not taken:
                return standing
            try:
                standing = self._caught_up()
                if standing is None or standing.outdated:
                    self._renew()
                    standing = self._caught_up()
            finally:
                self._renewing.release()
        return standing

    def _renew(self) -> None:
        with self._database.reading() as session:
            fresh = self._read(session)
        # What changed since this snapshot is taken over by whoever looks next, as ever.
        with self._following:
            self._standing = fresh

    def _caught_up(self) -> _Standing[I] | None:
        """Return what stands, after all changes up to now; None where there is nothing to go on with."""
        # A snapshot taken inside the lock is never older than what another thread left behind.
        with self._following, self._database.reading() as session:
            if self._standing is not None:
                self._standing = _followed(session, self._standing)
            return self._standing

    def _read(self, session: Session) -> _Standing[I]:
        position = outbox.last_position(session)
        lexicon = source.lexicon(session)
        vocabulary = Vocabulary(lexicon)
        passing = Passing()
        versions: dict[Entry, int] = {}

        def prepared() -> Iterator[Prepared]:
            for one in passing.noted(source.all_documents(session)):
                versions[one.collection, one.id] = one.version
                yield one, _noted(one, lexicon, vocabulary)

        index = self._fill(prepared())
        regions = source.regions(session)
        spoken = language(lexicon, vocabulary, source.thesaurus(session), source.places(regions))
        return _Standing(State(position, spoken, vocabulary, passing.suggestions(regions)), index, versions)


class LexiconFollower:
    """Keeps the lexicon alone, for a worker that sends documents and reads no queries."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: tuple[int, Lexicon] | None = None

    def current(self) -> Lexicon:
        """Return the lexicon as committed now."""
        with self._database.reading() as session:
            position = outbox.last_position(session, LEXICON)
            if self._kept is None or self._kept[0] != position:
                self._kept = position, source.lexicon(session)
            return self._kept[1]


def _followed(session: Session, standing: _Standing[I]) -> _Standing[I] | None:
    """Return what stands after the changes of the feed; None where they are another database's."""
    state, versions, outdated = standing.state, standing.versions, standing.outdated
    newest = outbox.last_position(session)
    if newest < state.position:
        # Behind us, the feed was replaced: another database took this one's place.
        return None
    if newest == state.position:
        return standing
    entries = outbox.changes_after(session, state.position)
    kinds = {collection for collection, _ in entries}
    if LEXICON in kinds:
        entries, outdated = _changed_themselves(session, entries, versions), True
    changed = [entry for entry in entries if entry[0] not in (THESAURUS, PLACES)]
    found = source.documents(session, changed)
    gone = [
        Document(collection=collection, id=entry_id, version=0, withdrawn=True)
        for collection, entry_id in changed
        if (collection, entry_id) not in found
    ]
    spoken, vocabulary, suggestions = state.language, state.vocabulary, state.suggestions
    prepared = [(one, _noted(one, spoken.lexicon, vocabulary)) for one in (*found.values(), *gone)]
    if prepared:
        standing.index.change(prepared)
        suggestions = suggestions.changed(one for one, _ in prepared)
        versions.update((entry, one.version) for entry, one in found.items())
        for one in gone:
            versions.pop((one.collection, one.id), None)
    thesaurus, places = spoken.thesaurus, spoken.places
    if THESAURUS in kinds:
        thesaurus = source.thesaurus(session)
    if PLACES in kinds:
        regions = source.regions(session)
        places, suggestions = source.places(regions), suggestions.with_regions(regions)
    spoken = language(spoken.lexicon, vocabulary, thesaurus, places)
    return _Standing(State(newest, spoken, vocabulary, suggestions), standing.index, versions, outdated)


def _changed_themselves(session: Session, entries: list[Entry], versions: dict[Entry, int]) -> list[Entry]:
    """Leave out what stands in the feed only because a new lexicon owes every entry anew: its version did not rise."""
    owed_until = entries.index((LEXICON, LEXICON))
    now = {(one.collection, one.id): one.version for one in source.expected(session)}
    risen = [entry for entry in entries[:owed_until] if now.get(entry) != versions.get(entry)]
    return [*risen, *entries[owed_until + 1 :]]


def _noted(document: Document, lexicon: Lexicon, vocabulary: Vocabulary) -> Analysed:
    entry = (document.collection, document.id)
    if document.withdrawn:
        vocabulary.remove(entry)
        return Analysed({}, frozenset())
    found = analyse(document, lexicon)
    vocabulary.put(entry, found.written)
    return found
