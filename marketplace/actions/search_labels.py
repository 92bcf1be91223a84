"""What the values of facets are called, in German."""

from collections.abc import Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from sqlalchemy import Engine

from marketplace.actions.context import Context
from marketplace.actions.marks import Marks, current_marks
from marketplace.domain.service import ServiceKind
from marketplace.store import authority_sets, catalogue

KIND_LABELS: Mapping[str, str] = {
    ServiceKind.ONLINE_SERVICE: "Onlinedienst",
    ServiceKind.PLATFORM: "Plattform",
    ServiceKind.COMPONENT: "Basiskomponente",
}


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value of a facet, what it is called, how many entries have it."""

    value: str
    label: str
    count: int


_kept: WeakKeyDictionary[Engine, tuple[Marks, Mapping[str, Mapping[str, str]]]] = WeakKeyDictionary()


def labelled(ctx: Context, facets: Mapping[str, Mapping[str, int]]) -> dict[str, tuple[FacetValue, ...]]:
    """Return the values of each facet with their labels, the most frequent first, then by label."""
    tables = _label_tables(ctx)
    answer = {}
    for facet, counts in facets.items():
        labels = tables.get(facet, {})
        values = [FacetValue(value, labels.get(value, value), count) for value, count in counts.items()]
        answer[facet] = tuple(sorted(values, key=lambda one: (-one.count, one.label, one.value)))
    return answer


def _label_tables(ctx: Context) -> Mapping[str, Mapping[str, str]]:
    """Return the labels by facet; kept a process as long as nothing they are read from changes."""
    marks = current_marks(ctx)
    kept = _kept.get(ctx.database.engine)
    if kept is not None and kept[0] == marks:
        return kept[1]
    with ctx.database.reading() as session:
        stored = authority_sets.definitions_at(session, ctx.today(), ctx.clock())
        tables = {
            "lead_state": catalogue.state_names(session),
            "theme_field": {one.id: one.name for one in catalogue.theme_fields(session)},
            "authority_set": {one.definition.id: one.definition.name for one in stored},
            "kind": KIND_LABELS,
        }
    _kept[ctx.database.engine] = (marks, tables)
    return tables
