"""The members of authority sets, kept a process as long as nothing they depend on changes."""

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence

from marketplace.domain.authority import Authority, NamedAuthority, SetDefinition, members
from marketplace.domain.regions import Territory

KEPT = 48
_Key = tuple[int, str, tuple[NamedAuthority, ...]]
_kept: OrderedDict[_Key, tuple[Territory, Mapping[str, Authority]]] = OrderedDict()
_lock = threading.Lock()


def members_of(
    definition: SetDefinition, territory: Territory, named: Sequence[NamedAuthority]
) -> Mapping[str, Authority]:
    """Return the members of a set in a territory by key. The result is shared: never change it."""
    key = (id(territory), repr(definition), tuple(named))
    with _lock:
        # The territory is kept beside its members: its id cannot have passed to another one.
        if (kept := _kept.get(key)) is not None:
            _kept.move_to_end(key)
            return kept[1]
    found = members(definition, territory, named)
    with _lock:
        _kept[key] = (territory, found)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return found
