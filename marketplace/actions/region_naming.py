"""Reading which region somebody means by what they typed: a name, a postcode, a key."""

import re
from collections.abc import Sequence

from marketplace.actions.context import Context
from marketplace.actions.paging import PageRequest
from marketplace.actions.regions import MAX_QUERY, find_regions, get_region
from marketplace.domain.folding import fold_place
from marketplace.domain.regions import Region
from marketplace.errors import NotFound

CANDIDATES = 20
_KEY_IN_BRACKETS = re.compile(r"\(([0-9]{2,12})\)$")
_TOWNS_ALONE = ("41", "42")
"""Textkennzeichen (GV100AD) of a district that is one town; the town is listed as a municipality too."""


def regions_named(ctx: Context, text: str) -> list[Region]:
    """Return the standing regions that a text can mean, the likeliest first; a single one where it is clear.

    A key, AGS or ARS alone or in brackets behind a name ("Bonn, Stadt (053140000000)"), a name or its part before the
    comma, a postcode.
    """
    typed = text.strip()[:MAX_QUERY]
    if match := _KEY_IN_BRACKETS.search(typed):
        return _of_key(ctx, match[1])
    if not typed.isprintable() or not typed:
        return []
    found = find_regions(ctx, q=typed, page=PageRequest(1, CANDIDATES)).items
    if "".join(typed.split()).isdigit():
        there = [one for one in found if one.postcode == typed]
        return _each_town_once([*_of_key(ctx, typed), *there]) or _each_town_once(found)
    wanted = fold_place(typed)
    named_so = [one for one in found if wanted in (fold_place(one.name), fold_place(one.name.split(",")[0]))]
    return _each_town_once(named_so or found)


def _of_key(ctx: Context, key: str) -> list[Region]:
    try:
        detail = get_region(ctx, key)
    except NotFound:
        return []
    return [] if detail.ended_on else [detail.region]


def _each_town_once(found: Sequence[Region]) -> list[Region]:
    towns = [one for one in found if one.text_code not in _TOWNS_ALONE]
    return towns or list(found)
