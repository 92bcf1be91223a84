"""What the values of facets are called, in German."""

from collections.abc import Mapping
from dataclasses import dataclass

from marketplace.actions.context import Context
from marketplace.actions.kept import Kept
from marketplace.actions.marks import current_marks
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


LabelTables = Mapping[str, Mapping[str, str]]
_kept: Kept[LabelTables] = Kept(1)


def labelled(ctx: Context, facets: Mapping[str, Mapping[str, int]]) -> dict[str, tuple[FacetValue, ...]]:
    """Return the values of each facet with their labels, the most frequent first, then by label."""
    # Kept as long as nothing changes that the labels are read from.
    tables = _kept.get(ctx.database.engine, current_marks(ctx), lambda: _read_labels(ctx))
    answer = {}
    for facet, counts in facets.items():
        labels = tables.get(facet, {})
        values = [FacetValue(value, labels.get(value, value), count) for value, count in counts.items()]
        answer[facet] = tuple(sorted(values, key=lambda one: (-one.count, one.label, one.value)))
    return answer


def _read_labels(ctx: Context) -> LabelTables:
    with ctx.database.reading() as session:
        stored = authority_sets.definitions_at(session, ctx.today(), ctx.clock())
        return {
            "lead_state": catalogue.state_names(session),
            "theme_field": {one.id: one.name for one in catalogue.theme_fields(session)},
            "authority_set": {one.definition.id: one.definition.name for one in stored},
            "kind": KIND_LABELS,
        }
