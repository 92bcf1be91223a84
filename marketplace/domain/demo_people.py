"""The people of the demo: one for each role, in organisations of the shipped catalogue."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from marketplace.domain.person import Person
from marketplace.domain.roles import Role


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody of the demo with one role in one organisation."""

    name: str
    organisation_id: str
    role: Role

    def person(self, key: str) -> Person:
        """Return the person; ``key`` is the one in ``DEMO_PEOPLE``."""
        return Person(f"demo-{key}", self.name, is_demo=True)


DEMO_PEOPLE: Mapping[str, DemoPerson] = MappingProxyType(
    {
        "publisher": DemoPerson("Demo: Bereitsteller", "dataport", Role.PUBLISHER),
        "reviewer": DemoPerson("Demo: Prüfung", "dataport", Role.REVIEWER),
        "admin": DemoPerson("Demo: Verwaltung", "dataport", Role.ADMIN),
        "authority": DemoPerson("Demo: Behörde", "freie-hansestadt-bremen", Role.AUTHORITY),
        "association": DemoPerson("Demo: Verband", "kdn", Role.AUTHORITY),
        "coordination": DemoPerson("Demo: Koordination", "coordination-nw", Role.COORDINATION),
        "analyst": DemoPerson("Demo: Auswertung", "it-planungsrat", Role.ANALYST),
        "operator": DemoPerson("Demo: Betrieb", "marketplace-operator", Role.OPERATOR),
    }
)

DEMO_DELEGATION = ("05334", "kdn")
"""A district whose municipalities the association's person of the demo acts for, and the association: the StädteRegion
Aachen never said so, the demo does."""
