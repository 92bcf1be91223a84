"""What the values of facets are called, in German."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

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


def labelled(
    session: Session, facets: Mapping[str, Mapping[str, int]], today: date, now: datetime
) -> dict[str, tuple[FacetValue, ...]]:
    """Return the values of each facet with their labels, the most frequent first, then by label."""
    answer = {}
    for facet, counts in facets.items():
        labels = _labels(session, facet, today, now) if counts else {}
        values = [FacetValue(value, labels.get(value, value), count) for value, count in counts.items()]
        answer[facet] = tuple(sorted(values, key=lambda one: (-one.count, one.label, one.value)))
    return answer


def _labels(session: Session, facet: str, today: date, now: datetime) -> Mapping[str, str]:
    match facet:
        case "lead_state":
            return catalogue.state_names(session)
        case "theme_field":
            return {one.id: one.name for one in catalogue.theme_fields(session)}
        case "authority_set":
            stored = authority_sets.definitions_at(session, today, now)
            return {one.definition.id: one.definition.name for one in stored}
        case "kind":
            return KIND_LABELS
        case _:
            return {}
