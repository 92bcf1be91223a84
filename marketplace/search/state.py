"""What a process knows of the catalogue to search it, as of a position in the change feed.

The same for both engines: a language to read queries with, and whoever wants the analysed documents too (the engine in
RAM) gets them on the way. Follows the feed before each answer, so that every process reads what any has committed.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import NamedTuple

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.orm import Session

from marketplace.errors import SearchUnavailable
from marketplace.search import source
from marketplace.search.analysis import Analysed, analyse
from marketplace.search.document import Document
from marketplace.search.language import Language, language
from marketplace.search.lexicon import Lexicon
from marketplace.search.suggestions import Suggestions
from marketplace.search.vocabulary import Vocabulary
from marketplace.store import outbox
from marketplace.store.database import Database
from marketplace.store.marks import marks

Prepared = tuple[Document, Analysed]
LEXICON, THESAURUS = "lexicon", "thesaurus"
"""What stands in the feed beside the collections: a change of what all entries are read with."""


@dataclass(frozen=True, slots=True)
class State:
    """The language, the vocabulary that it is read from, and the suggestions as of a position in the feed."""

    position: int
    language: Language
    vocabulary: Vocabulary
    suggestions: Suggestions


class Look(NamedTuple):
    """The state, and ``store.marks`` of the same moment: what may be kept of results that are read with it."""

    state: State
    marks: tuple[int, int]


class Follower:
    """Keeps a ``State``. ``fill`` gets every document anew, ``change`` those that changed; both run under a lock."""

    def __init__(
        self,
        database: Database,
        fill: Callable[[Iterable[Prepared]], None] | None = None,
        change: Callable[[Sequence[Prepared]], None] | None = None,
    ) -> None:
        self._database = database
        self._fill = fill
        self._change = change
        self._lock = Lock()
        self._state: State | None = None

    def look(self) -> Look:
        """Return the state that includes every committed change.

        Raises:
            SearchUnavailable: the database does not answer.
        """
        try:
            ledger, newest = marks(self._database)
            state = self._state
            if state is None or state.position != newest:
                with self._lock, self._database.reading() as session:
                    # A snapshot taken inside the lock is never older than the state another thread left behind.
                    state = self._state = self._followed(session, self._state)
            return Look(state, (ledger, state.position))
        except (DBAPIError, NoConnectionFree) as error:
            raise SearchUnavailable("the database of the search does not answer") from error

    def forget(self) -> None:
        """Read everything anew with the next answer."""
        with self._lock:
            self._state = None

    def _followed(self, session: Session, state: State | None) -> State:
        newest = outbox.last_position(session)
        if state is None or newest < state.position:
            # Behind us, the feed was replaced: another database took this one's place.
            return self._filled(session, newest)
        if newest == state.position:
            return state
        entries = outbox.changes_after(session, state.position)
        kinds = {collection for collection, _ in entries}
        if LEXICON in kinds:
            return self._filled(session, newest)
        thesaurus = source.thesaurus(session) if THESAURUS in kinds else state.language.thesaurus
        changed = [entry for entry in entries if entry[0] != THESAURUS]
        found = source.documents(session, changed)
        gone = [
            Document(collection=collection, id=entry_id, version=0, withdrawn=True)
            for collection, entry_id in changed
            if (collection, entry_id) not in found
        ]
        lexicon, vocabulary = state.language.lexicon, state.vocabulary
        prepared = [(one, _noted(one, lexicon, vocabulary)) for one in (*found.values(), *gone)]
        if self._change and prepared:
            self._change(prepared)
        suggestions = state.suggestions.changed(one for one, _ in prepared)
        spoken = language(lexicon, vocabulary, thesaurus, state.language.places)
        return State(newest, spoken, vocabulary, suggestions)

    def _filled(self, session: Session, position: int) -> State:
        lexicon = source.lexicon(session)
        vocabulary = Vocabulary(lexicon)
        documents = list(source.all_documents(session))
        prepared = ((one, _noted(one, lexicon, vocabulary)) for one in documents)
        if self._fill:
            self._fill(prepared)
        else:
            for _ in prepared:
                pass
        regions = source.regions(session)
        spoken = language(lexicon, vocabulary, source.thesaurus(session), source.places(regions))
        return State(position, spoken, vocabulary, Suggestions.of(documents, regions))


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


def _noted(document: Document, lexicon: Lexicon, vocabulary: Vocabulary) -> Analysed:
    entry = (document.collection, document.id)
    if document.withdrawn:
        vocabulary.remove(entry)
        return Analysed({}, frozenset())
    found = analyse(document, lexicon)
    vocabulary.put(entry, found.written)
    return found
