"""Every word the catalogue is written in: which words a query may use, which of them it misspelt.

Follows the entries one by one, so that a word goes when the last entry that has it goes.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Protocol

from marketplace.search.german import fold, stem
from marketplace.search.lexicon import Lexicon

Entry = tuple[str, str]


class Words(Protocol):
    """What a plan asks of a vocabulary."""

    def __contains__(self, word_stem: str, /) -> bool:
        """Tell whether an entry has a stem, as a word or as a part."""

    def share(self, word_stem: str) -> float:
        """Return roughly which share of the entries has a stem as a word; as a part, where none has it as a word."""

    def written(self, word_stem: str) -> str:
        """Return the most frequent way in which a stem is written."""

    def compounds_of(self, one: str, other: str) -> list[str]:
        """Return the stems of the compounds that two words make together."""


class Vocabulary:
    """Stems with how many entries have them, and how they are written. Writing is for one thread at a time."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._entries: dict[Entry, tuple[str, ...]] = {}
        self._words: dict[str, Counter[str]] = {}
        self._parts: Counter[str] = Counter()
        self._compounds: dict[frozenset[str], Counter[str]] = defaultdict(Counter)

    def __contains__(self, word_stem: str) -> bool:
        return word_stem in self._words or word_stem in self._parts

    def put(self, entry: Entry, written: Iterable[str]) -> None:
        """Take over an entry's words as they are written."""
        self.remove(entry)
        held = self._entries[entry] = tuple(sorted(set(written)))
        for word in held:
            self._count(word, 1)

    def remove(self, entry: Entry) -> None:
        """Forget an entry."""
        for word in self._entries.pop(entry, ()):
            self._count(word, -1)

    def _count(self, word: str, by: int) -> None:
        word_stem, compound = stem(word), self._lexicon.compound(word)
        forms = self._words.get(word_stem)
        if forms is None:
            forms = self._words[word_stem] = Counter()
        _add(forms, word, by)
        if not forms:
            del self._words[word_stem]
        for part in compound.every:
            _add(self._parts, part, by)
        for pair in compound.pairs:
            _add(self._compounds[pair], word_stem, by)
            if not self._compounds[pair]:
                del self._compounds[pair]

    def is_word(self, word_stem: str) -> bool:
        """Tell whether an entry has it as a word of its own."""
        return word_stem in self._words

    def is_part(self, word_stem: str) -> bool:
        """Tell whether an entry has it as a part of a compound."""
        return word_stem in self._parts

    def frequency(self, word_stem: str) -> int:
        """Return in how many entries and forms a stem occurs, as a word or as a part."""
        return sum(self._words.get(word_stem, Counter()).values()) + self._parts[word_stem]

    def share(self, word_stem: str) -> float:
        """Return roughly which share of the entries has a stem as a word; as a part, where none has it as a word.

        A shop (Laden) is not what everybody writes about because descriptions speak of uploading (hochladen).
        """
        forms = self._words.get(word_stem)
        count = sum(forms.values()) if forms else self._parts[word_stem]
        return count / max(1, len(self._entries))

    def written(self, word_stem: str) -> str:
        """Return the most frequent way in which a stem is written (then the shortest, then by letters)."""
        # Taken at once: the follower may change the forms meanwhile, in another thread.
        forms = tuple(self._words.get(word_stem, {}).items())
        if not forms:
            return word_stem
        return min(forms, key=lambda form: (-form[1], len(form[0]), form[0]))[0]

    def compounds_of(self, one: str, other: str) -> list[str]:
        """Return the stems of the compounds that two words make together: Geburt and Urkunde, Geburtsurkunde."""
        return sorted(self._compounds.get(frozenset((one, other)), ()))

    def spellings(self) -> dict[str, str]:
        """Return every word as it is written, folded, with its stem; parts of compounds by their stem alone."""
        spelt = {part: part for part in tuple(self._parts)}
        for word_stem, forms in tuple(self._words.items()):
            spelt.update((fold(form), word_stem) for form in tuple(forms))
        return spelt


def _add(counter: Counter[str], key: str, by: int) -> None:
    counter[key] += by
    if not counter[key]:
        del counter[key]
