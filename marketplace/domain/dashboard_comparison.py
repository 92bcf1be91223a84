"""Why the federal dashboard counts otherwise: both counts of one state side by side, and the difference in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from marketplace.domain.adoption import Event, Scope, Status
from marketplace.domain.rule import Rule, paragraphs

ONLINE = frozenset({Status.LIVE, Status.OWN_SOLUTION})


class Difference(StrEnum):
    """Who says that a service is online in the state."""

    BOTH = "both"
    ONLY_HERE = "only_here"
    ONLY_DASHBOARD = "only_dashboard"

    @classmethod
    def of(cls, *, here: bool, dashboard: bool) -> "Difference":
        """Return it for a service that at least one says is online."""
        if here and dashboard:
            return cls.BOTH
        return cls.ONLY_HERE if here else cls.ONLY_DASHBOARD


def says_online(events: Iterable[Event], as_of: date) -> date | None:
    """Return when the dashboard last said that a service is online, None where it does not say so.

    ``events`` are known ones that its rows made, in order; the last of each authority and scope counts.
    """
    last: dict[tuple[int, Scope], Event] = {}
    for event in events:
        if event.effective_on <= as_of:
            last[event.authority_id, event.scope] = event
    return max((one.effective_on for one in last.values() if one.status in ONLINE), default=None)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both counts: services online ``here`` and by the ``dashboard``, those that only one of them says, and area-wide ones.

    ``entitled`` of the dashboard's are only entitled here; ``read_on`` is the newest day of its rows (None: there are none),
    ``rule`` the one that says what is area-wide.
    """

    here: int
    area_wide: int
    dashboard: int
    both: int
    entitled: int
    read_on: date | None
    rule: Rule

    @property
    def only_here(self) -> int:
        """How many only this register says."""
        return self.here - self.both

    @property
    def only_dashboard(self) -> int:
        """How many only the dashboard says."""
        return self.dashboard - self.both

    @property
    def text_de(self) -> str:
        """The difference in German."""
        ours = (
            f"Nach diesem Register sind {self.here} Dienste in mindestens einer zuständigen Behörde des Landes online, "
            f"{self.area_wide} davon {self.rule.where_area_wide_de}."
        )
        if self.read_on is None:
            return paragraphs(
                ours,
                "Zeilen des Dashboards liegen für dieses Land nicht vor. Ein Vergleich ist deshalb nicht möglich.",
            )
        return paragraphs(
            f"{ours} Die Zeilen des Dashboards, die hier als Angabe des Registers vorliegen (zuletzt gelesen für den "
            f"{self.read_on:%d.%m.%Y}), nennen {self.dashboard}. Beide nennen {self.both}; nur dieses Register "
            f"{self.only_here}, nur das Dashboard {self.only_dashboard}.",
            "Das Dashboard zählt Leistungen, für die ein Gebiet eine Adresse gemeldet hat, und nennt eine Leistung flächendeckend "
            "oder nicht, ohne die Behörden zu zählen. Dieses Register zählt Dienste bei den Behörden, die dafür zuständig sind: "
            "Auch was ein Land, eine Gemeinde oder ein Anbieter mit Beleg gemeldet hat, zählt, und eine Leistung mit mehreren "
            "Diensten zählt nicht doppelt.",
            f"Sagt das Dashboard „landesweit“, so sind bei Diensten, an die sich jede Behörde selbst anbinden muss, die Behörden "
            f"hier berechtigt, aber nicht produktiv: das betrifft {self.entitled} der {self.only_dashboard} Dienste, die nur das "
            "Dashboard nennt. Bei den übrigen hat die Behörde selbst später etwas anderes erklärt, oder sie ist nach der "
            "Behördenart nicht zuständig.",
        )

    @property
    def text_en(self) -> str:
        """The difference in English."""
        ours = (
            f"By this register {self.here} services are online in at least one competent authority of the state, "
            f"{self.area_wide} of them {self.rule.where_area_wide_en}."
        )
        if self.read_on is None:
            return paragraphs(
                ours,
                "There are no rows of the dashboard for this state. So the two cannot be compared.",
            )
        return paragraphs(
            f"{ours} The rows of the dashboard that are on record here as statements by the register (last read for "
            f"{self.read_on:%Y-%m-%d}) name {self.dashboard}. Both name {self.both}; only this register "
            f"{self.only_here}, only the dashboard {self.only_dashboard}.",
            "The dashboard counts procedures for which an area has reported an address, and calls a procedure area-wide or not "
            "without counting authorities. This register counts services in the authorities that are competent for them: what a "
            "state, a municipality or a provider with proof has reported counts, too, and a procedure with several services does "
            "not count twice.",
            f"Where the dashboard says “state-wide”, the authorities are here entitled but not live for services to which every "
            f"authority has to connect by itself: that concerns {self.entitled} of the {self.only_dashboard} services that only "
            "the dashboard names. For the others the authority itself has later stated something else, or it is not competent by "
            "the authority set.",
        )
