"""At which times a question is asked, and the ledger of one service read at them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from marketplace.actions.context import Context
from marketplace.actions.eligible import Counted, Eligibility, Eligible, counted_for
from marketplace.domain import dates
from marketplace.domain.adoption import Event, known
from marketplace.domain.part_reading import events_that_count
from marketplace.domain.reading import Ledger
from marketplace.errors import InvalidInput
from marketplace.store import head, ledger
from marketplace.store.head import Head


def read_known_at(ctx: Context, known_at: str | datetime | None, field: str = "known_at") -> datetime | None:
    """Read a ``known_at``; None means now. ``field`` is its name where there are several.

    Raises:
        InvalidInput: neither date nor instant, before ``dates.EARLIEST`` or in the future, naming the field.
    """
    if known_at is None:
        return None
    with ctx.database.reading() as session:
        # A permanent link pins the last recording, which may lie a moment ahead of this machine's clock.
        now = head.known_now(session, ctx.clock())
    if isinstance(known_at, str):
        try:
            return dates.parse_known_at(known_at, now)
        except ValueError as error:
            raise InvalidInput.one(field, "instant", str(error)) from error
    if known_at > now:
        raise InvalidInput.one(field, "range", "lies in the future: nobody knows yet what will be known")
    return known_at


def knowledge(ctx: Context, at: Head, asked: datetime | None) -> datetime:
    """Return the instant a figure is pinned to.

    For "now" it is the last recording that the reader's snapshot holds: a recording that commits a moment later has a
    later instant, so that the pinned figure never changes.
    """
    if asked is not None:
        return asked
    return at.last_recorded_at or ctx.clock()


@dataclass(frozen=True, slots=True)
class ReadLedger:
    """A service's ledger on one day, with what counts for it and who is eligible.

    ``events`` are the known ones that it was read from, in the order of their sequences, later ones too.
    """

    counted: Counted
    eligible: Eligible
    ledger: Ledger
    events: Sequence[Event]

    @classmethod
    def of(cls, counted: Counted, eligibility: Eligibility, events: Iterable[Event]) -> "ReadLedger":
        """Read the events of the entry that ``counted`` names, all those of the authorities that are asked for."""
        facts = counted.facts
        eligible = eligibility.of(facts)
        in_force = events_that_count(known(events, eligibility.known_at), counted.part, eligible.twins)
        read = Ledger(in_force, eligibility.as_of, facts.activation, eligibility.predecessors)
        return cls(counted, eligible, read, in_force)


def read_ledger(session: Session, service_id: str, as_of: date, known_at: datetime) -> ReadLedger:
    """Read everything a figure or a list of adopters of one service needs.

    Raises:
        NotFound: there is no such service.
    """
    counted = counted_for(session, service_id, as_of, known_at)
    events = ledger.events_of_service(session, counted.recorded_for)
    return ReadLedger.of(counted, Eligibility(session, as_of, known_at), events)
