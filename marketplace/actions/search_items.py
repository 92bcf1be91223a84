"""Results as they are shown: rows from SQL in the engine's order, with what matched marked in them.

Rows are kept a process for the position of the change feed at which they were read and the lexicon that their words were
cut with, so that a further search reads only those it has not met yet; whatever changes an entry moves the position.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from marketplace.actions.context import Context
from marketplace.actions.kept import KeptTables
from marketplace.actions.search_adoption import Adoption
from marketplace.search.engines.base import Reader
from marketplace.search.highlight import ReadText, Segment
from marketplace.search.lexicon import Lexicon
from marketplace.search.members import Family, Matcher
from marketplace.search.plan import Plan
from marketplace.store import found_entries
from marketplace.store.found_entries import FoundService

KEPT_ENTRIES = 4_096
PROCEDURE = "procedure"
_services: KeptTables[str, "_ReadService | None"] = KeptTables(KEPT_ENTRIES)
_objects: KeptTables[str, Family] = KeptTables(KEPT_ENTRIES)


@dataclass(frozen=True, slots=True)
class _ReadService:
    """A service with its texts read, to be marked for many queries."""

    row: FoundService
    name: ReadText
    summary: ReadText

    @classmethod
    def of(cls, row: FoundService, lexicon: Lexicon) -> "_ReadService":
        return cls(row, ReadText.of(row.name, lexicon), ReadText.of(row.summary, lexicon))


@dataclass(frozen=True, slots=True)
class OtherMember:
    """A further procedure of the same Leistungsobjekt: its LeiKa key and name."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one group of the plan adds to a score; ``group`` is its text."""

    group: str
    score: float


class SearchItem(NamedTuple):
    """An entry that was found. ``highlight`` and ``name_highlight`` are (text, marked) pieces of summary and name.

    ``kind`` is the service's kind or ``procedure``; a procedure stands for its object, ``entry_id`` in the index, whose
    ``members`` are the others. ``adoption`` is told of services, ``live_here`` where a region is chosen (None: not
    known); ``score`` and ``contributions`` when explained.
    """

    id: str
    entry_id: str
    name: str
    summary: str
    name_highlight: tuple[Segment, ...]
    highlight: tuple[Segment, ...]
    kind: str
    lead_state: str | None = None
    theme_field: str | None = None
    stage: str | None = None
    part_of: str | None = None
    members: tuple[OtherMember, ...] = ()
    adoption: Adoption | None = None
    live_here: bool | None = None
    score: float | None = None
    contributions: tuple[Contribution, ...] | None = None


def service_items(
    ctx: Context,
    reader: Reader,
    ids: Sequence[str],
    plan: Plan,
    adoptions_of: Callable[[Sequence[str]], Mapping[str, Adoption]],
    live_here: Mapping[str, bool | None],
) -> list[SearchItem]:
    """Return services of the index in this order; those withdrawn meanwhile are left out.

    ``adoptions_of`` tells how widely those that are there are adopted, ``live_here`` who is live in the chosen region.
    """
    lexicon, stems = reader.state.language.lexicon, plan.stems

    def read(missing: list[str]) -> dict[str, _ReadService | None]:
        with ctx.database.reading() as session:
            there = found_entries.found_services(session, missing)
        return {one: _ReadService.of(there[one], lexicon) if one in there else None for one in missing}

    found = _services.get(ctx.database.engine, (reader.state.position, lexicon), ids, read)
    there = [service for service in map(found.__getitem__, ids) if service is not None]
    adoptions = adoptions_of([service.row.id for service in there])
    return [
        SearchItem(
            id=service.row.id,
            entry_id=service.row.id,
            name=service.row.name,
            summary=service.row.summary,
            name_highlight=service.name.highlighted(stems),
            highlight=service.summary.highlighted(stems),
            kind=service.row.kind,
            lead_state=service.row.lead_state,
            theme_field=service.row.theme_field,
            stage=service.row.stage,
            part_of=service.row.part_of,
            adoption=adoptions.get(service.row.id),
            live_here=live_here.get(service.row.id),
        )
        for service in there
    ]


def procedure_items(ctx: Context, reader: Reader, ids: Sequence[str], plan: Plan) -> list[SearchItem]:
    """Return objects of the index in this order, each by the procedure that is meant."""
    lexicon, stems = reader.state.language.lexicon, plan.stems

    def read(missing: list[str]) -> dict[str, Family]:
        with ctx.database.reading() as session:
            there = found_entries.procedures_by_object(session, missing)
        return {one: Family.of(there.get(one, ()), lexicon) for one in missing}

    found = _objects.get(ctx.database.engine, (reader.state.position, lexicon), ids, read)
    matcher, items = Matcher(plan), []
    for object_id in ids:
        if not found[object_id].members:
            continue
        best, *others = matcher.by_match(found[object_id])
        items.append(
            SearchItem(
                id=best.procedure.leika_key,
                entry_id=object_id,
                name=best.procedure.name,
                summary="",
                name_highlight=best.name.highlighted(stems),
                highlight=(),
                kind=PROCEDURE,
                theme_field=best.procedure.theme_field,
                members=tuple(OtherMember(one.procedure.leika_key, one.procedure.name) for one in others),
            )
        )
    return items
