"""A language that notes what a plan asked of it, so that a plan is made anew only where an answer would be another. Pure."""

from dataclasses import dataclass, field, replace

from marketplace.search.language import Language
from marketplace.search.planning import FREQUENT
from marketplace.search.spelling import Correction, Corrections
from marketplace.search.vocabulary import Words


@dataclass(slots=True)
class Answers:
    """What a plan was told: which stems are in the vocabulary, which of them are frequent.

    ``on_everything``: a word was looked for among all others, so that any new word may change the plan.
    """

    known: dict[str, bool] = field(default_factory=dict)
    frequent: dict[str, bool] = field(default_factory=dict)
    on_everything: bool = False


def noting(language: Language) -> tuple[Language, Answers]:
    """Return the same language, and the answers that it gives from now on."""
    answers = Answers()
    vocabulary, speller = (
        _NotingVocabulary(language.vocabulary, answers),
        _NotingSpeller(language.speller, answers),
    )
    return replace(language, vocabulary=vocabulary, speller=speller), answers


class _NotingVocabulary:
    """Answers what decides what a plan finds, and notes it. Which compounds two words make only moves scores."""

    def __init__(self, vocabulary: Words, answers: Answers) -> None:
        self._real, self._answers = vocabulary, answers

    def __contains__(self, word_stem: str) -> bool:
        found = self._answers.known[word_stem] = word_stem in self._real
        return found

    def share(self, word_stem: str) -> float:
        share = self._real.share(word_stem)
        self._answers.frequent[word_stem] = share >= FREQUENT
        return share

    def compounds_of(self, one: str, other: str) -> list[str]:
        return self._real.compounds_of(one, other)

    def written(self, word_stem: str) -> str:
        self._answers.on_everything = True
        return self._real.written(word_stem)


class _NotingSpeller:
    def __init__(self, speller: Corrections, answers: Answers) -> None:
        self._real, self._answers = speller, answers

    def corrections(self, word: str) -> tuple[Correction, ...]:
        self._answers.on_everything = True
        return self._real.corrections(word)
