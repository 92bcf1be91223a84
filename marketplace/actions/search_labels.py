"""What the values of facets are called, in German."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from marketplace.actions.context import Context
from marketplace.actions.kept import Kept
from marketplace.actions.marks import Marks
from marketplace.domain.service import ServiceKind
from marketplace.errors import FieldError, InvalidInput
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


@dataclass(frozen=True, slots=True)
class ChosenValue:
    """A value that is filtered by, and what it is called."""

    facet: str
    value: str
    label: str


LabelTables = Mapping[str, Mapping[str, str]]
_kept: Kept[LabelTables] = Kept(1)


def labelled(
    tables: LabelTables, facets: Mapping[str, Mapping[str, int]], filters: Mapping[str, Sequence[str]]
) -> dict[str, tuple[FacetValue, ...]]:
    """Return the values of each facet with their labels, the most frequent first, then by label.

    One that is filtered by stays where no result has it, so that it can be let go where it was chosen.
    """
    answer = {}
    for facet, found in facets.items():
        labels = tables.get(facet, {})
        counts = {**dict.fromkeys(filters.get(facet, ()), 0), **found}
        values = [FacetValue(value, labels.get(value, value), count) for value, count in counts.items()]
        answer[facet] = tuple(sorted(values, key=lambda one: (-one.count, one.label, one.value)))
    return answer


def chosen_values(tables: LabelTables, filters: Mapping[str, Sequence[str]]) -> tuple[ChosenValue, ...]:
    """Return the values of filters with their labels, in the order given."""
    return tuple(
        ChosenValue(facet, value, tables.get(facet, {}).get(value, value))
        for facet, values in filters.items()
        for value in values
    )


def check_values(
    tables: LabelTables, filters: Mapping[str, Sequence[str]], facets: Mapping[str, Mapping[str, int]]
) -> None:
    """Refuse values of filters that nothing in the catalogue has or could have.

    Raises:
        InvalidInput: naming each facet and the value.
    """
    errors = [
        FieldError(facet, "choice", f"there is no {value!r}")
        for facet, values in filters.items()
        for value in values
        if value not in tables.get(facet, {}) and value not in facets.get(facet, {})
    ]
    if errors:
        raise InvalidInput(errors)


def label_tables(ctx: Context, marks: Marks) -> LabelTables:
    """Return what the values of each facet are called; kept while the marks stand, as all that it is read from does."""
    return _kept.get(ctx.database.engine, marks, lambda: _read_labels(ctx))


def _read_labels(ctx: Context) -> LabelTables:
    with ctx.database.reading() as session:
        stored = authority_sets.definitions_at(session, ctx.today(), ctx.clock())
        return {
            "lead_state": catalogue.state_names(session),
            "theme_field": {one.id: one.name for one in catalogue.theme_fields(session)},
            "authority_set": {one.definition.id: one.definition.name for one in stored},
            "kind": KIND_LABELS,
        }
