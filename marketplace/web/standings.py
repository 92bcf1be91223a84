"""How services stand in a region, sorted for reading: unknown is a group of its own and never a no."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType

from marketplace.actions.adoptions import AdoptionRow, ServiceStanding
from marketplace.domain.adoption import Status

COUNTED = ("live", "connecting", "agreed", "interested", "own_solution", "declined", "not_competent", "ended")
SHOWN = ("since", "claim", "proof", "confirmed_on", "stale", "inherited_from")
COLUMNS = (
    "service_id", "service_name",
    "own_status", *(f"own_{name}" for name in SHOWN),
    "executed_by", "executed_by_name", "executed_by_status", *(f"executed_by_{name}" for name in SHOWN),
    "eligible", *COUNTED, "unknown",
)  # fmt: skip


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


def with_somebody_above(standings: Sequence[ServiceStanding]) -> Sequence[ServiceStanding]:
    """Return the services that an administration above executes for the region, what is furthest first."""
    found = [standing for standing in standings if standing.executed_by is not None]
    order = list(Group)
    return sorted(found, key=lambda one: order.index(group_of(one.executed_by)) if one.executed_by else 0)


def with_nobody(standings: Sequence[ServiceStanding]) -> Sequence[ServiceStanding]:
    """Return the services whose executing authorities are known and none of them is for the region."""
    return [one for one in standings if one.row is None and one.eligible == 0 and one.executed_by is None]


def is_unconfirmed(row: AdoptionRow) -> bool:
    """Tell whether something live is only claimed, or was not confirmed for too long."""
    return row.status is Status.LIVE and (row.claim or row.stale)


def as_row(standing: ServiceStanding) -> dict[str, object]:
    """Return a standing as a row of a table."""
    own, above = standing.row, standing.executed_by
    return {
        "service_id": standing.service_id,
        "service_name": standing.service_name,
        "own_status": None if own is None else own.status or "unknown",
        **{f"own_{name}": getattr(own, name, None) for name in SHOWN},
        "executed_by": above.authority_key if above else None,
        "executed_by_name": above.authority_name if above else None,
        "executed_by_status": None if above is None else above.status or "unknown",
        **{f"executed_by_{name}": getattr(above, name, None) for name in SHOWN},
        "eligible": standing.eligible,
        **{name: standing.counts.get(name, 0) for name in COUNTED},
        "unknown": standing.counts.get("unknown", 0),
    }
