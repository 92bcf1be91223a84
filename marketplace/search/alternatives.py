"""The ways in which one word of a query can be met. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from marketplace.search import weights
from marketplace.search.german import Word, fold, is_generic, stem
from marketplace.search.language import Language
from marketplace.search.lexicon import SHORTEST_COMPOUND, SHORTEST_WORD, Compound
from marketplace.search.plan import Alternative, Clause, Reading, Reason
from marketplace.search.spelling import Correction

MOST_ALTERNATIVES = 10
"""The best ways to meet a word: no word of a judged query has more than eight, and the tenth would be worth little."""


@dataclass(frozen=True, slots=True)
class Understood:
    """A word as it was understood: ``best`` the stem it most likely means, ``stems`` all that wordings are looked up by."""

    text: str
    best: str
    stems: tuple[str, ...]
    alternatives: tuple[Alternative, ...]
    interpretation: tuple[Reading, ...] = ()


def understand(word: Word, language: Language, *, verbatim: bool) -> Understood:
    """Return the ways to meet a word: itself, its parts, what it means, what was probably meant to be typed.

    A way whose terms nobody has is left out, unless none is left.
    """
    alternatives = [
        Alternative(1.0, (Clause(word.stem),), Reason.GENERIC if is_generic(word.stem) else Reason.WORD)
    ]
    compound = language.lexicon.compound(word.text)
    alternatives += _parts(compound)
    alternatives += _meant(word.stem, language, 1.0)
    stems = [word.stem, *compound.every]
    best, readings = word.stem, []
    if not verbatim and not language.knows(word.stem) and word.stem.isalpha():
        corrected = _corrected(word, compound, language)
        if corrected:
            alternatives += corrected.alternatives
            best, stems = corrected.best, [*stems, *corrected.stems]
            readings = [Reading(word.text, Reason.CORRECTED, corrected.text)]
    known = [one for one in alternatives if all(clause.term in language.vocabulary for clause in one.clauses)]
    # One part alone finds much that is not meant: only where the word itself is met nowhere.
    known = [one for one in known if one.reason is not Reason.PART] or known
    ordered = sorted(known or alternatives[:1], key=lambda one: -one.weight)[:MOST_ALTERNATIVES]
    return Understood(word.text, best, tuple(dict.fromkeys(stems)), tuple(ordered), tuple(readings))


def _parts(compound: Compound) -> Iterator[Alternative]:
    parts, every = compound.parts, compound.every
    if not parts:
        return
    yield Alternative(weights.COMPOUND, tuple(Clause(one) for one in parts), Reason.COMPOUND)
    # Anwohnerparkausweis is met by Ausweis and Park apart as well.
    smallest = [one for one in every if not any(one != other and other in one for other in every)]
    if len(smallest) > 1 and not set(every) <= set(parts) and set(smallest) != set(parts):
        yield Alternative(weights.COMPOUND, tuple(Clause(one) for one in smallest), Reason.COMPOUND)
    yield Alternative(weights.HEAD, (Clause(parts[-1]),), Reason.PART)
    yield Alternative(weights.MODIFIER, (Clause(parts[0]),), Reason.PART)


def _meant(word_stem: str, language: Language, weight: float) -> Iterator[Alternative]:
    for wording in language.thesaurus.of_word(word_stem):
        clauses = tuple(Clause(one) for one in wording.right)
        yield Alternative(weights.MEANT * wording.weight * weight, clauses, Reason.MEANT)


def _corrected(word: Word, compound: Compound, language: Language) -> Understood | None:
    """Return the word as it was probably meant; None where nothing is near.

    A compound made of known parts is a mistake only where one letter makes it a word of the catalogue.
    """
    made_of_known = bool(compound.parts) and all(part in language.vocabulary for part in compound.parts)
    found = [one for one in language.speller.corrections(word.text) if one.edits == 1 or not made_of_known]
    if found:
        alternatives = [one for correction in found for one in _instead(correction, language)]
        best = found[0].stem
        return Understood(
            language.vocabulary.written(best), best, tuple(one.stem for one in found), tuple(alternatives)
        )
    return None if made_of_known else _corrected_compound(fold(word.text), language)


def _instead(correction: Correction, language: Language) -> Iterator[Alternative]:
    weight = weights.ONE_EDIT if correction.edits == 1 else weights.TWO_EDITS
    yield Alternative(weight, (Clause(correction.stem),), Reason.CORRECTED)
    for one in _parts(language.lexicon.compound(language.vocabulary.written(correction.stem))):
        if one.reason is not Reason.PART:
            yield Alternative(weight * one.weight, one.clauses, Reason.CORRECTED)
    yield from _meant(correction.stem, language, weight)


def _corrected_compound(folded: str, language: Language) -> Understood | None:
    """Return an unknown compound with one known part and the other corrected, cut where that costs least."""
    if len(folded) < SHORTEST_COMPOUND:
        return None
    ways = []
    for at in range(SHORTEST_WORD, len(folded) - SHORTEST_WORD + 1):
        front, back = folded[:at], folded[at:]
        for known, typed in ((front, back), (back, front)):
            if known in language.lexicon:
                corrections = language.speller.corrections(typed)
                ways += [(one.edits, -len(known), at, typed is back, one.stem) for one in corrections[:1]]
    if not ways:
        return None
    edits, _, at, is_head, part = min(ways)
    written = fold(language.vocabulary.written(part))
    text = folded[:at] + written if is_head else written + folded[at:]
    parts = (stem(folded[:at]), part) if is_head else (part, stem(folded[at:]))
    weight = weights.ONE_EDIT if edits == 1 else weights.TWO_EDITS
    alternatives = (
        Alternative(weight, (Clause(stem(text)),), Reason.CORRECTED),
        Alternative(weight * weights.CORRECTED_PART, tuple(Clause(one) for one in parts), Reason.CORRECTED),
    )
    shown = language.vocabulary.written(stem(text))
    return Understood(text if shown == stem(text) else shown, stem(text), (stem(text), *parts), alternatives)
