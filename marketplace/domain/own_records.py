"""What an authority has on record of its own, service by service, and what of it somebody should look at."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from marketplace.domain.adoption import Event, Proof, Scope, Status
from marketplace.domain.plans import plans_of
from marketplace.domain.reading import record_of
from marketplace.domain.timeline import stale_day

SOON = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRecord:
    """The statement in force of one authority, service and scope, or one that is still to come.

    ``event_id`` is its last event, ``stale_on`` the first day on which a live one is stale (None: it cannot be),
    ``planned_live_on`` the day last planned. ``is_to_come``: its day lies ahead.
    """

    service_id: str
    authority_id: int
    authority_key: str
    scope: Scope
    status: Status
    since: date
    confirmed_on: date
    proof: Proof
    event_id: int
    stale_on: date | None
    planned_live_on: date | None
    is_to_come: bool = False

    def is_stale(self, today: date) -> bool:
        """Whether nobody confirmed it for too long."""
        return self.stale_on is not None and self.stale_on <= today

    def turns_stale_soon(self, today: date) -> bool:
        """Whether it turns stale in the next 90 days."""
        return self.stale_on is not None and today < self.stale_on <= today + SOON


def own_records(
    service_id: str, events: Iterable[Event], planned: Mapping[int, date], today: date
) -> list[OwnRecord]:
    """Return what is on record of some authorities for one service.

    Args:
        service_id: the service.
        events: the known events of the authorities, in order.
        planned: the days planned to go live, by event.
        today: the day of the reading.
    """
    sequences: dict[tuple[int, Scope], list[Event]] = defaultdict(list)
    for event in events:
        if not event.is_claim:
            sequences[event.authority_id, event.scope].append(event)
    found = []
    for name, sequence in sequences.items():
        plans = plans_of(sequence, planned)
        plan = plans[name][0] if name in plans else None
        begun = [event for event in sequence if event.effective_on <= today]
        if begun:
            found.append(_record(service_id, begun, plan, is_to_come=False))
        if len(begun) < len(sequence):
            found.append(_record(service_id, sequence, plan, is_to_come=True))
    return found


def _record(service_id: str, sequence: list[Event], plan: date | None, *, is_to_come: bool) -> OwnRecord:
    record, last = record_of(sequence), sequence[-1]
    stale_on = None
    if record.status is Status.LIVE and not is_to_come:
        stale_on = stale_day(record.confirmed_on, record.proof_until)
    return OwnRecord(
        service_id=service_id,
        authority_id=last.authority_id,
        authority_key=last.authority_key,
        scope=last.scope,
        status=record.status,
        since=last.effective_on if is_to_come else record.since,
        confirmed_on=record.confirmed_on,
        proof=record.proof,
        event_id=record.event_id,
        stale_on=stale_on,
        planned_live_on=None if record.status is Status.LIVE else plan,
        is_to_come=is_to_come,
    )
