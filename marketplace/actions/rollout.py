"""The rollout of a service, for its publisher: read whole from the ledger, with the reasons that only parties may see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from marketplace.actions.context import Context
from marketplace.actions.eligible import Eligibility, counted_for
from marketplace.actions.entry_access import own_entry
from marketplace.actions.reading import ReadLedger, knowledge
from marketplace.actions.rights import acting
from marketplace.actions.tables import Table, plain_table
from marketplace.domain.access import Action, Actor, may_read_reason
from marketplace.domain.authority_fields import AttributeName
from marketplace.domain.known_attributes import KnownAttributes, Wanted
from marketplace.domain.lifecycle import is_findable
from marketplace.domain.plans import plans_of
from marketplace.domain.rollout import STALLED_AFTER_DAYS, Rollout, RolloutEntry, rollout_of
from marketplace.errors import InvalidInput
from marketplace.store import authority_attributes, event_extracts, head, ledger, mergers

MAX_DAYS = 3650
EVERYBODY: Wanted = {}
FIELDS = (
    "authority_key", "authority_name", "status", "claim", "inherited", "since", "confirmed_on",
    "days_since_step", "planned_live_on", "stalled", "reason", "it_provider", "specialist_system",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ServiceRollout:
    """A service's rollout. ``reasons`` by authority key; ``is_set_known``: whether its authorities are known at all.

    ``takes_events``: whether events can be recorded for it by itself: it is public and no part. ``attributes`` are the
    values on record of its authorities by attribute and authority key, ``choices`` those that any eligible one has, and
    ``wanted`` those that were asked for: the rollout is that of the authorities that have them.
    """

    service_id: str
    service_name: str
    rollout: Rollout
    reasons: Mapping[str, str]
    is_set_known: bool
    takes_events: bool
    demo: bool
    attributes: Mapping[AttributeName, Mapping[str, tuple[str, ...]]]
    choices: Mapping[AttributeName, tuple[str, ...]]
    wanted: Wanted


def rollout_of_service(
    ctx: Context,
    actor: Actor | None,
    service_id: str,
    *,
    stalled_after_days: int = STALLED_AFTER_DAYS,
    wanted: Wanted = EVERYBODY,
) -> ServiceRollout:
    """Return how far a service has come with those who are to reuse it, today; with ``wanted`` with some of them.

    Raises:
        Unauthenticated, Forbidden: the actor works on no entries.
        NotFound: there is no such entry, or it is another publisher's.
        InvalidInput: ``stalled_after_days`` out of range.
    """
    who = acting(actor, Action.READ_REVISION)
    if not 1 <= stalled_after_days <= MAX_DAYS:
        raise InvalidInput.one("days", "range", f"must be 1 to {MAX_DAYS}")
    day = ctx.today()
    with ctx.database.reading() as session:
        entry = own_entry(session, service_id, who)
        known_at = knowledge(ctx, head.head(session), None)
        counted = counted_for(session, service_id, day, known_at, drafts=True)
        events = ledger.events_of_service(session, counted.recorded_for)
        read = ReadLedger.of(counted, Eligibility(session, day, known_at), events)
        heard = [event for event in read.events if event.effective_on <= day]
        everybody = (read.eligible.members or {}).values()
        known = KnownAttributes(
            {name: authority_attributes.values_of(session, name, known_at) for name in AttributeName}
        )
        members = [authority for authority in everybody if known.fits(authority.id, wanted)]
        rollout = rollout_of(
            [(authority, read.ledger.read(authority.covered_by)) for authority in members],
            heard,
            plans_of(heard, event_extracts.planned_for(session, counted.recorded_for)),
            day,
            stalled_after_days,
        )
        return ServiceRollout(
            service_id,
            entry.name,
            rollout,
            _reasons(session, who, entry.publisher, rollout.refusals),
            is_set_known=read.eligible.members is not None,
            takes_events=counted.part is None and is_findable(entry.status),
            demo=ledger.has_demo_events(session, counted.recorded_for),
            attributes={
                name: {authority.key: known.of(name, authority.id) for authority in members}
                for name in AttributeName
            },
            choices={name: known.choices(name, (one.id for one in everybody)) for name in AttributeName},
            wanted=wanted,
        )


def rollout_table(found: ServiceRollout) -> Table:
    """Return what is known of each authority as a table, those left out of whom nothing was recorded."""
    rows: list[dict[str, object]] = [
        {
            "authority_key": one.authority_key,
            "authority_name": one.authority_name,
            "status": one.status,
            "claim": one.is_claim,
            "inherited": one.is_inherited,
            "since": one.since,
            "confirmed_on": one.confirmed_on,
            "days_since_step": one.days,
            "planned_live_on": one.planned_on,
            "stalled": one.is_stalled,
            "reason": found.reasons.get(one.authority_key),
            **{name: found.attributes[name].get(one.authority_key, ()) for name in AttributeName},
        }
        for one in found.rollout.entries
    ]
    return plain_table(f"rollout-{found.service_id}-{found.rollout.as_of}", FIELDS, rows)


def _reasons(
    session: Session, who: Actor, publisher: str | None, refusals: Sequence[RolloutEntry]
) -> dict[str, str]:
    """Return why authorities refused, by key, as far as the reader may know; a named own solution stands in the note."""
    stored = ledger.by_ids(session, (one.event_id for one in refusals if one.event_id is not None))
    own = mergers.successor(session, who.organisation_id)
    found = {}
    for one in refusals:
        event = stored.get(one.event_id or 0)
        if event is None:
            continue
        recorded_by = own.in_place_of(event.organisation_id)
        if not may_read_reason(who, publisher, one.authority_key, recorded_by):
            continue
        if text := event.reason or event.note:
            found[one.authority_key] = text
    return found
