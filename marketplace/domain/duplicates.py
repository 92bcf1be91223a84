"""Which entries are likely the same service as one that is about to be made.

The same service by two routes is one entry with two offers: a name that differs by its route, a prefix such as "EfA-",
the order of its words or a slip of the pen is the same name. What cannot be told from a name is told by the LeiKa keys
and OZG ids that both put online. A part and its whole share those by nature and are never taken for one another.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from marketplace.domain.folding import fold

THRESHOLD = 0.7
"""From which score on an entry is reported: what two names share to seven tenths, or what shared keys make up for."""
LIMIT = 10
SIMILAR_NAME = 0.5
PROCEDURES_WEIGH, BUNDLES_WEIGH = 0.7, 0.1
_ALONE = 1 - (1 - THRESHOLD) / (1 - BUNDLES_WEIGH)
"""How alike names have to be where no LeiKa key is shared: below, no entry need be judged."""
OTHER_STATE_LEAVES = 0.8
"""Two states may each build a service for the same procedures: their names have to be the more alike."""
OTHER_PART_LEAVES = 0.8
"""Parts of one whole were told apart by whoever listed them, often by one word of several."""
_APPLICATION, _SHORTEST_STEM = "antrag", 4
_IN_BRACKETS = re.compile(r"\([^()]*\)")
_WORD = re.compile(r"[a-z0-9]+")
_WRITTEN_OUT = (("ae", "a"), ("oe", "o"), ("ue", "u"))
# Folded, and with umlauts written as their vowel: what many names have and no service is known by.
_SAYS_NOTHING = frozenset({
    "antrag", "antrage", "auf", "aus", "bei", "beim", "das", "dem", "den", "der", "des", "die", "dienst",
    "digital", "digitale", "digitaler", "digitales", "efa", "eg", "ein", "eine", "einer", "eines", "einfach",
    "elektronisch", "elektronische", "elektronischer", "elektronisches", "fit", "fitstore", "fur",
    "govdigital", "im", "in", "mit", "nach", "nachnutzung", "oder", "online", "onlineantrag", "onlinedienst",
    "per", "saas", "store", "uber", "und", "verwaltungsleistung", "via", "von", "zu", "zum", "zur",
})  # fmt: skip


class Likeness(StrEnum):
    """Why an entry may be the same service, or what speaks against it."""

    SAME_NAME = "same_name"
    SIMILAR_NAME = "similar_name"
    SAME_PROCEDURES = "same_procedures"
    SHARED_PROCEDURES = "shared_procedures"
    SHARED_BUNDLES = "shared_bundles"
    SAME_LEAD_STATE = "same_lead_state"
    OTHER_LEAD_STATE = "other_lead_state"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What two entries are compared by. ``id`` is empty for an entry that is not made yet."""

    id: str = ""
    name: str
    lead_state: str | None = None
    leika_keys: frozenset[str] = frozenset()
    ozg_ids: frozenset[str] = frozenset()
    part_of: str | None = None


@dataclass(frozen=True, slots=True)
class Likely:
    """An entry that is likely the same service: a score from 0 to 1, why, and the keys that both have."""

    id: str
    name: str
    score: float
    why: tuple[Likeness, ...]
    leika_keys: tuple[str, ...]
    ozg_ids: tuple[str, ...]


def trigrams(name: str) -> frozenset[str]:
    """Return the trigrams of the words of a name, in whatever order; words that say nothing are left out.

    ``Wohngeld online`` has those of ``wohngeld``; a name of nothing but such words has those of all of them.
    """
    folded = fold(name)
    for written_out, vowel in _WRITTEN_OUT:
        folded = folded.replace(written_out, vowel)
    words = _WORD.findall(folded)
    telling = [_stem(word) for word in words if word not in _SAYS_NOTHING] or words
    return frozenset(
        padded[start : start + 3]
        for word in telling
        for padded in [f"  {word} "]
        for start in range(len(padded) - 2)
    )


def _stem(word: str) -> str:
    """Return ``wohngeld`` for ``wohngeldantrag``: what is applied for."""
    stem = word.removesuffix(_APPLICATION)
    return stem if len(stem) >= _SHORTEST_STEM else word


def _readings(name: str) -> list[frozenset[str]]:
    """Return the trigrams of a whole name, and of what stands before and after brackets where that differs."""
    readings = [trigrams(name), trigrams(_IN_BRACKETS.sub(" ", name))]
    return [one for one in dict.fromkeys(readings) if one]


