"""One organisation goes into another: entries, members and delegations go along, what let machines in ends."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.actions import webhooks
from marketplace.actions.auditing import record
from marketplace.actions.context import Context
from marketplace.actions.organisations import ABOUT, stored
from marketplace.actions.rights import acting
from marketplace.actions.service_changes import Change, write
from marketplace.actions.service_keeping import Signature
from marketplace.domain.access import Action, Actor
from marketplace.domain.organisation_fields import SPEAKS_FOR_AUTHORITIES, OrganisationFields
from marketplace.domain.service import Service
from marketplace.errors import Conflict, FieldError, InvalidInput
from marketplace.store import (
    delegations,
    head,
    invitations,
    mergers,
    organisation_writes,
    organisations,
    revisions,
    services,
    subscription_moves,
    tokens,
    transfers,
)
from marketplace.store.mergers import Merger, Successor


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merger moved and ended: how many entries, members, delegations went along, how many tokens ended."""

    entries: int
    members: int
    delegations: int
    tokens: int


def merge(ctx: Context, actor: Actor | None, organisation_id: str, into_id: str) -> Merged:
    """Let an organisation go into another of its kind. Its address leads there, its history stays under its name.

    Raises:
        Unauthenticated, Forbidden: the actor is no operator.
        NotFound: there is no organisation by the first id.
        InvalidInput: ``into`` names none, itself, one of another kind, or one that went into another.
        Conflict: it went into another one already.
    """
    who = acting(actor, Action.MANAGE_ORGANISATIONS)
    now = ctx.clock()
    with ctx.database.writing() as session:
        # The ledger's lock first, as everybody takes it who writes entries.
        held = head.lock(session)
        organisation_writes.lock(session, [organisation_id, into_id])
        lost = stored(session, organisation_id)
        if mergers.merged_into(session, organisation_id) is not None:
            raise Conflict(f"{organisation_id} went into another organisation already")
        kept = _receiver(session, lost, into_id)
        merged = Merged(
            entries=_move_entries(session, who, now, held, organisation_id, into_id),
            members=len(organisation_writes.move_members(session, organisation_id, into_id, now, who.name)),
            delegations=_move_delegations(session, who, now, organisation_id, into_id),
            tokens=tokens.revoke_all(session, organisation_id, now),
        )
        _join_authorities(session, lost, kept)
        invitations.revoke_all(session, organisation_id, now)
        webhooks.switch_off_all(session, who, organisation_id, now)
        subscription_moves.move(session, organisation_id, into_id, now)
        transfers.recall_all(session, organisation_id, now, who.name)
        mergers.keep(session, Merger(organisation_id, into_id, now, who.name))
        moved = {name: getattr(merged, name) for name in Merged.__dataclass_fields__}
        record(session, who, now, "organisation.merged", (ABOUT, organisation_id), into=into_id, **moved)
        record(session, who, now, "organisation.merged", (ABOUT, into_id), merged=organisation_id, **moved)
    return merged


def acting_successor(ctx: Context, actor: Actor | None) -> Successor:
    """Return the organisation that somebody acts for with those that went into it; nobody acts for none."""
    if actor is None:
        return Successor("", frozenset())
    with ctx.database.reading() as session:
        return mergers.successor(session, actor.organisation_id)


def _receiver(session: Session, lost: OrganisationFields, into_id: str) -> OrganisationFields:
    if not into_id:
        raise InvalidInput([FieldError("into", "required", "is missing")])
    if into_id == lost.organisation.id:
        raise InvalidInput([FieldError("into", "same", "an organisation does not go into itself")])
    found = organisations.organisation(session, into_id)
    if found is None or mergers.merged_into(session, into_id) is not None:
        raise InvalidInput([FieldError("into", "reference", f"{into_id} is no organisation that stands")])
    if found.kind is not lost.organisation.kind:
        message = f"{into_id} is of kind {found.kind}, not {lost.organisation.kind}: roles would not fit"
        raise InvalidInput([FieldError("into", "kind", message)])
    return stored(session, into_id)


def _move_entries(
    session: Session, who: Actor, now: datetime, held: head.Head, organisation_id: str, into_id: str
) -> int:
    ids = [service_id for service_id, _ in organisation_writes.entries_naming(session, organisation_id)]
    for service_id in ids:
        revisions.lock_entry(session, service_id)
    changes = [
        Change(_moved(service, organisation_id, into_id), service)
        for service in services.load(session, ids).values()
    ]
    note = f"{organisation_id} ist in {into_id} aufgegangen"
    write(session, changes, now, held, Signature.of(who, note))
    return len(changes)


def _moved(service: Service, organisation_id: str, into_id: str) -> Service:
    def follow(one: str | None) -> str | None:
        return into_id if one == organisation_id else one

    offers = tuple(replace(offer, supplier=follow(offer.supplier)) for offer in service.offers)
    return replace(service, publisher=follow(service.publisher), offers=offers)


def _move_delegations(session: Session, who: Actor, now: datetime, organisation_id: str, into_id: str) -> int:
    """End what let the organisation act, and let the other one act as long; both sides see both."""
    moved = 0
    for one in delegations.to_organisation(session, organisation_id):
        if one.ended_at is not None or not delegations.end(session, one.id, now, who.name):
            continue
        following = delegations.add(session, replace(one, organisation_id=into_id))
        for act, delegation in (("delegation.ended", one), ("delegation.granted", following)):
            record(
                session,
                who,
                now,
                act,
                ("delegation", str(delegation.id)),
                authority=one.authority_key,
                organisation=delegation.organisation_id,
            )
        moved += 1
    return moved


def _join_authorities(session: Session, lost: OrganisationFields, kept: OrganisationFields) -> None:
    if kept.organisation.kind not in SPEAKS_FOR_AUTHORITIES:
        return
    own = kept.organisation.region_key
    further = {*kept.authorities, *lost.authorities} - {own}
    organisation_writes.set_further_authorities(
        session, kept.organisation.id, sorted(k for k in further if k)
    )
    organisation_writes.set_further_authorities(session, lost.organisation.id, [])
