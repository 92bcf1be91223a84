"""A document as an engine holds it: stems in fields, parts of compounds in fields of their own. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

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
    written = {
        name: [word for text in values for word in telling_words(text)] for name, values in texts.items()
    }
    analysed = {name: _joined(map(stem, found)) for name, found in written.items()}
    others = (word for name, found in written.items() if name != "name" for word in found)
    analysed["name_parts"] = _joined(_parts(written["name"], lexicon))
    analysed["other_parts"] = _joined(dict.fromkeys(_parts(others, lexicon)))
    analysed[PHRASE_FIELD] = " ".join(dict.fromkeys(_phrases((document.name, *document.words))))
    analysed[KEY_FIELD] = " ".join(document.keys)
    return Analysed(analysed, frozenset(chain.from_iterable(written.values())))


def phrase_term(stems: Iterable[str]) -> str | None:
    """Return the one term of a whole wording, the order and number of its words aside; None where it is too long."""
    distinct = sorted(set(stems))
    return "_".join(distinct) if 0 < len(distinct) <= LONGEST_PHRASE else None


def _parts(written: Iterable[str], lexicon: Lexicon) -> list[str]:
    return [part for word in written for part in lexicon.compound(word).every]


def _phrases(wordings: Iterable[str]) -> Iterable[str]:
    for wording in wordings:
        term = phrase_term(stems(wording))
        if term:
            yield term


def _joined(terms: Iterable[str]) -> str:
    return " ".join([EVERY_DOCUMENT, *terms])
