"""What the ledger says already of what is about to be recorded: events of the same pairs, and with the same refs."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any, cast

from sqlalchemy import Select, Table, bindparam, select
from sqlalchemy.orm import Session

from marketplace.store.ledger import STORED, StoredEvent, stored
from marketplace.store.tables import AdoptionEventRow

Pair = tuple[str, int]
"""A service and the id of an authority."""
Ref = tuple[str, str]
"""A source and its own name of an event."""
_CHUNK = 500
_C = cast("Table", AdoptionEventRow.__table__).c
# Built once: making the statements costs more than running them.
_WITH_REF: Select[Any] = select(*STORED).where(
    _C.source == bindparam("source"), _C.ref.in_(bindparam("refs", expanding=True))
)
_OF_PAIR: Select[Any] = select(*STORED).where(
    _C.service_id == bindparam("service"), _C.authority_id.in_(bindparam("authorities", expanding=True))
)
_BOTH = select(_WITH_REF.union_all(_OF_PAIR).subquery())


def said_before(
    session: Session, refs: Mapping[str, Collection[str]], pairs: Collection[Pair]
) -> tuple[dict[Ref, StoredEvent], dict[Pair, list[StoredEvent]]]:
    """Return events by ref, for the refs asked for by source, and all events of the pairs asked for, each list by id.

    A declaration of one authority asks for one source and one pair: both come by one statement.
    """
    if len(refs) != 1 or len(pairs) != 1:
        return by_refs(session, refs), of_pairs(session, pairs)
    [(source, wanted)], [(service_id, authority_id)] = refs.items(), pairs
    asked = {"source": source, "refs": wanted, "service": service_id, "authorities": [authority_id]}
    found = {event.id: event for event in stored(_BOTH, session, **asked)}
    events = [event for _, event in sorted(found.items())]
    with_ref = {(source, str(one.ref)): one for one in events if one.source == source and one.ref in wanted}
    of_pair = [one for one in events if (one.service_id, one.authority_id) == (service_id, authority_id)]
    return with_ref, {(service_id, authority_id): of_pair}


def by_refs(session: Session, refs: Mapping[str, Collection[str]]) -> dict[Ref, StoredEvent]:
    """Return events by (source, ref) for the refs asked for by source."""
    found: dict[Ref, StoredEvent] = {}
    for source, wanted in refs.items():
        listed = sorted(wanted)
        for start in range(0, len(listed), _CHUNK):
            events = stored(_WITH_REF, session, source=source, refs=listed[start : start + _CHUNK])
            found |= {(source, str(event.ref)): event for event in events}
    return found


def of_pairs(session: Session, pairs: Collection[Pair]) -> dict[Pair, list[StoredEvent]]:
    """Return all events by (service, authority id) for the pairs asked for, each list by id."""
    found: dict[Pair, list[StoredEvent]] = {pair: [] for pair in pairs}
    by_service: dict[str, list[int]] = defaultdict(list)
    for service_id, authority_id in sorted(found):
        by_service[service_id].append(authority_id)
    query = _OF_PAIR.order_by(_C.id)
    for service_id, ids in by_service.items():
        for start in range(0, len(ids), _CHUNK):
            for event in stored(query, session, service=service_id, authorities=ids[start : start + _CHUNK]):
                found[event.service_id, event.authority_id].append(event)
    return found
