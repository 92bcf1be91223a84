"""Which ended areas went into which gains, told by sums of hectares.

A register gives areas in whole hectares, so each figure may be off by half of one: sums that differ by no more than
that are the same. A match counts only where it is the only one of its sort, near before far: within the district
first, then within the state; a whole association before any other selection.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, combinations
from typing import TypeVar

Item = TypeVar("Item")
STATE, DISTRICT, ASSOCIATION = 2, 5, 9
SCOPES = (DISTRICT, STATE)
MIN_PART_HA = 10
"""A smaller gain is a new survey of a border rather than a part of an ended municipality."""
MAX_PIECES, MAX_GAINS = 4, 3
MAX_CANDIDATES = 40
"""With more candidates than this in a district or state, selections are too many to try and too alike to believe."""


@dataclass(frozen=True, slots=True)
class Piece:
    """The area of a region that ended, in hectares; ``key`` is its regional key."""

    region_id: int
    key: str
    area_ha: int


@dataclass(frozen=True, slots=True)
class Gain:
    """What a region has more than before, in hectares: all of its area where it ``is_new``."""

    region_id: int
    key: str
    area_ha: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class Match:
    """Pieces that together have the area of the gains; one of both is single. ``scope`` is the key's common length."""

    pieces: tuple[Piece, ...]
    gains: tuple[Gain, ...]
    scope: int


def fits(pieces: Sequence[Piece], gains: Sequence[Gain]) -> bool:
    """Tell whether the pieces have the area of the gains, as far as whole hectares can tell.

    A gain of a region that stays is a difference of two figures.
    """
    off = abs(sum(piece.area_ha for piece in pieces) - sum(gain.area_ha for gain in gains))
    return 2 * off <= len(pieces) + sum(1 if gain.is_new else 2 for gain in gains)


def match_areas(pieces: Iterable[Piece], gains: Iterable[Gain]) -> list[Match]:
    """Return all matches that can be told, each piece and gain in one at most."""
    open_pieces = sorted(pieces, key=lambda piece: piece.key)
    open_gains = sorted(gains, key=lambda gain: gain.key)
    found: list[Match] = []
    for scope in SCOPES:
        while (match := _next(open_pieces, open_gains, scope)) is not None:
            found.append(match)
            open_pieces = [piece for piece in open_pieces if piece not in match.pieces]
            open_gains = [gain for gain in open_gains if gain not in match.gains]
    return found


def _next(pieces: Sequence[Piece], gains: Sequence[Gain], scope: int) -> Match | None:
    for selections in (_associations, _singles, _selections):
        for area in sorted({piece.key[:scope] for piece in pieces}):
            inside = [piece for piece in pieces if piece.key.startswith(area)]
            around = [gain for gain in gains if gain.key.startswith(area)]
            for match in _only_ones(selections(inside), around, scope):
                return match
    for piece in pieces:
        around = [g for g in gains if g.key.startswith(piece.key[:scope]) and g.area_ha >= MIN_PART_HA]
        parted = [parts for parts in _several(around, MAX_GAINS) if fits((piece,), parts)]
        if len(parted) == 1:
            return Match((piece,), parted[0], scope)
    return None


def _only_ones(selections: Iterable[tuple[Piece, ...]], gains: Sequence[Gain], scope: int) -> Iterator[Match]:
    """Yield what is the only selection for its gain and has no other gain that it fits."""
    by_gain: dict[Gain, list[tuple[Piece, ...]]] = defaultdict(list)
    fitting: dict[tuple[Piece, ...], int] = defaultdict(int)
    for selection in selections:
        for gain in gains:
            if fits(selection, (gain,)):
                by_gain[gain].append(selection)
                fitting[selection] += 1
    for gain, fitted in by_gain.items():
        if len(fitted) == 1 and fitting[fitted[0]] == 1:
            yield Match(fitted[0], (gain,), scope)


def _associations(pieces: Sequence[Piece]) -> Iterator[tuple[Piece, ...]]:
    together: dict[str, list[Piece]] = defaultdict(list)
    for piece in pieces:
        together[piece.key[:ASSOCIATION]].append(piece)
    return (tuple(group) for group in together.values() if len(group) > 1)


def _singles(pieces: Sequence[Piece]) -> Iterator[tuple[Piece, ...]]:
    return ((piece,) for piece in pieces)


def _selections(pieces: Sequence[Piece]) -> Iterator[tuple[Piece, ...]]:
    few = _several(pieces, MAX_PIECES)
    return chain(few, [tuple(pieces)]) if len(pieces) > MAX_PIECES else few


def _several(items: Sequence[Item], most: int) -> Iterator[tuple[Item, ...]]:
    if len(items) > MAX_CANDIDATES:
        return iter(())
    return chain.from_iterable(combinations(items, number) for number in range(2, most + 1))
