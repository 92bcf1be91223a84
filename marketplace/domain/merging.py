"""Merging two entries that are one service: which events of the lost one go over, and what somebody has to decide.

Sequences are those of the ledger: one authority, one scope, statements or claims. Where only the lost entry has one, it
goes over whole. Where both have one and they say the same on the same days, the kept one stands. Where they differ,
nothing is guessed: somebody decides by authority whose sequences hold.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

from marketplace.domain.adoption import Event, Scope
from marketplace.domain.service import Offer


class Side(StrEnum):
    """Whose sequences hold."""

    KEPT = "kept"
    LOST = "lost"


class SequenceName(NamedTuple):
    """What makes a sequence, beside its service."""

    authority_id: int
    scope: Scope
    is_claim: bool


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Sequences of one authority that both entries have and that differ; each in its order."""

    authority_key: str
    scope: Scope
    is_claim: bool
    kept: tuple[Event, ...]
    lost: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class MergePlan:
    """What a merge does to the ledger: events to append to the kept entry, events to void on either."""

    moved: tuple[Event, ...]
    voided_of_lost: tuple[Event, ...]
    voided_of_kept: tuple[Event, ...]


def contradictions(kept: Iterable[Event], lost: Iterable[Event]) -> list[Contradiction]:
    """Return what has to be decided, by authority; the events are known and in order."""
    of_kept, of_lost = _sequences(kept), _sequences(lost)
    found = [
        Contradiction(
            sequence[-1].authority_key, name.scope, name.is_claim, tuple(of_kept[name]), tuple(sequence)
        )
        for name, sequence in of_lost.items()
        if name in of_kept and not _say_the_same(of_kept[name], sequence)
    ]
    return sorted(found, key=lambda one: (one.authority_key, one.scope, one.is_claim))


def plan_merge(kept: Sequence[Event], lost: Sequence[Event], decisions: Mapping[str, Side]) -> MergePlan:
    """Return what becomes of the events, known and in order, by the decisions for each contradiction's authority.

    Raises:
        KeyError: something is undecided.
    """
    of_kept, of_lost = _sequences(kept), _sequences(lost)
    decided = {
        SequenceName(one.lost[0].authority_id, one.scope, one.is_claim): decisions[one.authority_key]
        for one in contradictions(kept, lost)
    }
    moved: list[Event] = []
    voided: list[Event] = []
    for name, sequence in of_lost.items():
        if name not in of_kept:
            moved += sequence
        elif decided.get(name) is Side.LOST:
            moved += sequence
            voided += of_kept[name]
    return MergePlan(_by_id(moved), _by_id(lost), _by_id(voided))


def joined_offers(
    kept: Sequence[Offer], lost: Sequence[Offer]
) -> tuple[tuple[Offer, ...], Mapping[str, str]]:
    """Return the offers of both, and which id each of the lost entry's offers has among them.

    An offer that both have alike stands once; one whose id another offer has gets the next free one.
    """
    found, ids = {one.id: one for one in kept}, {}
    for offer in lost:
        name, number = offer.id, 2
        while name in found and found[name] != replace(offer, id=name):
            name, number = f"{offer.id[:76]}-{number}", number + 1
        found[name] = replace(offer, id=name)
        ids[offer.id] = name
    return tuple(found.values()), ids


def _sequences(events: Iterable[Event]) -> dict[SequenceName, list[Event]]:
    found: dict[SequenceName, list[Event]] = defaultdict(list)
    for event in events:
        found[SequenceName(event.authority_id, event.scope, event.is_claim)].append(event)
    return dict(found)


def _say_the_same(one: Sequence[Event], other: Sequence[Event]) -> bool:
    said = [[(event.status, event.effective_on) for event in sequence] for sequence in (one, other)]
    return said[0] == said[1]


def _by_id(events: Iterable[Event]) -> tuple[Event, ...]:
    return tuple(sorted(events, key=lambda event: event.id))
