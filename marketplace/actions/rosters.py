"""Eligible authorities in columns, kept a process beside the members of their sets."""

import threading
from collections import OrderedDict
from collections.abc import Mapping

from marketplace.domain.authority import Authority
from marketplace.domain.standings import Roster

KEPT = 48
_kept: OrderedDict[int, tuple[Mapping[str, Authority], Roster]] = OrderedDict()
_lock = threading.Lock()


def roster_of(members: Mapping[str, Authority]) -> Roster:
    """Return the members of a set (``actions.eligible``) in columns; the result is shared: never change it."""
    key = id(members)
    with _lock:
        if (kept := _kept.get(key)) is not None and kept[0] is members:
            _kept.move_to_end(key)
            return kept[1]
    roster = Roster.of(members.values())
    with _lock:
        _kept[key] = (members, roster)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return roster
