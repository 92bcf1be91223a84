"""Which adoption events follow from the use of a month, given what the ledger holds already."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from marketplace.actions.event_candidates import REJECTED, as_event
from marketplace.actions.usage_carriers import Carriers, Subject
from marketplace.actions.usage_placing import Placed
from marketplace.domain import sources
from marketplace.domain.adoption import Event, Proof, Status, known
from marketplace.domain.usage import Carrier, is_of_month, last_day, proven_from, proves_use, report_ref
from marketplace.store import repeats
from marketplace.store.ledger import StoredEvent


@dataclass(slots=True)
class MonthEvents:
    """What follows from a batch of reports.

    ``items`` are events to submit, each with the service, authority and month behind it; ``standing`` the ids of
    events that stand already, ``carriers`` whose number is behind an event that is not the reporter's, by the same.
    """

    items: list[tuple[dict[str, Any], Subject]] = field(default_factory=list)
    standing: dict[Subject, int] = field(default_factory=dict)
    carriers: dict[Subject, Carrier] = field(default_factory=dict)
    _taken_out: set[Subject] = field(default_factory=set)

    def take_out(self, item: dict[str, Any], subject: Subject) -> None:
        """Add an event that takes an earlier one out."""
        self.items.append((item, subject))
        self._taken_out.add(subject)
        del self.standing[subject]

    def takes_out(self, subject: Subject) -> bool:
        """Tell whether the month's event is to be taken out."""
        return subject in self._taken_out


def month_events(session: Session, placed: Sequence[Placed], carriers: Carriers) -> MonthEvents:
    """Return which events follow.

    Months without an accepted row are left as they are; so are those whose event stands already, unless it speaks for
    somebody whose number carries it no more.
    """
    wanted = {row.report.subject: row for row in placed if row.outcome.outcome != REJECTED}
    pairs = {(row.recorded_for, one) for row in wanted.values() for one in row.speakers}
    stored = repeats.of_pairs(session, pairs)
    followed = MonthEvents()
    for subject, row in wanted.items():
        said = (event for one in row.speakers for event in stored[row.recorded_for, one])
        events = sorted(said, key=lambda event: event.id)
        in_force = _in_force(events)
        own = [
            e
            for e in events
            if e.source == sources.USAGE and is_of_month(e.ref, row.service.id, row.report.month)
        ]
        # Before the source was reserved, others could record anything under it: that proves no use.
        ids = {event.id for event in in_force if proves_use(event)}
        stands = next((event for event in reversed(own) if event.id in ids), None)
        if stands is not None:
            followed.standing[subject] = stands.id
        if stands is None:
            if carriers.is_carried(subject):
                followed.items.append((_live(row, in_force, len(own) + 1), subject))
        elif not carriers.is_carried(subject):
            followed.take_out(_void(row, stands, len(own) + 1), subject)
        elif (carrier := carriers.successor(row, stands)) is not None:
            followed.items.append((_instead(row, stands, in_force, len(own) + 1), subject))
            followed.carriers[subject] = carrier
    return followed


def _in_force(events: Sequence[StoredEvent]) -> list[Event]:
    if not events:
        return []
    return known((as_event(event) for event in events), max(event.recorded_at for event in events))


def _live(row: Placed, in_force: Sequence[Event], times: int) -> dict[str, Any]:
    month = row.report.month
    since = max(proven_from(month, row.service.available_from, in_force), row.executes_from)
    return {
        **_about(row, times),
        "status": str(Status.LIVE),
        "effective_on": since.isoformat(),
        "proof": str(Proof.USAGE),
        "proof_until": last_day(month).isoformat(),
    }


def _void(row: Placed, stands: StoredEvent, times: int) -> dict[str, Any]:
    return {
        **_about(row, times),
        "status": str(Status.VOID),
        "effective_on": stands.effective_on.isoformat(),
        "corrects": stands.id,
    }


def _instead(row: Placed, stands: StoredEvent, in_force: Sequence[Event], times: int) -> dict[str, Any]:
    """Return the event of a month that takes the place of the one that stands, as it would be recorded now."""
    others = [event for event in in_force if event.id != stands.id]
    return {**_live(row, others, times), "corrects": stands.id}


def _about(row: Placed, times: int) -> dict[str, Any]:
    is_part = row.recorded_for != row.service.id
    return {
        "service_id": row.recorded_for,
        "authority_key": row.authority.key,
        "parts": [row.service.id] if is_part else [],
        "source": sources.USAGE,
        "ref": report_ref(row.service.id, row.authority.key, row.report.month, times),
    }
