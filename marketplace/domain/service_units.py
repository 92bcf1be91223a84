"""Services counted in what citizens know: procedures and OZG bundles."""

from collections.abc import Iterable
from dataclasses import dataclass

from marketplace.domain.service import Service


@dataclass(frozen=True, slots=True)
class CatalogueUnits:
    """How many procedures and bundles are counted, of how many that have a service with a rate.

    A procedure or bundle counts when the numerator of one of its services is not 0. It says nothing about how widely.
    """

    procedures: int
    procedures_of: int
    bundles: int
    bundles_of: int


def count_units(services: Iterable[tuple[Service, bool]]) -> CatalogueUnits:
    """Count services with a rate, each with whether anything of it is counted."""
    listed = list(services)
    counted = [service for service, counts in listed if counts]
    return CatalogueUnits(
        procedures=len({key for service in counted for key in service.leika_keys}),
        procedures_of=len({key for service, _ in listed for key in service.leika_keys}),
        bundles=len({key for service in counted for key in service.ozg_ids}),
        bundles_of=len({key for service, _ in listed for key in service.ozg_ids}),
    )
