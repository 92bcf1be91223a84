"""The sources under which the marketplace itself writes events; nobody who submits one speaks under them.

What stands there is read as what it says: the demo is taken away by its source, a month's use is found by it.
"""

from collections.abc import Collection

from marketplace.errors import FieldError

DEMO = "demo"
USAGE = "usage"
MERGE = "merge"
DASHBOARD = "dashboard"
RESERVED = frozenset({DEMO, USAGE, MERGE, DASHBOARD})
BROUGHT = frozenset({USAGE, DASHBOARD})
"""Those that a backfill may bring: what another installation wrote under them is true here, too."""


def refusal_of_source(source: str | None, own: Collection[str] = ()) -> FieldError | None:
    """Return what is wrong with the source of a submitted event; ``own`` are those that who submits it writes under."""
    if source not in RESERVED or source in own:
        return None
    reserved = f"{source!r} is reserved for what the marketplace writes itself: name a source of your own"
    return FieldError("source", "reserved", reserved)
