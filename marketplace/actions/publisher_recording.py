"""Recording by the publisher of a service on a page: one authority at a time, named as people name it."""

from collections.abc import Mapping
from typing import Any

from marketplace.actions.context import Context
from marketplace.actions.entry_access import own_entry
from marketplace.actions.event_candidates import RowOutcome
from marketplace.actions.recording import record_events
from marketplace.actions.region_naming import regions_named
from marketplace.actions.rights import acting
from marketplace.domain.access import Action, Actor, Role, decide
from marketplace.domain.lifecycle import is_findable
from marketplace.errors import InvalidInput, NotFound
from marketplace.store.services import EntryHead

SEVERAL = "several"
"""The rule that a name breaks which more than one region has."""


def records_as_publisher(actor: Actor | None) -> bool:
    """Tell whether somebody is offered to record for the own services: publishers, unlike operators, who import."""
    return (
        actor is not None
        and not actor.is_operator
        and Role.PUBLISHER in actor.roles
        and decide(actor, Action.RECORD_ADOPTION).allowed
    )


def recordable_entry(ctx: Context, actor: Actor | None, service_id: str) -> EntryHead:
    """Return the published entry of the actor's organisation that events are to be about.

    Raises:
        Unauthenticated, Forbidden: the actor records no events.
        NotFound: there is no such entry, it is another's, or it is not public.
    """
    who = acting(actor, Action.RECORD_ADOPTION)
    with ctx.database.reading() as session:
        entry = own_entry(session, service_id, who)
    if not is_findable(entry.status):
        raise NotFound("published service", service_id)
    return entry


def record_for_authority(
    ctx: Context, actor: Actor | None, service_id: str, authority: str, says: Mapping[str, Any]
) -> RowOutcome:
    """Record an event of the own service for one authority; without a proof that can be looked up it is a claim.

    Args:
        ctx: the context.
        actor: who records.
        service_id: the service.
        authority: a key, an AGS or ARS, or a name or postcode that only one region has.
        says: the other fields of the event.

    Raises:
        Unauthenticated, Forbidden, NotFound: as in ``recordable_entry``.
        InvalidInput: a field breaks a rule, the authority is not clear, or what is on record does not allow the step.
    """
    entry = recordable_entry(ctx, actor, service_id)
    key = _key_of(ctx, authority)
    report = record_events(ctx, actor, [{**says, "service_id": entry.id, "authority_key": key}])
    (row,) = report.rows
    if row.errors:
        raise InvalidInput(row.errors)
    return row


def _key_of(ctx: Context, authority: str) -> str:
    found = regions_named(ctx, authority)
    if len(found) > 1:
        names = ", ".join(f"{one.name} ({one.key})" for one in found)
        raise InvalidInput.one("authority_key", SEVERAL, f"several are called so: {names}")
    # A key that no region has can be an authority's own.
    return found[0].key if found else authority.strip()
