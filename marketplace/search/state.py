"""What a process knows of the catalogue to search it, as of a position in the change feed."""

from dataclasses import dataclass

from marketplace.search.analysis import Analysed
from marketplace.search.document import Document
from marketplace.search.language import Language
from marketplace.search.suggestions import Suggestions
from marketplace.search.vocabulary import Vocabulary

Prepared = tuple[Document, Analysed]
LEXICON, THESAURUS, PLACES = "lexicon", "thesaurus", "places"
"""What stands in the feed beside the collections: a change of what all entries or queries are read with."""


@dataclass(frozen=True, slots=True)
class State:
    """The language, the vocabulary that it is read from, and the suggestions as of a position in the feed."""

    position: int
    language: Language
    vocabulary: Vocabulary
    suggestions: Suggestions
