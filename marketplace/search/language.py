"""What a query is read with: the words of the catalogue as they stand now."""

from dataclasses import dataclass, field

from marketplace.search.lexicon import Lexicon
from marketplace.search.spelling import Corrections, Speller
from marketplace.search.thesaurus import Thesaurus
from marketplace.search.vocabulary import Vocabulary, Words


@dataclass(frozen=True, slots=True)
class Language:
    """Lexicon (how compounds are cut), vocabulary (what is written), thesaurus (what is meant), speller, place names.

    ``places`` are stems of the regions' names: they are no misspellings.
    """

    lexicon: Lexicon = field(default_factory=Lexicon)
    vocabulary: Words = field(default_factory=lambda: Vocabulary(Lexicon()))
    thesaurus: Thesaurus = field(default_factory=Thesaurus)
    speller: Corrections = field(default_factory=lambda: Speller(dict, lambda _stem: 0))
    places: frozenset[str] = frozenset()

    def knows(self, word_stem: str) -> bool:
        """Tell whether a word needs no correction."""
        return word_stem in self.vocabulary or word_stem in self.thesaurus or word_stem in self.places


def language(
    lexicon: Lexicon, vocabulary: Vocabulary, thesaurus: Thesaurus, places: frozenset[str]
) -> Language:
    """Put a language together; the speller is made from all its words."""

    def known() -> dict[str, str]:
        return thesaurus.spellings | vocabulary.spellings()

    return Language(lexicon, vocabulary, thesaurus, Speller(known, vocabulary.frequency), places)
