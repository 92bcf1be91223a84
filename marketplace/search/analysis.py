"""A document as an engine holds it: stems in fields, parts of compounds in fields of their own. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from marketplace.search.document import Document
from marketplace.search.german import stem, stems, telling_words
from marketplace.search.lexicon import Lexicon
from marketplace.search.plan import KEY_FIELD, PHRASE_FIELD

EVERY_DOCUMENT = "_"
"""A term in every text field of every document: thus both engines count the same documents as having the field (they
differ in whether documents without it count for the rarity of a word). No word of a text can be this term."""
LONGEST_PHRASE = 6


@dataclass(frozen=True, slots=True)
class Analysed:
    """The fields of a document (terms with blanks between them) and its words as they are written."""

    fields: dict[str, str]
    written: frozenset[str]


def analyse(document: Document, lexicon: Lexicon) -> Analysed:
    """Analyse a document.

    The parts of the compounds in its name stand apart from those of its other texts, because a name says what it is.
    """
    texts = {
        "name": (document.name,),
        "words": document.words,
        "summary": (document.summary,),
        "related": document.related,
        "inherited": document.inherited,
        "body": (document.body,),
    }
    reader = _Reader(lexicon)
    fields = {name: reader.stems(values) for name, values in texts.items()}
    name_parts = _parts(fields["name"], reader)
    other_parts = [part for name, found in fields.items() if name != "name" for part in _parts(found, reader)]
    analysed = {name: _joined(one for _, one in found) for name, found in fields.items()}
    analysed["name_parts"] = _joined(name_parts)
    analysed["other_parts"] = _joined(dict.fromkeys(other_parts))
    analysed[PHRASE_FIELD] = " ".join(dict.fromkeys(_phrases((document.name, *document.words))))
    analysed[KEY_FIELD] = " ".join(document.keys)
    return Analysed(analysed, frozenset(reader.written))


def phrase_term(stems: Iterable[str]) -> str | None:
    """Return the one term of a whole wording, the order and number of its words aside; None where it is too long."""
    distinct = sorted(set(stems))
    return "_".join(distinct) if 0 < len(distinct) <= LONGEST_PHRASE else None


class _Reader:
    """Reads texts word by word and remembers how the words were written."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.written: set[str] = set()

    def stems(self, texts: Iterable[str]) -> list[tuple[str, str]]:
        """Return the words of texts with their stems, without stop words."""
        found = [word for text in texts for word in telling_words(text)]
        self.written.update(found)
        return [(word, stem(word)) for word in found]


def _parts(found: Iterable[tuple[str, str]], reader: _Reader) -> list[str]:
    return [part for word, _ in found for part in reader.lexicon.compound(word).every]


def _phrases(wordings: Iterable[str]) -> Iterable[str]:
    for wording in wordings:
        term = phrase_term(stems(wording))
        if term:
            yield term


def _joined(terms: Iterable[str]) -> str:
    return " ".join([EVERY_DOCUMENT, *terms])