class Duplicates:
    """Entries ready to be compared with: by trigram, LeiKa key and OZG id. Built once, asked often, never changed."""

    def __init__(self, entries: Iterable[Compared]) -> None:
        self._entries = list(entries)
        # A name has one or two readings: whose each is, how long it is, and which trigrams are in it.
        owners: list[int] = []
        sizes: list[int] = []
        by_trigram: dict[str, list[int]] = defaultdict(list)
        self._by_key: dict[str, list[int]] = defaultdict(list)
        for place, entry in enumerate(self._entries):
            for reading in _readings(entry.name):
                for trigram in reading:
                    by_trigram[trigram].append(len(owners))
                owners.append(place)
                sizes.append(len(reading))
            for key in entry.leika_keys:
                self._by_key[key].append(place)
        self._owners = np.array(owners, dtype=np.int64)
        self._sizes = np.array(sizes, dtype=np.int64)
        self._by_trigram = {
            trigram: np.array(places, dtype=np.int64) for trigram, places in by_trigram.items()
        }

    def likely(
        self, wanted: Compared, is_known: Callable[[str], bool] = lambda _: True, limit: int = LIMIT
    ) -> list[Likely]:
        """Return the entries that are likely the same service as ``wanted``, the likeliest first.

        ``is_known`` tells by id whether whoever asks may know of an entry.
        """
        names = self._names(wanted.name)
        candidates = set(np.flatnonzero(names >= _ALONE).tolist())
        candidates.update(*(self._by_key.get(key, ()) for key in wanted.leika_keys))
        found = []
        for place in candidates:
            entry = self._entries[place]
            if not _are_comparable(wanted, entry):
                continue
            likely = judge(wanted, entry, float(names[place]))
            if likely.score >= THRESHOLD and is_known(entry.id):
                found.append(likely)
        found.sort(key=lambda likely: (-likely.score, likely.name, likely.id))
        return found[:limit]

    def _names(self, name: str) -> NDArray[np.float64]:
        """Return how alike each entry's name is, from 0 to 1 (Dice's coefficient of the trigrams)."""
        best = np.zeros(len(self._entries))
        for reading in _readings(name):
            places = [self._by_trigram[trigram] for trigram in reading if trigram in self._by_trigram]
            if places:
                shared = np.bincount(np.concatenate(places), minlength=len(self._owners))
                np.maximum.at(best, self._owners, 2 * shared / (len(reading) + self._sizes))
        return best


def judge(wanted: Compared, entry: Compared, name: float) -> Likely:
    """Return how likely two entries are the same service, whose names are alike to ``name`` (0 to 1).

    What the names leave open, shared LeiKa keys make up for by up to seven tenths, shared OZG ids by up to one. Two
    different lead states take a fifth away, and so does being parts of one whole, which share keys by nature.
    """
    are_parts = wanted.part_of is not None and wanted.part_of == entry.part_of
    procedures = frozenset() if are_parts else wanted.leika_keys & entry.leika_keys
    bundles = frozenset() if are_parts else wanted.ozg_ids & entry.ozg_ids
    same = _share(procedures, wanted.leika_keys, entry.leika_keys)
    open_still = (1 - name) * (1 - PROCEDURES_WEIGH * same)
    open_still *= 1 - BUNDLES_WEIGH * _share(bundles, wanted.ozg_ids, entry.ozg_ids)
    score = 1 - open_still
    states = {wanted.lead_state, entry.lead_state} - {None}
    if len(states) > 1:
        score *= OTHER_STATE_LEAVES
    if are_parts:
        score *= OTHER_PART_LEAVES
    why = [
        (Likeness.SAME_NAME, name >= 1),
        (Likeness.SIMILAR_NAME, SIMILAR_NAME <= name < 1),
        (Likeness.SAME_PROCEDURES, same == 1),
        (Likeness.SHARED_PROCEDURES, 0 < same < 1),
        (Likeness.SHARED_BUNDLES, bool(bundles)),
        (Likeness.SAME_LEAD_STATE, wanted.lead_state is not None and wanted.lead_state == entry.lead_state),
        (Likeness.OTHER_LEAD_STATE, len(states) > 1),
    ]
    return Likely(
        entry.id,
        entry.name,
        round(score, 3),
        tuple(likeness for likeness, holds in why if holds),
        tuple(sorted(procedures)),
        tuple(sorted(bundles)),
    )


def _share(both: Collection[str], one: Collection[str], other: Collection[str]) -> float:
    """Return which share of all keys two entries have in common (Jaccard's index), 0 where one has none."""
    return len(both) / (len(one) + len(other) - len(both)) if both else 0.0


def _are_comparable(wanted: Compared, entry: Compared) -> bool:
    """Tell whether two entries may be compared: an entry is no duplicate of itself, of its whole or of its parts."""
    if wanted.id and wanted.id == entry.id:
        return False
    return wanted.part_of != entry.id and (not wanted.id or entry.part_of != wanted.id)
