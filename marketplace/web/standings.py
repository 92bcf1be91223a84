"""How services stand in a region, sorted for reading: unknown is a group of its own and never a no."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType

from marketplace.actions.adoptions import AdoptionRow, ServiceStanding
from marketplace.domain.adoption import Status

COUNTED = ("live", "connecting", "agreed", "interested", "own_solution", "declined", "not_competent", "ended")


class Group(StrEnum):
    """What a reader of a region's page looks for, in the order of the page."""

    LIVE = "live"
    IN_PROGRESS = "in_progress"
    ENTITLED = "entitled"
    OTHER = "other"
    UNKNOWN = "unknown"
    UNDETERMINED = "undetermined"
    ELSEWHERE = "elsewhere"


def group_of(row: AdoptionRow) -> Group:
    """Return the group of what is in force for an administration.

    Entitled is who is covered by the agreement of a region above and has not begun on its own.
    """
    if row.status is None:
        return Group.UNKNOWN
    if row.status is Status.LIVE:
        return Group.LIVE
    if row.status is Status.AGREED and row.inherited_from is not None:
        return Group.ENTITLED
    if row.status in (Status.INTERESTED, Status.AGREED, Status.CONNECTING):
        return Group.IN_PROGRESS
    return Group.OTHER


def by_status(standings: Sequence[ServiceStanding]) -> Mapping[Group, Sequence[ServiceStanding]]:
    """Sort what the region's own administration executes into groups.

    The rest is executed elsewhere, or it is not known who executes it and nobody said anything.
    """
    groups: dict[Group, list[ServiceStanding]] = {group: [] for group in Group}
    for standing in standings:
        groups[_group(standing)].append(standing)
    return MappingProxyType(groups)


def _group(standing: ServiceStanding) -> Group:
    if standing.row is None:
        return Group.ELSEWHERE
    if standing.eligible is None and standing.row.status is None:
        return Group.UNDETERMINED
    return group_of(standing.row)


def with_several(standings: Sequence[ServiceStanding]) -> Sequence[ServiceStanding]:
    """Return the services that several authorities in the region execute."""
    return [standing for standing in standings if (standing.eligible or 0) > 1]


def as_row(standing: ServiceStanding) -> dict[str, object]:
    """Return a standing as a row of a table."""
    own = standing.row
    return {
        "service_id": standing.service_id,
        "service_name": standing.service_name,
        "own_status": None if own is None else own.status or "unknown",
        "own_since": own.since if own else None,
        "eligible": standing.eligible,
        **{name: standing.counts.get(name, 0) for name in COUNTED},
        "unknown": standing.counts.get("unknown", 0),
    }
