"""Reading what people miss: needs by theme field, month and region, and queries that often found nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from marketplace.actions.context import Context
from marketplace.actions.paging import PageRequest
from marketplace.domain.authority_key import regions_meant
from marketplace.domain.catalogue import object_of
from marketplace.domain.regions import FEDERATION_KEY
from marketplace.errors import InvalidInput
from marketplace.exchange.tables import Cell, Column, Kind, Table
from marketplace.store import catalogue, demand, head, regions
from marketplace.store.demand import CountedMiss, CountedNeed, NeedQuery
from marketplace.store.territory import territory_at

MOST_ROWS = 10_000
"""How many rows of each kind a whole table holds."""
_COLUMNS: tuple[tuple[str, Kind], ...] = (
    ("kind", "text"), ("theme_field", "text"), ("theme_field_name", "text"), ("region", "text"), ("region_name", "text"),
    ("object", "text"), ("object_name", "text"), ("month", "text"), ("text", "text"), ("last_on", "date"),
    ("count", "number"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class NeedRow:
    """How often a need was reported in a month (its first day), with names; region and object are None where unnamed."""

    theme_field: str
    theme_field_name: str
    lead_states: tuple[str, ...]
    region: str | None
    region_name: str | None
    object_id: str | None
    object_name: str | None
    month: date
    count: int


@dataclass(frozen=True, slots=True)
class Demand:
    """One page of needs and of told queries, with how many of each there are and how many reports the needs add up to.

    Queries know neither theme field nor region, so that no filter touches them.
    """

    needs: Sequence[NeedRow]
    needs_total: int
    reports: int
    queries: Sequence[CountedMiss]
    queries_total: int
    page: int
    page_size: int

    @property
    def total(self) -> int:
        """How many rows the longer of the two lists has: by it the pages are counted."""
        return max(self.needs_total, self.queries_total)

    @property
    def pages(self) -> int:
        """How many pages there are, at least 1."""
        return max(1, -(-self.total // self.page_size))


def list_demand(
    ctx: Context,
    page: PageRequest | None = None,
    *,
    theme_field: str | None = None,
    region: str | None = None,
) -> Demand:
    """Return needs by theme field, the latest month first, and told queries, the most frequent first.

    ``region`` is the key, AGS or ARS of a region and means all regions in it too. Without ``page``: all, up to 10,000.

    Raises:
        InvalidInput: there is no such theme field, or no region has or had that key.
    """
    offset, limit = (page.offset, page.page_size) if page else (0, MOST_ROWS)
    with ctx.database.reading() as session:
        query = _query(ctx, session, theme_field, region)
        counted = demand.needs(session, query, offset, limit)
        total, reports = demand.needs_counted(session, query)
        queries, queries_total = demand.misses(session, offset, limit)
        rows = named_needs(ctx, session, counted)
    return Demand(rows, total, reports, queries, queries_total, page.page if page else 1, limit)


def named_needs(ctx: Context, session: Session, counted: Sequence[CountedNeed]) -> list[NeedRow]:
    """Return needs with the names of what they are about; a region that has ended is called as it was last."""
    fields = {one.id: one for one in catalogue.theme_fields(session)}
    places = _region_names(ctx, session, {one.key.region_key for one in counted} - {""})
    objects: dict[str, str] = {}
    for procedure in catalogue.procedures_of_objects(
        session, sorted({one.key.object_id for one in counted} - {""})
    ):
        objects.setdefault(object_of(procedure.leika_key), procedure.name)
    return [
        NeedRow(
            theme_field=one.key.theme_field_id,
            theme_field_name=fields[one.key.theme_field_id].name,
            lead_states=fields[one.key.theme_field_id].lead_states,
            region=one.key.region_key or None,
            region_name=places.get(one.key.region_key),
            object_id=one.key.object_id or None,
            object_name=objects.get(one.key.object_id),
            month=one.key.month,
            count=one.count,
        )
        for one in counted
    ]


def demand_table(found: Demand) -> Table:
    """Make one table of needs and queries; the column ``kind`` tells ``need`` from ``query``."""
    rows: list[list[Cell]] = [
        ["need", one.theme_field, one.theme_field_name, one.region, one.region_name, one.object_id, one.object_name,
         f"{one.month:%Y-%m}", None, None, one.count]
        for one in found.needs
    ]  # fmt: skip
    rows += [["query", *[None] * 7, one.text, one.last_on, one.count] for one in found.queries]
    return Table("demand", [Column(name, kind) for name, kind in _COLUMNS], rows)


def _query(ctx: Context, session: Session, theme_field: str | None, region: str | None) -> NeedQuery:
    if theme_field is not None and catalogue.theme_field(session, theme_field) is None:
        raise InvalidInput.one("theme_field", "unknown", f"there is no theme field {theme_field!r}")
    keys: set[str] = set()
    if region is not None:
        known = head.known_now(session, ctx.clock())
        text = region.replace(" ", "")
        meant = regions_meant(text, territory_at(session, ctx.today(), known))
        meant = meant or regions.last_versions_by_key(session, [text], known)
        if not meant:
            raise InvalidInput.one("region", "unknown", f"no region has the key {region!r}")
        if meant[0].key != FEDERATION_KEY:
            # A need keeps the key that its region had then.
            keys = {
                version.key for one in meant for version in regions.versions_of(session, one.region_id, known)
            }
    return NeedQuery((theme_field,) if theme_field is not None else (), keys)


def _region_names(ctx: Context, session: Session, keys: set[str]) -> dict[str, str]:
    known = head.known_now(session, ctx.clock())
    land = territory_at(session, ctx.today(), known)
    names = {key: land.by_key[key].name for key in keys if key in land.by_key}
    for version in regions.last_versions_by_key(session, keys - names.keys(), known):
        names.setdefault(version.key, version.name)
    return names
