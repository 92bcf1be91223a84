"""German analysis, the same for documents and queries: words, folding, stems, stop words, generic words. Pure.

Folding comes before stemming, so that every way of typing a word (Führerschein, Fuehrerschein, fuhrerschein) reaches the
stemmer as the same letters and leaves it as the same stem.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from threading import local
from typing import NamedTuple

import Stemmer

LONGEST_WORD = 64
LONGEST_STOP_WORD = 20
"""beziehungsweise, with room for other ways of writing it."""
KEPT_WORDS = 100_000
"""How many words' forms a process keeps: a catalogue of 10,000 entries has about half as many."""
_WORD = re.compile(r"[^\W_]+")
_UE = re.compile(r"(?<![aeiouq])ue")
_thread = local()


class Word(NamedTuple):
    """A word as it was written, where it stands in the text (``start`` to ``end``), and its stem."""

    text: str
    start: int
    end: int
    stem: str


def fold(word: str) -> str:
    """Return a word in small letters with ä, ae → a; ö, oe → o; ü, ue → u; ß → ss and no accents.

    ``ue`` stays after a vowel or q (neue, Steuer, Quelle), where it is no umlaut.
    """
    # Longer ones are no words and would only fill the memory.
    return _kept_fold(word) if len(word) <= LONGEST_WORD else _fold(word)


def _fold(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    plain = "".join(mark for mark in decomposed if not unicodedata.combining(mark))
    return _UE.sub("u", plain.replace("ae", "a").replace("oe", "o"))


_kept_fold = lru_cache(maxsize=KEPT_WORDS)(_fold)


def stem(word: str) -> str:
    """Return the folded stem of a word; words of more than 64 letters count by their first 64."""
    return _kept_stem(word[:LONGEST_WORD])


@lru_cache(maxsize=KEPT_WORDS)
def _kept_stem(word: str) -> str:
    stemmer = getattr(_thread, "stemmer", None)
    if stemmer is None:
        # One a thread: a Stemmer object keeps state and must not be shared.
        stemmer = _thread.stemmer = Stemmer.Stemmer("german")
    return str(stemmer.stemWord(fold(word)))


def words(text: str) -> Iterator[Word]:
    """Yield the words of a text in their order, stop words too. Letters and digits make a word, all else parts them."""
    for match in _WORD.finditer(text):
        yield Word(match[0], match.start(), match.end(), stem(match[0]))


def written_words(text: str) -> list[str]:
    """Return the words of a text as they are written, stop words too: ``words`` where places and stems do not matter."""
    return _WORD.findall(text)


def telling_words(text: str) -> list[str]:
    """Return the words of a text as they are written, without stop words."""
    return [word for word in _WORD.findall(text) if not is_stop_word(word)]


def stems(text: str) -> list[str]:
    """Return the stems that a text is found by, in their order, without stop words."""
    return [stem(word) for word in telling_words(text)]


def is_stop_word(word: str) -> bool:
    """Tell whether a word says nothing about what is looked for."""
    return len(word) <= LONGEST_STOP_WORD and _kept_stop_word(word)


@lru_cache(maxsize=KEPT_WORDS)
def _kept_stop_word(word: str) -> bool:
    return fold(word) in STOP_WORDS


def is_generic(stem_of_word: str) -> bool:
    """Tell whether nearly every entry of this catalogue could carry the word (given by its stem)."""
    return stem_of_word in GENERIC_STEMS


_ARTICLES_AND_PRONOUNS = """
    der die das den dem des ein eine einen einem einer eines kein keine keinen keinem keiner keines
    ich du er sie es wir ihr mich dich sich uns euch mir dir ihm ihn ihnen
    mein meine meinen meinem meiner meines dein deine deinen deinem deiner deines
    sein seine seinen seinem seiner seines ihre ihren ihrem ihrer ihres
    unser unsere unseren unserem unserer unseres euer eure euren eurem eurer eures
    dies diese diesen diesem dieser dieses jene jenen jenem jener jenes welche welchen welchem welcher welches
    jede jeden jedem jeder jedes alle allen allem aller alles man wer wen wem wessen etwas nichts
"""
_PREPOSITIONS_AND_CONJUNCTIONS = """
    ab an am ans auf aufs aus bei beim bis durch fürs für gegen in im ins mit nach ohne seit über um unter
    vom von vor während wegen zu zum zur zwischen
    und oder aber denn sondern sowie als wenn weil dass ob damit bzw beziehungsweise
"""
_VERBS_AND_ADVERBS = """
    bin bist ist sind seid war waren wird werden wurde wurden habe hast hat haben hatte hatten
    kann können könnte muss müssen soll sollen sollte will wollen möchte möchten darf dürfen
    wie wo wohin woher wann warum was hier dort da dann auch nur noch nicht schon sehr so
    jetzt bald gern gerne bitte mehr viel viele ganz selber selbst gar geht gehen kommt kommen
"""
STOP_WORDS = frozenset(
    fold(word)
    for word in (_ARTICLES_AND_PRONOUNS + _PREPOSITIONS_AND_CONJUNCTIONS + _VERBS_AND_ADVERBS).split()
)
_GENERIC = """
    Antrag Anträge beantragen Beantragung Antragstellung stellen online Onlinedienst Onlineantrag
    Dienst Dienste Dienstleistung Leistung Service digital digitale elektronisch elektronische
    Formular ausfüllen machen bekommen erhalten brauchen benötigen neu neue neuer
    Amt Behörde Verwaltung Unterlagen Information Informationen
"""
GENERIC_STEMS = frozenset(stem(word) for word in _GENERIC.split())
