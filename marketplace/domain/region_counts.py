"""How a service is counted in one region: what is online there and whose it is, and how the others stand.

Online is told by whose the solution is: ``federal`` (a federal service is live), ``own`` (a solution of its own, or a
service that was built for its body's own use), ``reused`` (any other service is live: one for all, or of unknown origin).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from marketplace.domain.adoption import Status
from marketplace.domain.counting import class_of
from marketplace.domain.rule import Rule
from marketplace.domain.service import Maturity, Origin, Service
from marketplace.domain.standing import Standing


class CountedAs(StrEnum):
    """What a service is counted as in a region, the furthest first."""

    FEDERAL = "federal"
    REUSED = "reused"
    OWN = "own"
    UNCONFIRMED = "unconfirmed"
    ENTITLED = "entitled"
    IN_PROGRESS = "in_progress"
    NEGATIVE = "negative"
    ENDED = "ended"
    UNKNOWN = "unknown"
    EXCLUDED = "excluded"


ONLINE = (CountedAs.FEDERAL, CountedAs.REUSED, CountedAs.OWN)


def of_origin(origin: Origin | None) -> CountedAs:
    """Return what a live service is counted as."""
    if origin is Origin.FEDERAL:
        return CountedAs.FEDERAL
    return CountedAs.OWN if origin is Origin.OWN else CountedAs.REUSED


def of_administration(standing: Standing, origin: Origin | None, rule: Rule) -> CountedAs:
    """Return what a service is counted as for one administration, by the rule of what is online (``availability``).

    ``entitled`` are statements agreed or connecting, ``in_progress`` interest.
    """
    name = class_of(standing, rule)
    if name is None:
        return CountedAs.EXCLUDED
    if name == "counted":
        return CountedAs.OWN if standing.status is Status.OWN_SOLUTION else of_origin(origin)
    if name == "in_progress":
        return CountedAs.ENTITLED if standing.is_entitled else CountedAs.IN_PROGRESS
    if name == "own_solution":
        return CountedAs.OWN
    return CountedAs(name)


@dataclass(frozen=True, slots=True)
class InState:
    """A service in a state: whether it is live in one and in all of its eligible authorities, claims and stale ones too.

    What is in all is so where ``area_wide_percent`` of them are, which is usually 100. The others are numbers of
    authorities: ``eligible`` the denominator without the ``excluded``.
    """

    live_in_one: bool
    live_in_all: bool
    eligible: int
    own_solution: int
    entitled: int
    in_progress: int
    negative: int
    ended: int
    area_wide_percent: int = 100

    def counted_as(self, origin: Origin | None) -> dict[CountedAs, bool]:
        """Return what the service is counted as, each with whether it is so in all eligible authorities.

        It is online by a service and by own solutions at once where some authorities have the one, some the other. Where
        it is online nowhere, it is counted once, by the furthest that any authority has come.
        """
        found: dict[CountedAs, bool] = {}
        if self.live_in_one:
            found[of_origin(origin)] = self.live_in_all
        if self.own_solution:
            found.setdefault(CountedAs.OWN, self._is_area_wide(self.own_solution))
        if found:
            return found
        if self.eligible == 0:
            return {CountedAs.EXCLUDED: False}
        steps = (
            (CountedAs.ENTITLED, self.entitled), (CountedAs.IN_PROGRESS, self.in_progress), (CountedAs.NEGATIVE, self.negative),
            (CountedAs.ENDED, self.ended), (CountedAs.UNKNOWN, self.eligible),
        )  # fmt: skip
        furthest, number = next((one, number) for one, number in steps if number)
        return {furthest: self._is_area_wide(number)}

    def _is_area_wide(self, number: int) -> bool:
        return number * 100 >= self.area_wide_percent * self.eligible


@dataclass(frozen=True, slots=True)
class CountOfServices:
    """Services that are counted alike, by id, with the procedures and bundles that they put online.

    ``area_wide`` are those for which it holds in all eligible authorities, or as many as the rule asks for. A procedure
    or bundle counts when one of its services does. ``cases`` adds up the case numbers of the ``cases_of`` procedures that
    have one (None: none has).
    """

    services: tuple[str, ...]
    area_wide: tuple[str, ...]
    procedures: int
    bundles: int
    cases: int | None
    cases_of: int


def count_services(
    services: Sequence[Service], area_wide: Iterable[str], cases: Mapping[str, int]
) -> CountOfServices:
    """Count services that are counted alike; ``cases`` are case numbers by procedure."""
    procedures = {key for service in services for key in service.leika_keys}
    known = [cases[key] for key in procedures if key in cases]
    wide = set(area_wide)
    return CountOfServices(
        services=tuple(service.id for service in services),
        area_wide=tuple(service.id for service in services if service.id in wide),
        procedures=len(procedures),
        bundles=len({key for service in services for key in service.ozg_ids}),
        cases=sum(known) if known else None,
        cases_of=len(known),
    )


def by_maturity(services: Iterable[Service]) -> dict[Maturity | None, list[Service]]:
    """Group services by model and level of maturity, unknown last; levels of different models are never mixed."""
    found: dict[Maturity | None, list[Service]] = {}
    for service in services:
        found.setdefault(service.maturity, []).append(service)
    ordered = sorted((one for one in found if one is not None), key=lambda one: (one.model, one.level))
    return {one: found[one] for one in (*ordered, *([None] if None in found else []))}
