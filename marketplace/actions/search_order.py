"""Orders of results other than by relevance: from SQL and figures, over all ids that the engine found.

So both engines give the same order. Ties are broken by name, then by id.
"""

from collections.abc import Sequence

from marketplace.actions.context import Context
from marketplace.actions.kept import Kept
from marketplace.actions.search_adoption import SORTING_RULE, adoptions
from marketplace.errors import InvalidInput
from marketplace.search.engines.base import Reader
from marketplace.store import found_entries
from marketplace.store.found_entries import SortKey

RELEVANCE, NAME, REUSE_RATE, NEWEST = "relevance", "name", "reuse_rate", "newest"
SORTS = {"services": (RELEVANCE, NAME, REUSE_RATE, NEWEST), "procedures": (RELEVANCE, NAME)}
_keys: Kept[dict[str, SortKey]] = Kept(4)


def check_sort(sort: str, collection: str) -> None:
    """Refuse an order that a collection does not have.

    Raises:
        InvalidInput: naming those it has.
    """
    if sort not in SORTS[collection]:
        raise InvalidInput.one(
            "sort", "choice", f"{collection} are sorted by one of {', '.join(SORTS[collection])}"
        )


def in_order(ctx: Context, reader: Reader, collection: str, ids: Sequence[str], sort: str) -> list[str]:
    """Return the ids in an order that is not relevance: by name, widely reused first, or the newest first.

    A service whose rate is undefined comes after all that have one.
    """
    keys = _sort_keys(ctx, reader, collection)
    found = sorted((one for one in ids if one in keys), key=lambda one: (keys[one].name, one))
    if sort == NEWEST:
        return sorted(found, key=lambda one: -_seconds(keys[one]))
    if sort == REUSE_RATE:
        rates = {one: adoption.rate for one, adoption in adoptions(ctx, found, SORTING_RULE).items()}
        return sorted(found, key=lambda one: -1.0 if (rate := rates[one]) is None else rate, reverse=True)
    return found


def _sort_keys(ctx: Context, reader: Reader, collection: str) -> dict[str, SortKey]:
    def read() -> dict[str, SortKey]:
        with ctx.database.reading() as session:
            return found_entries.sort_keys(session, collection)

    return _keys.get(ctx.database.engine, (reader.state.position, collection), read)


def _seconds(key: SortKey) -> float:
    return key.created_at.timestamp() if key.created_at else 0.0
