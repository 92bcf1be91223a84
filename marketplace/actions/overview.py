"""The marketplace in a few figures, each with what it counts and its date; and whether demo data are in it."""

import threading
from dataclasses import dataclass
from datetime import date, datetime
from weakref import WeakKeyDictionary

from sqlalchemy import Engine

from marketplace.actions.context import Context
from marketplace.domain.regions import RegionKind
from marketplace.store import head, ledger, overview
from marketplace.store.overview import CatalogueCounts
from marketplace.store.territory import territory_at

_demo: WeakKeyDictionary[Engine, tuple[int, bool]] = WeakKeyDictionary()
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Overview:
    """What the start page counts.

    ``events`` are the lines of the ledger of ``authorities`` authorities and regions, the last of them recorded at
    ``last_recorded_at`` (None: nothing yet); ``municipalities`` those of the register of ``territory_on``.
    """

    as_of: date
    catalogue: CatalogueCounts
    events: int
    authorities: int
    last_recorded_at: datetime | None
    municipalities: int
    territory_on: date | None


def get_overview(ctx: Context) -> Overview:
    """Count the marketplace as it stands now."""
    today = ctx.today()
    with ctx.database.reading() as session:
        land = territory_at(session, today, head.known_now(session, ctx.clock()))
        return Overview(
            as_of=today,
            catalogue=overview.catalogue_counts(session),
            events=ledger.count_events(session),
            authorities=overview.authorities_with_events(session),
            last_recorded_at=head.head(session).last_recorded_at,
            municipalities=sum(
                region.kind is RegionKind.MUNICIPALITY and region.has_administration for region in land
            ),
            territory_on=land.on,
        )


def holds_demo_data(ctx: Context) -> bool:
    """Tell whether the ledger holds invented events; kept a process until the ledger moves."""
    engine = ctx.database.engine
    with ctx.database.reading() as session:
        version = head.head(session).version
        with _lock:
            kept = _demo.get(engine)
        if kept is not None and kept[0] == version:
            return kept[1]
        found = ledger.has_demo_events(session)
    with _lock:
        _demo[engine] = (version, found)
    return found
