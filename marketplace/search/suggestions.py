"""What a search box offers while somebody types: entries and regions by the beginning of any of their words. Pure.

All beginnings lie in one sorted list, each with its place in the order of what is offered first; an answer is one search
in it and a look at what stands there, in memory.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain

from marketplace.search.document import Document
from marketplace.search.german import fold, is_stop_word, written_words
from marketplace.search.keys import whole_leika_key

MOST = 10
SHORTEST = 2
LONGEST = 80
KINDS = ("services", "procedures", "regions")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something to go to: ``kind`` is one of ``KINDS``; ``detail`` tells namesakes apart, or why it is offered.

    ``page`` is the key of its page where that is not ``id`` (a procedure of a Leistungsobjekt); ``size`` its inhabitants:
    of regions that begin alike the larger comes first.
    """

    kind: str
    id: str
    name: str
    detail: str = ""
    page: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class _Beginning:
    """A folded text that begins with a word of what is suggested.

    ``rank`` is 0 for the beginning of the name; ``said`` is what people call it where that is what begins so.
    """

    text: str
    rank: int
    suggestion: Suggestion
    said: str = ""

    @property
    def order(self) -> tuple[int, int, int, str, str]:
        """Beginnings of names first, then the larger region, then what is nearest to its end when typed so far."""
        return self.rank, -self.suggestion.size, len(self.text), self.suggestion.name, self.suggestion.id


@dataclass(frozen=True, slots=True)
class _Shelf:
    """The beginnings of one kind: their texts in order, and the place that each has in ``best_first``."""

    texts: list[str]
    places: list[int]
    best_first: list[_Beginning]

    @classmethod
    def of(cls, beginnings: Iterable[_Beginning]) -> "_Shelf":
        best_first = sorted(beginnings, key=lambda one: one.order)
        by_text = sorted((one.text, place) for place, one in enumerate(best_first))
        return cls([text for text, _ in by_text], [place for _, place in by_text], best_first)

    def find(self, text: str, limit: int) -> list[Suggestion]:
        """Return the first ``limit`` of what begins so, each once; what ends a word so comes before what goes on."""
        start = bisect_left(self.texts, text)
        # Texts are letters, digits and blanks: only one that goes on within a word comes behind the "!".
        going_on = bisect_left(self.texts, text + "!")
        end = bisect_left(self.texts, text + "\U0010ffff")
        found: dict[str, Suggestion] = {}
        for place in chain(sorted(self.places[start:going_on]), sorted(self.places[going_on:end])):
            one = self.best_first[place]
            if one.suggestion.id not in found:
                detail = one.said or one.suggestion.detail
                found[one.suggestion.id] = replace(one.suggestion, detail=detail)
                if len(found) == limit:
                    break
        return list(found.values())


class _Regions:
    """The regions' shelf, made when it is first asked and shared by all later suggestions."""

    def __init__(self, regions: Iterable[Suggestion]) -> None:
        self._regions = list(regions)

    @cached_property
    def shelf(self) -> _Shelf:
        return _Shelf.of(
            one for region in self._regions for one in _beginnings(region, region.name.partition(",")[0])
        )


class _Entry:
    """A document's suggestion, its beginnings read when they are first asked."""

    def __init__(self, document: Document) -> None:
        self.suggestion = _suggestion(document)
        self._words = document.words

    @cached_property
    def beginnings(self) -> list[_Beginning]:
        return _beginnings(self.suggestion, self.suggestion.name, self._words)


class Suggestions:
    """Everything that can be suggested. Frozen: a change makes a new one, put in order when it is first asked."""

    def __init__(self, regions: _Regions, entries: Mapping[tuple[str, str], _Entry]) -> None:
        self._regions = regions
        self._entries = entries

    @cached_property
    def _shelves(self) -> tuple[_Shelf, ...]:
        found: dict[str, list[_Beginning]] = {kind: [] for kind in KINDS}
        for (kind, _), entry in self._entries.items():
            found[kind].extend(entry.beginnings)
        return _Shelf.of(found["services"]), _Shelf.of(found["procedures"]), self._regions.shelf

    def with_regions(self, regions: Iterable[Suggestion]) -> "Suggestions":
        """Return the same entries beside other regions."""
        return Suggestions(_Regions(regions), self._entries)

    def changed(self, documents: Iterable[Document]) -> "Suggestions":
        """Return these suggestions after some documents changed."""
        changed = list(documents)
        if not changed:
            return self
        gone = {(one.collection, one.id) for one in changed}
        kept = {entry: held for entry, held in self._entries.items() if entry not in gone}
        return Suggestions(self._regions, {**kept, **_of_documents(changed)})

    def find(self, typed: str, limit: int = MOST) -> tuple[Suggestion, ...]:
        """Return what begins as typed: services first, then procedures, then regions; each once."""
        text = _folded(typed[:LONGEST])
        if len(text) < SHORTEST:
            return ()
        return _shared([shelf.find(text, limit) for shelf in self._shelves], limit)


class Passing:
    """Documents on their way to an index: what they are suggested by is all that stays of them here."""

    def __init__(self) -> None:
        self._entries: dict[tuple[str, str], _Entry] = {}

    def noted(self, documents: Iterable[Document]) -> Iterator[Document]:
        """Yield the documents as they come."""
        for one in documents:
            self._entries |= _of_documents([one])
            yield one

    def suggestions(self, regions: Iterable[Suggestion]) -> Suggestions:
        """Return the suggestions of all documents that passed, and of regions."""
        return Suggestions(_Regions(regions), self._entries)


def _shared(found: Sequence[Sequence[Suggestion]], limit: int) -> tuple[Suggestion, ...]:
    """Give each kind its share of the places, and what one leaves empty to the others."""
    shares, left = [0] * len(found), limit
    while left > 0 and any(len(one) > share for one, share in zip(found, shares, strict=True)):
        for kind, one in enumerate(found):
            if left > 0 and len(one) > shares[kind]:
                shares[kind] += 1
                left -= 1
    return tuple(one for kind, share in zip(found, shares, strict=True) for one in kind[:share])


def _of_documents(documents: Iterable[Document]) -> dict[tuple[str, str], _Entry]:
    return {(one.collection, one.id): _Entry(one) for one in documents if not one.withdrawn}


def _suggestion(document: Document) -> Suggestion:
    """Procedures have namesakes, which their key tells apart; a service's name is its own."""
    if document.collection != "procedures":
        return Suggestion(document.collection, document.id, document.name)
    detail = f"LeiKa {document.id[:2]} {document.id[2:5]} {document.id[5:]}"
    return Suggestion("procedures", document.id, document.name, detail, whole_leika_key(document.keys))


def _beginnings(suggestion: Suggestion, name: str, others: Iterable[str] = ()) -> list[_Beginning]:
    """Return the beginnings of a name, of its later words, and of what people call it."""
    found: dict[str, _Beginning] = {}
    written = written_words(name)
    folded = [fold(word) for word in written]
    for number, word in enumerate(written):
        if number == 0 or not is_stop_word(word):
            text = " ".join(folded[number:])[:LONGEST]
            found.setdefault(text, _Beginning(text, min(number, 1), suggestion))
    for other in others:
        text = _folded(other)[:LONGEST]
        found.setdefault(text, _Beginning(text, 1, suggestion, other))
    return list(found.values())


def _folded(text: str) -> str:
    return " ".join(map(fold, written_words(text)))
