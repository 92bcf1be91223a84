"""The figures of all services side by side, by one rule at one pair of times."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from marketplace.actions.context import Context
from marketplace.actions.figures import Figure
from marketplace.actions.joined_figures import join_again
from marketplace.actions.kept import Kept
from marketplace.actions.kept_answers import kept_while_unchanged
from marketplace.actions.questions import DEFAULT_RULE, Question
from marketplace.actions.reading import read_known_at
from marketplace.actions.renewed_rows import RenewedRows
from marketplace.actions.service_figures import NO_RATE, ServiceFigures, figures_of
from marketplace.actions.standings import StandingsReader
from marketplace.actions.suppressing import Summed, counted_in_authorities, read_suppression, suppressed_rows
from marketplace.domain.folding import fold
from marketplace.domain.lifecycle import EntryStatus
from marketplace.domain.rule import Rule, Unit
from marketplace.domain.service import Service
from marketplace.domain.service_pairs import joined
from marketplace.domain.service_rules import STATE_KEY
from marketplace.domain.service_units import CatalogueUnits, count_units
from marketplace.errors import InvalidInput
from marketplace.store import known_keys, outbox, service_lists, service_versions, services
from marketplace.store.service_lists import ServiceQuery
from marketplace.store.service_writes import MAX_FOLDED

KEPT_LISTS = 16
SORTS = ("name", "rate", "-rate", "-numerator", "-denominator")


@dataclass(frozen=True, slots=True)
class OverviewRow:
    """A service with its figure. Parts are never listed: they are counted in their whole."""

    service_id: str
    name: str
    kind: str
    lead_state: str | None
    theme_field: str | None
    publisher: str | None
    figure: Figure


@dataclass(frozen=True, slots=True)
class ReuseOverview:
    """The figures of all services that the filters leave.

    ``total`` adds up authority-service pairs of the services that have a rate; ``undefined`` are those that have none.
    ``units`` counts the same services in procedures and bundles. ``suppress_below``: smaller cells are left out, and
    ``units`` with them.
    """

    rule: Rule
    unit: Unit
    as_of: date
    known_at: datetime
    territory_on: date | None
    demo: bool
    total: Figure
    rows: Sequence[OverviewRow]
    undefined: int
    units: CatalogueUnits | None = None
    suppress_below: int | None = None


@dataclass(frozen=True, slots=True)
class OverviewFilter:
    """Which services: each filter names its accepted values, an empty one accepts all."""

    kind: Sequence[str] = ()
    lead_state: Sequence[str] = ()
    theme_field: Sequence[str] = ()
    publisher: Sequence[str] = ()


@kept_while_unchanged(64)
def reuse_overview(
    ctx: Context,
    wanted: OverviewFilter | None = None,
    *,
    rule: str = DEFAULT_RULE,
    unit: str | None = None,
    as_of: date | None = None,
    known_at: str | datetime | None = None,
    sort: str = "name",
    suppress_below: int | None = None,
) -> ReuseOverview:
    """Answer how widely each service is reused.

    Raises:
        InvalidInput: a parameter that is none.
    """
    if sort not in SORTS:
        raise InvalidInput.one("sort", "choice", f"must be one of {', '.join(SORTS)}")
    least = read_suppression(suppress_below)
    asked = read_known_at(ctx, known_at)
    with ctx.database.reading() as session:
        reader = StandingsReader.opened(ctx, session, asked)
        question = Question.of(
            ctx,
            by="state",
            rule=rule,
            unit=unit,
            as_of=as_of,
            known_at=asked,
            seen=reader.head.structure_version,
        )
        chosen = wanted or OverviewFilter()
        entries, ids = wholes(session, chosen, reader.position, asked)
        found = list(figures_of(reader, ids, question).values())
        counted = found if least is None else counted_in_authorities(reader, found, question)
    engine, filtered = ctx.database.engine, repr(chosen)
    joint = join_again(engine, ("overview", filtered, question), found)
    total = Figure.of("total", "", joint.total)
    rows = _rows.rows(engine, (filtered, question), ids, list(zip(entries, found, strict=True)), _row)
    counts = bytes([one.mark for one in found])
    units = _units.get(
        engine, (reader.position, filtered, asked, counts), lambda: _count_units(entries, counts)
    )
    if least is not None:
        rows, total = _suppressed(rows, total, counted, least)
    return ReuseOverview(
        rule=question.rule,
        unit=question.unit,
        as_of=question.as_of,
        known_at=reader.known_at,
        territory_on=next((one.territory_on for one in found), None),
        demo=reader.holds_demo and any(one.demo for one in found),
        total=total,
        rows=_sorted(rows, sort),
        undefined=joint.undefined,
        units=units if least is None else None,
        suppress_below=least,
    )


_wholes: "Kept[Wholes]" = Kept(KEPT_LISTS)
_last_published: Kept[datetime] = Kept(2)
_units: Kept[CatalogueUnits] = Kept(KEPT_LISTS)
_rows: RenewedRows[OverviewRow] = RenewedRows(KEPT_LISTS)


class Wholes(NamedTuple):
    """Published entries by name, without parts: they count in their whole. Shared: never change them.

    What they say (name, lead state, theme field, publisher, maturity ...) is what the public read then.
    """

    entries: Sequence[Service]
    ids: Sequence[str]


def wholes(
    session: Session, chosen: OverviewFilter, position: int | None = None, known_at: datetime | None = None
) -> Wholes:
    """Return the entries that the filters leave of those that were published at an instant, None: now.

    What is published, changed or withdrawn later changes nothing of it; before the first entry was published the first
    ones apply. ``position``: that of the newest change of the catalogue, where the session has read it already.

    Raises:
        InvalidInput: a filter names what there is not; that nothing of it is published is no fault.
    """
    newest = outbox.last_position(session) if position is None else position
    engine = session.get_bind().engine
    then = known_at
    if then is not None and then >= _last_published.get(engine, newest, lambda: _find_last(session)):
        then = None
    return _wholes.get(engine, (newest, repr(chosen), then), lambda: _load_wholes(session, chosen, then))


def _find_last(session: Session) -> datetime:
    return service_versions.last_published_at(session) or datetime.min.replace(tzinfo=UTC)


def _load_wholes(session: Session, chosen: OverviewFilter, known_at: datetime | None) -> Wholes:
    _refuse_unknown(session, chosen)
    query = ServiceQuery(
        kind=chosen.kind, lead_state=chosen.lead_state, theme_field=chosen.theme_field,
        publisher=chosen.publisher, status=("published",),
    )  # fmt: skip
    found = services.load(session, service_lists.ids_of(session, query))
    if known_at is not None:
        instant = max(known_at, service_versions.first_published_at(session) or known_at)
        changed = service_versions.published_after(session, instant)
        found = _as_they_were(session, chosen, found, changed, instant)
    entries = [entry for entry in found.values() if entry.part_of is None]
    return Wholes(entries, [entry.id for entry in entries])


def _as_they_were(
    session: Session,
    chosen: OverviewFilter,
    standing: Mapping[str, Service],
    changed: Collection[str],
    instant: datetime,
) -> dict[str, Service]:
    """Return entries with those that changed later as the public saw them at an instant, by name."""
    found = {one: entry for one, entry in standing.items() if one not in changed}
    for one, version in service_versions.standing_of_some(session, changed, instant).items():
        entry = version.service
        filters = (
            (chosen.kind, entry.kind), (chosen.lead_state, entry.lead_state),
            (chosen.theme_field, entry.theme_field), (chosen.publisher, entry.publisher),
        )  # fmt: skip
        if version.status is EntryStatus.PUBLISHED and all(not of or said in of for of, said in filters):
            found[one] = entry
    return dict(sorted(found.items(), key=lambda item: (fold(item[1].name)[:MAX_FOLDED], item[0])))


def _refuse_unknown(session: Session, chosen: OverviewFilter) -> None:
    """Refuse filters that name what there is not; where nothing is filtered nothing is asked."""
    known = {
        "lead_state": frozenset(key for key in chosen.lead_state if STATE_KEY.fullmatch(key)),
        "theme_field": known_keys.theme_fields_among(session, chosen.theme_field),
        "publisher": known_keys.organisations_among(session, chosen.publisher),
    }
    for name, existing in known.items():
        for value in getattr(chosen, name):
            if value not in existing:
                raise InvalidInput.one(name, "choice", f"there is no {value!r}")


def _row(_key: str, sources: tuple[Any, ...]) -> OverviewRow:
    entry, found = sources
    return OverviewRow(
        entry.id, entry.name, entry.kind, entry.lead_state, entry.theme_field, entry.publisher, found.figure
    )


def _count_units(entries: Sequence[Service], counts: bytes) -> CatalogueUnits:
    rated = ((entry, bool(one)) for entry, one in zip(entries, counts, strict=True) if one != NO_RATE)
    return count_units(rated)


def _suppressed(
    rows: Sequence[OverviewRow], total: Figure, counted: Sequence[ServiceFigures], least: int
) -> tuple[list[OverviewRow], Figure]:
    """Leave small cells out; rows without a rate are not in the total and tell nothing about the others.

    ``counted`` are the figures of the rows in the unit in which a cell is small or not.
    """
    sizes = [one.figure for one in counted]
    whole = Figure.of("total", "", joined(one.total for one in counted)[0])
    places = sorted(range(len(rows)), key=lambda place: sizes[place].undefined is not None)
    rated = sum(one.undefined is None for one in sizes)
    figures, shown_total = suppressed_rows(
        _summed([rows[place].figure for place in places], rated, total),
        _summed([sizes[place] for place in places], rated, whole),
        least,
    )
    by_place = dict(zip(places, figures, strict=True))
    return [replace(row, figure=by_place[place]) for place, row in enumerate(rows)], shown_total


def _summed(figures: Sequence[Figure], rated: int, total: Figure) -> Summed:
    return Summed(figures[:rated], total, figures[rated:])


def _sorted(rows: Iterable[OverviewRow], sort: str) -> list[OverviewRow]:
    """Order the rows, which come by name; those without a rate stand last, whichever way rates are ordered.

    What is left out of a publication stands last, too: its place would tell how large it is.
    """
    listed = list(rows)
    if sort == "name":
        return listed
    descending, field = sort.startswith("-"), sort.removeprefix("-")
    shown = [row for row in listed if row.figure.undefined is None and not row.figure.suppressed]
    last = [row for row in listed if row.figure.undefined is not None or row.figure.suppressed]
    return sorted(shown, key=lambda row: getattr(row.figure, field), reverse=descending) + last
