"""From a query to its plan: keys, words, compounds, wordings, corrections. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from marketplace.search import weights
from marketplace.search.alternatives import Understood, understand
from marketplace.search.analysis import phrase_term
from marketplace.search.german import Word, is_generic, is_stop_word, words
from marketplace.search.keys import NOT_A_PART, Key, keys_in, regions_in
from marketplace.search.language import Language
from marketplace.search.plan import (
    KEY_FIELD,
    PHRASE_FIELD,
    Alternative,
    Clause,
    Group,
    Plan,
    Reading,
    Reason,
)

USED_CHARACTERS = 500
USED_WORDS = 24
"""A longer query costs more and says no more: behind these, words are named in the interpretation and left out."""
FREQUENT = 0.15
"""A word that this share of the entries has decides nothing while the query has a rarer one."""
MOST_WORDINGS = 8
"""So many wordings of the thesaurus, and compounds that two words make, get a group: no judged query has more than two."""
MOST_JOINED = 8
"""So many words are paired, each with each: every judged query has fewer, and of 24 there would be 276 pairs."""
_NOT_A_PART = Alternative(
    weights.NOT_A_PART, (Clause(NOT_A_PART, (KEY_FIELD,), exact=True),), Reason.NOT_A_PART
)


def plan_query(text: str, language: Language, *, verbatim: bool = False) -> Plan:
    """Plan a query as ``domain.query_text`` reads it; ``verbatim`` corrects no spelling."""
    rest, text = text[USED_CHARACTERS:].strip(), text[:USED_CHARACTERS]
    interpretation = [Reading(rest, Reason.TOO_LONG)] if rest else []
    regions = regions_in(text)
    keys = [key for key in keys_in(text) if not any(key.overlaps(region) for region in regions)]
    interpretation += [
        Reading(text[key.start : key.end], Reason.KEY if key.whole else Reason.KEY_BEGINNING, key.label)
        for key in keys
    ]
    interpretation += [
        Reading(text[region.start : region.end], Reason.REGION, region.label) for region in regions
    ]
    taken = [(key.start, key.end) for key in (*keys, *regions)]
    read = _read(_free_words(text, taken), language, verbatim=verbatim)
    interpretation += read.interpretation
    used = (*(_key_group(text, key) for key in keys[:USED_WORDS]), *read.groups)
    deciding = sum(group.deciding for group in used)
    wordings = list(_wordings(read.understood, language))[:MOST_WORDINGS]
    if not deciding and not wordings:
        # Words that all are generic decide together; what only scores must not decide in their place.
        used = tuple(replace(group, deciding=True) for group in used)
    joined = list(_joined(read.understood, language))[:MOST_WORDINGS]
    whole = _whole(read.understood) if not keys else None
    not_a_part = Group("", 1.0, (_NOT_A_PART,), deciding=False)
    return Plan(
        (*used, *(group for group, _ in wordings), *joined, *([whole, not_a_part] if used and whole else [])),
        weights.least_matches(deciding) if used else 0,
        (*interpretation, *(reading for _, reading in wordings)),
        tuple(region.label for region in regions),
    )


@dataclass(frozen=True, slots=True)
class _Read:
    groups: list[Group]
    understood: list[Understood]
    interpretation: list[Reading]


def _read(found: Iterable[Word], language: Language, *, verbatim: bool) -> _Read:
    """Make a group of each word that says something, each stem once."""
    groups: dict[str, Group] = {}
    understood: list[Understood] = []
    interpretation: list[Reading] = []
    for word in found:
        if word.stem in groups:
            continue
        if is_stop_word(word.text):
            interpretation.append(Reading(word.text, Reason.STOP_WORD))
            continue
        if len(groups) >= USED_WORDS:
            interpretation.append(Reading(word.text, Reason.TOO_LONG))
            continue
        one = understand(word, language, verbatim=verbatim)
        understood.append(one)
        generic = is_generic(word.stem)
        groups[word.stem] = Group(
            word.text, weights.GENERIC_WORD if generic else weights.WORD, one.alternatives, not generic
        )
        interpretation += [Reading(word.text, Reason.GENERIC)] if generic else []
        interpretation += one.interpretation
    telling = [_is_telling(one, language) for one in understood]
    decided = [
        replace(group, deciding=tells) if any(telling) and group.deciding else group
        for group, tells in zip(groups.values(), telling, strict=True)
    ]
    return _Read(decided, understood, interpretation)


def _is_telling(one: Understood, language: Language) -> bool:
    """Tell whether a word is known, but not to so many entries that it decides nothing beside a rarer one.

    Who looks for "Hund anmelden" does not want everything that can be registered.
    """
    if is_generic(one.best) or language.vocabulary.share(one.best) >= FREQUENT:
        return False
    return any(clause.term in language.vocabulary for way in one.alternatives for clause in way.clauses)


def _free_words(text: str, taken: Sequence[tuple[int, int]]) -> Iterator[Word]:
    for word in words(text):
        if not any(start < word.end and word.start < end for start, end in taken):
            yield word


def _key_group(text: str, key: Key) -> Group:
    written = text[key.start : key.end]
    alternatives = [
        Alternative(
            weights.WHOLE_KEY if key.whole else weights.BEGUN_KEY,
            (Clause(key.term, (KEY_FIELD,), exact=True),),
            Reason.KEY if key.whole else Reason.KEY_BEGINNING,
        )
    ]
    parts = list(words(written))
    if len(parts) == 1:
        # A number alone may be meant as a number that a text mentions.
        alternatives.append(Alternative(weights.WORD, (Clause(parts[0].stem),), Reason.WORD))
    return Group(written, 1.0, tuple(alternatives))


def _wordings(understood: Sequence[Understood], language: Language) -> Iterator[tuple[Group, Reading]]:
    """Yield a group for each wording of several words that stand in the query, as if it had been typed, and say so."""
    stems = dict.fromkeys(stem for one in understood for stem in one.stems)
    by_left: dict[frozenset[str], list[Alternative]] = {}
    readings: dict[frozenset[str], Reading] = {}
    for wording in language.thesaurus.of_phrase(stems):
        clauses = tuple(Clause(stem) for stem in wording.right)
        if all(stem in language.vocabulary for stem in wording.right):
            alternative = Alternative(wording.weight, clauses, Reason.MEANT)
            by_left.setdefault(wording.left, []).append(alternative)
            readings.setdefault(wording.left, Reading(wording.typed, Reason.MEANT, wording.meant))
    for left in sorted(by_left, key=lambda left: (-len(left), sorted(left))):
        reading = readings[left]
        group = Group(f"{reading.text} → {reading.used}", weights.MEANT * len(left), tuple(by_left[left]))
        yield group, reading


def _joined(understood: Sequence[Understood], language: Language) -> Iterator[Group]:
    """Yield a group for each compound of the catalogue that two words of the query make together."""
    for one, other in combinations(understood[:MOST_JOINED], 2):
        compounds = language.vocabulary.compounds_of(one.best, other.best)
        if compounds:
            alternatives = tuple(
                Alternative(1.0, (Clause(compound),), Reason.JOINED) for compound in compounds[:MOST_WORDINGS]
            )
            yield Group(f"{one.text} {other.text}", weights.JOINED, alternatives, deciding=False)


def _whole(understood: Sequence[Understood]) -> Group | None:
    """Return a group for the query as one wording: an entry that is called so comes before others that mention it."""
    wanted = [one for one in understood if not is_generic(one.best)] or list(understood)
    terms = dict.fromkeys(
        term
        for term in (phrase_term(one.best for one in wanted), phrase_term(one.best for one in understood))
        if term
    )
    if not terms:
        return None
    alternatives = tuple(
        Alternative(weights.WHOLE_WORDING, (Clause(term, (PHRASE_FIELD,), exact=True),), Reason.WORDING)
        for term in terms
    )
    return Group(" ".join(one.text for one in understood), 1.0, alternatives, deciding=False)
