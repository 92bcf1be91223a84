"""What became of the regions that ended between two registers: proposals from areas and names, for people to decide.

A register says which regions are gone and which are new, not which went into which. Municipalities are told by their
areas (``domain.area_matching``) and, where these do not tell, by a new region that carries the name. An association or
a district went where its members are administered now.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from marketplace.domain.area_matching import DISTRICT, Gain, Match, Piece, match_areas
from marketplace.domain.regions import Region, RegionKind

HINTS = 3


class SuccessionKind(StrEnum):
    """How a region ended: as a whole in one other, or in parts in several."""

    MERGED = "merged"
    SPLIT = "split"


class Confidence(StrEnum):
    """How sure a proposal is: areas agree in the district; areas agree further off or in parts; only the name."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Proposal:
    """One successor of a region that ended. ``area_ha`` in hectares is what it got of it, None where that is unknown."""

    predecessor: Region
    successor: Region
    kind: SuccessionKind
    effective_on: date
    area_ha: int | None
    confidence: Confidence
    reason: str


@dataclass(frozen=True, slots=True)
class Succeeded:
    """The region at the other end of a decision, as it was last, with the decision and who says so."""

    region: Region
    kind: SuccessionKind
    effective_on: date
    source: str


def is_undecided(ended: Region, successors: Collection[Succeeded] = ()) -> bool:
    """Whether somebody has to say what became of a region that ended; a pseudo association only stood for others."""
    return not successors and not ended.is_pseudo_association


def was_there_before(versions: Iterable[Region], one: Succeeded) -> bool:
    """Whether a region with these versions only took in another one, rather than being made of it."""
    return any(v.valid_from is not None and v.valid_from < one.effective_on for v in versions)


@dataclass(frozen=True, slots=True)
class Unexplained:
    """A region for which nothing could be proposed, and why."""

    region: Region
    reason: str


@dataclass(frozen=True, slots=True)
class Proposals:
    """What two registers tell.

    ``unexplained`` are regions with an administration, and areas without one, that ended and have no proposal.
    """

    found: tuple[Proposal, ...]
    unexplained: tuple[Unexplained, ...]


def propose(before: Iterable[Region], after: Iterable[Region], on: date) -> Proposals:
    """Propose successors of what ended between two territories; ``on`` is the territory date of the later one.

    Pseudo associations, which only stand for a municipality, are left out.
    """
    then = {region.region_id: region for region in before}
    now = {region.region_id: region for region in after}
    ended = [region for region in then.values() if region.region_id not in now]
    towns = [region for region in ended if region.kind is RegionKind.MUNICIPALITY]
    gains = _gains(then, now)
    pieces = [Piece(t.region_id, t.key, t.area_ha) for t in towns if t.area_ha]
    matches = match_areas(pieces, gains)
    found = [proposal for match in matches for proposal in _of_areas(match, then, now, on)]
    told = {proposal.predecessor.region_id for proposal in found}
    new = [region for region in now.values() if region.region_id not in then]
    named = [p for town in towns if town.region_id not in told for p in _of_name(town, new, on)]
    found += named
    told |= {proposal.predecessor.region_id for proposal in named}
    used = {gain.region_id for match in matches for gain in match.gains}
    left = [gain for gain in gains if gain.region_id not in used]
    unexplained = [
        Unexplained(town, _why_not(town, left, now)) for town in towns if town.region_id not in told
    ]
    for kind in (RegionKind.ASSOCIATION, RegionKind.DISTRICT):
        for body in ended:
            if body.kind is kind and body.has_administration:
                of_members = _of_members(body, then, now, found, on)
                found += of_members
                if not of_members:
                    unexplained.append(Unexplained(body, "it is not known what became of its members"))
    return Proposals(
        tuple(sorted(found, key=lambda p: (p.predecessor.key, p.successor.key))),
        tuple(sorted(unexplained, key=lambda u: u.region.key)),
    )


def _gains(then: Mapping[int, Region], now: Mapping[int, Region]) -> list[Gain]:
    gains = []
    for region in now.values():
        if region.kind is RegionKind.MUNICIPALITY and region.area_ha is not None:
            was = then.get(region.region_id)
            gained = region.area_ha - ((was.area_ha or 0) if was else 0)
            if gained > 0:
                gains.append(Gain(region.region_id, region.key, gained, was is None))
    return gains


