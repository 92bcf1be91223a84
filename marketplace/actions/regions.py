"""Finding regions and reading one: what is above it, what it was, what became of it."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from marketplace.actions.context import Context
from marketplace.actions.former_keys import FormerKeys
from marketplace.actions.former_regions import FoundRegion, former_regions
from marketplace.actions.paging import Page, PageRequest
from marketplace.actions.reading import read_known_at
from marketplace.domain.authority_key import regions_meant
from marketplace.domain.folding import fold_place, spellings_of_place
from marketplace.domain.former_keys import Former
from marketplace.domain.regions import Region, RegionKind, Territory
from marketplace.domain.successions import Succeeded, is_undecided, was_there_before
from marketplace.errors import InvalidInput, NotFound
from marketplace.store import head, regions, successions
from marketplace.store.territory import Standing, standing, territory_at, territory_of

MAX_QUERY = 100
KEY_LENGTH = 12


@dataclass(frozen=True, slots=True)
class RegionDetail:
    """A region with what is around it.

    ``parents`` are nearest first, without pseudo associations; ``versions`` latest first; ``children_count`` counts
    what lies directly in it. ``successors`` and ``predecessors`` are confirmed ones. ``territory_on`` is the day of the
    register it is read from, ``ended_on`` the day from which it was no more on the day asked for. ``ended_later_on``
    is set where it stood on that day, as was known then, and has an end by what is known now.
    """

    region: Region
    parents: tuple[Region, ...]
    versions: tuple[Region, ...]
    children_count: int
    successors: tuple[Succeeded, ...]
    predecessors: tuple[Succeeded, ...]
    territory_on: date | None
    ended_on: date | None
    ended_later_on: date | None

    @property
    def is_undecided(self) -> bool:
        """Whether it had ended and nobody has decided what became of it."""
        return self.ended_on is not None and is_undecided(self.region, self.successors)

    @property
    def taken_in(self) -> tuple[Succeeded, ...]:
        """The predecessors that it took in: it was there before."""
        return tuple(one for one in self.predecessors if was_there_before(self.versions, one))

    @property
    def made_of(self) -> tuple[Succeeded, ...]:
        """The predecessors that it was made of."""
        return tuple(one for one in self.predecessors if not was_there_before(self.versions, one))

    @property
    def former_names(self) -> tuple[str, ...]:
        """The names it had before the one shown, the latest first."""
        names = (version.name for version in self._earlier if version.name != self.region.name)
        return tuple(dict.fromkeys(names))

    @property
    def former_keys(self) -> tuple[str, ...]:
        """The regional keys it had before the one shown, the latest first."""
        keys = (version.key for version in self._earlier if version.key != self.region.key)
        return tuple(dict.fromkeys(keys))

    @property
    def _earlier(self) -> list[Region]:
        shown = self.region.valid_from or date.min
        return [version for version in self.versions if (version.valid_from or date.min) < shown]


def find_regions(
    ctx: Context,
    kind: RegionKind | str | None = None,
    state: str | None = None,
    q: str | None = None,
    as_of: date | None = None,
    page: PageRequest | None = None,
    *,
    undecided: bool = False,
) -> Page[Region]:
    """Return the regions of a day by kind, state and ``q``: a name or part of it, the beginning of a postcode or key.

    An exact name comes first, then names that begin so, then the larger one. ``undecided`` asks for those that had
    ended by that day without a decision on what became of them, as they were last, by key.

    Raises:
        InvalidInput: an unknown kind, a state that is no key of two digits, a ``q`` that is too long.
    """
    page = page or PageRequest()
    query = _read_query(kind, state, q)
    with ctx.database.reading() as session:
        found = standing(session, as_of or ctx.today(), head.known_now(session, ctx.clock()))
        if found is None:
            return Page([], 0, page.page, page.page_size)
        return _find(session, query, found, page, undecided=undecided)


def search_regions(
    ctx: Context,
    kind: RegionKind | str | None = None,
    state: str | None = None,
    q: str | None = None,
    as_of: date | None = None,
    page: PageRequest | None = None,
    *,
    undecided: bool = False,
) -> Page[FoundRegion]:
    """Return what ``find_regions`` does and, where something is searched for, behind it who had that name or key before.

    Of former days a whole key or AGS is found, or the beginning of a name.

    Raises:
        InvalidInput: as ``find_regions``.
    """
    page = page or PageRequest()
    query = _read_query(kind, state, q)
    with ctx.database.reading() as session:
        stood = standing(session, as_of or ctx.today(), head.known_now(session, ctx.clock()))
        if stood is None:
            return Page([], 0, page.page, page.page_size)
        today = _find(session, query, stood, page, undecided=undecided)
        found = [FoundRegion(one, one.valid_to if undecided else None) for one in today.items]
        former = (
            [] if undecided or not (query.names or query.digits) else former_regions(session, query, stood)
        )
    behind = former[max(0, page.offset - today.total) : max(0, page.offset + page.page_size - today.total)]
    return Page([*found, *behind], today.total + len(former), page.page, page.page_size)


def _find(
    session: Session, query: regions.RegionQuery, found: Standing, page: PageRequest, *, undecided: bool
) -> Page[Region]:
    if undecided:
        ended = [
            one for one in successions.ended_undecided(session, found.known) if _matches(one, query, found.on)
        ]
        shown = ended[page.offset : page.offset + page.page_size]
        return Page(shown, len(ended), page.page, page.page_size)
    items, total = regions.find(
        session, query, found.on, found.known, offset=page.offset, limit=page.page_size
    )
    if not found.is_register:
        land = territory_of(session, found)
        items = [land.by_key.get(item.key, item) for item in items]
    return Page(items, total, page.page, page.page_size)


def get_region(
    ctx: Context, key: str, as_of: date | None = None, known_at: str | datetime | None = None
) -> RegionDetail:
    """Return a region by key, AGS or ARS, padded or not; a key of another day finds its region too.

    A region that had ended by ``as_of`` is shown as it was last, and ``ended_on`` says since when it is no more. All is
    as it was known at ``known_at``, now if left out.

    Raises:
        NotFound: no region has, or had, this key on or before that day.
        InvalidInput: a ``known_at`` that is none.
    """
    text = key.replace(" ", "")
    if not (text.isascii() and text.isdigit() and len(text) <= KEY_LENGTH):
        raise NotFound("region", key)
    asked = read_known_at(ctx, known_at)
    with ctx.database.reading() as session:
        stood = standing(session, as_of or ctx.today(), asked or head.known_now(session, ctx.clock()))
        if stood is None:
            raise NotFound("region", key)
        known, land = stood.known, territory_of(session, stood)
        meant = regions_meant(text, land)
        found = Former(meant[0], None) if meant else FormerKeys(session, [text], known).find(text, land)
        if found is None:
            raise NotFound("region", key)
        region, ended_on = found.region, found.ended_on
        if ended_on is not None:
            land = territory_at(session, ended_on - timedelta(days=1), known)
        versions = tuple(regions.versions_of(session, region.region_id, known))
        last = versions[0] if asked is None else _last_known(ctx, session, region.region_id)
        has_end = last.valid_to is not None and last.valid_to <= ctx.today()
        return RegionDetail(
            region=region,
            parents=tuple(above for above in land.above(region.key) if above.has_administration),
            versions=versions,
            children_count=_count_children(region, land),
            successors=tuple(successions.successors_of(session, region.region_id, known)),
            predecessors=tuple(successions.predecessors_of(session, region.region_id, known)),
            territory_on=land.on,
            ended_on=ended_on,
            ended_later_on=last.valid_to if has_end and ended_on is None else None,
        )


def require_state(land: Territory, state: str | None) -> None:
    """Let a question about one state pass, or about all of them (None).

    Raises:
        InvalidInput: a key that is not of two digits, or of no state in the territory.
    """
    _require_state_key(state)
    if state is not None and (state not in land.by_key or land.by_key[state].kind is not RegionKind.STATE):
        raise InvalidInput.one("state", "unknown", f"there is no state {state!r}")


def _require_state_key(state: str | None) -> None:
    if state is not None and not re.fullmatch(r"[0-9]{2}", state):
        raise InvalidInput.one("state", "format", "must be the key of a state: two digits")


def _read_query(kind: RegionKind | str | None, state: str | None, q: str | None) -> regions.RegionQuery:
    if kind is not None and kind not in set(RegionKind):
        raise InvalidInput.one("kind", "choice", f"must be one of {', '.join(RegionKind)}")
    _require_state_key(state)
    text = q or ""
    if len(text) > MAX_QUERY:
        raise InvalidInput.one("q", "length", f"has {len(text)} characters, at most {MAX_QUERY} are allowed")
    if "\0" in text:
        raise InvalidInput.one("q", "characters", "holds characters that are not allowed")
    # "24937 Flensburg" is a postcode and a name, "09 184 0149 149" a key.
    name = text.lstrip("0123456789 ").rstrip()
    digits = text.strip().removesuffix(name).replace(" ", "")
    spellings = spellings_of_place(name)
    return regions.RegionQuery(
        kind=RegionKind(kind) if kind is not None else None,
        state=state,
        names=spellings if spellings[0] else (),
        digits=digits[:KEY_LENGTH] or None,
    )


def _matches(ended: Region, query: regions.RegionQuery, on: date) -> bool:
    """Tell whether a region that ended is asked for; the few there are need no index."""
    folded = fold_place(ended.name)
    return (
        (ended.valid_to is not None and ended.valid_to <= on)
        and query.kind in (None, ended.kind)
        and query.state in (None, ended.state)
        and (not query.names or any(name in folded for name in query.names))
        and (
            not query.digits
            or any((text or "").startswith(query.digits) for text in (ended.postcode, ended.key, ended.ags))
        )
    )


def _last_known(ctx: Context, session: Session, region_id: int) -> Region:
    """Return a region's last version by what is known now."""
    return regions.latest_versions(session, [region_id], head.known_now(session, ctx.clock()))[0]


def _count_children(region: Region, land: Territory) -> int:
    return sum(
        child.parent_key == region.key and (child.has_administration or child.kind is RegionKind.MUNICIPALITY)
        for child in land
    )