def _of_areas(
    match: Match, then: Mapping[int, Region], now: Mapping[int, Region], on: date
) -> Iterable[Proposal]:
    kind = SuccessionKind.SPLIT if len(match.gains) > 1 else SuccessionKind.MERGED
    near = match.scope == DISTRICT and kind is SuccessionKind.MERGED
    successors = [now[gain.region_id] for gain in match.gains]
    together = " and ".join(f"{_ha(gain.area_ha)} of {now[gain.region_id].name}" for gain in match.gains)
    for piece in match.pieces:
        others = len(match.pieces) - 1
        what = f"its {_ha(piece.area_ha)}"
        if others:
            total = _ha(sum(one.area_ha for one in match.pieces))
            what += f", with {others} more that ended together {total},"
        gained = "are the whole area" if match.gains[0].is_new else "are the gain"
        reason = f"{what} {gained}: {together}"
        if match.scope != DISTRICT:
            reason += "; no sum in its own district fits"
        for gain, successor in zip(match.gains, successors, strict=True):
            area = gain.area_ha if kind is SuccessionKind.SPLIT else piece.area_ha
            confidence = Confidence.HIGH if near else Confidence.MEDIUM
            yield Proposal(then[piece.region_id], successor, kind, on, area, confidence, reason)


def _of_name(town: Region, new: Sequence[Region], on: date) -> list[Proposal]:
    name = _bare(town.name)
    carrying = [r for r in new if r.kind is town.kind and r.state == town.state and name in _bare(r.name)]
    if len(carrying) != 1:
        return []
    reason = "it is new and carries the name; the areas do not tell"
    return [Proposal(town, carrying[0], SuccessionKind.MERGED, on, None, Confidence.LOW, reason)]


def _bare(name: str) -> str:
    return name.partition(",")[0].partition("(")[0].strip().casefold()


def _why_not(town: Region, left: Sequence[Gain], now: Mapping[int, Region]) -> str:
    if not town.area_ha:
        return "the register gives no area for it"
    near = [gain for gain in left if gain.key[:DISTRICT] == town.key[:DISTRICT]]
    near.sort(key=lambda gain: abs(gain.area_ha - (town.area_ha or 0)))
    reason = f"no single gain, or sum of gains, fits its {_ha(town.area_ha)} alone"
    if near:
        hints = ", ".join(f"{now[gain.region_id].name} {_ha(gain.area_ha)}" for gain in near[:HINTS])
        reason += f"; unexplained gains in its district: {hints}"
    return reason


def _of_members(
    body: Region, then: Mapping[int, Region], now: Mapping[int, Region], found: Sequence[Proposal], on: date
) -> list[Proposal]:
    """Propose for an association or district the bodies that administer its former members now."""
    by_key = {region.key: region for region in now.values()}
    went: defaultdict[int, list[tuple[Region, int | None]]] = defaultdict(list)
    for proposal in found:
        if proposal.predecessor.kind is RegionKind.MUNICIPALITY:
            went[proposal.predecessor.region_id].append((proposal.successor, proposal.area_ha))
    areas: defaultdict[int, int] = defaultdict(int)
    for member in then.values():
        if member.kind is not RegionKind.MUNICIPALITY or not member.key.startswith(body.key):
            continue
        stays = now.get(member.region_id)
        where = [(stays, member.area_ha)] if stays else went[member.region_id]
        for town, area in where:
            areas[_administering(town, body.kind, by_key).region_id] += area or 0
    kind = SuccessionKind.SPLIT if len(areas) > 1 else SuccessionKind.MERGED
    certain = all(p.confidence is Confidence.HIGH for p in found if p.predecessor.key.startswith(body.key))
    confidence = Confidence.HIGH if certain and kind is SuccessionKind.MERGED else Confidence.MEDIUM
    return [
        Proposal(
            body, now[region_id], kind, on, area or None, confidence,
            f"administers {_ha(area)} of its former members now",
        )
        for region_id, area in areas.items()
    ]  # fmt: skip


def _administering(town: Region, kind: RegionKind, by_key: Mapping[str, Region]) -> Region:
    above = by_key.get(town.key[: 9 if kind is RegionKind.ASSOCIATION else DISTRICT])
    return above if above is not None and above.has_administration else town


def _ha(area: int) -> str:
    return f"{area:,} ha"
