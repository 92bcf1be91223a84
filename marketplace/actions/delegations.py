"""Delegations: an authority, or a state for all below, lets an organisation act for it; both sides see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from marketplace.actions import auditing
from marketplace.actions.acting_for import body_of
from marketplace.actions.authority_naming import Naming
from marketplace.actions.context import Context
from marketplace.actions.paging import Page, PageRequest
from marketplace.actions.rights import acting, require
from marketplace.domain.access import Action, Actor, Role, decide, may_delegate
from marketplace.domain.delegation import Delegation, DelegationState
from marketplace.domain.delegation_fields import DelegationDraft, read_delegation
from marketplace.domain.regions import keys_above, kind_of_key
from marketplace.errors import Conflict, FieldError, InvalidInput, NotFound
from marketplace.store import delegations, mergers, service_lists
from marketplace.store.delegations import Party
from marketplace.store.organisations import organisations

_MAX_DIGITS = 9


@dataclass(frozen=True, slots=True)
class ShownDelegation:
    """A delegation with the names of both sides, how it stands today, and whether whoever asked may end it.

    ``is_received``: the asking organisation acts by it; ``service_names`` None: for all services.
    """

    delegation: Delegation
    authority_name: str
    organisation_name: str
    service_names: Sequence[str] | None
    state: DelegationState
    is_received: bool
    may_end: bool


def list_delegations(ctx: Context, actor: Actor | None, page: PageRequest) -> Page[ShownDelegation]:
    """Return the delegations that concern the actor's organisation, from either side, newest first; an operator sees all.

    Raises:
        Unauthenticated, Forbidden: nobody who may.
    """
    who = acting(actor, Action.READ_RESTRICTED)
    with ctx.database.reading() as session:
        naming = Naming.today(ctx, session)
        found, total = delegations.find(session, _party(who, naming), page.page_size, page.offset)
        return Page(_shown(ctx, session, who, found, naming), total, page.page, page.page_size)


def get_delegation(ctx: Context, actor: Actor | None, delegation_id: str) -> ShownDelegation:
    """Return one delegation.

    Raises:
        Unauthenticated, Forbidden: nobody who may.
        NotFound: there is none that the actor may know of.
    """
    who = acting(actor, Action.READ_RESTRICTED)
    with ctx.database.reading() as session:
        naming = Naming.today(ctx, session)
        found = _find(session, who, naming, delegation_id)
        return _shown(ctx, session, who, [found], naming)[0]


def grant(ctx: Context, actor: Actor | None, fields: Mapping[str, Any]) -> ShownDelegation:
    """Let an organisation act for an authority; see ``domain.delegation_fields``.

    Raises:
        Unauthenticated, Forbidden: the actor may not delegate for that authority.
        InvalidInput: a field breaks a rule, or names what there is not.
        Conflict: one that says the same is there already.
    """
    who = acting(actor, Action.DELEGATE)
    now, today = ctx.clock(), ctx.today()
    draft = read_delegation(fields, today)
    with ctx.database.writing() as session:
        naming = Naming.today(ctx, session)
        key = _key_of(who, draft, naming)
        require(may_delegate(who, key, below=draft.below))
        _look_up(session, who, draft)
        new = Delegation(
            id=0, authority_key=key, below=draft.below, organisation_id=draft.organisation_id,
            service_ids=draft.service_ids, valid_from=draft.valid_from, valid_to=draft.valid_to, note=draft.note,
            granted_at=now, granted_by=who.name, granted_by_id=who.organisation_id,
        )  # fmt: skip
        for one in delegations.to_organisation(session, new.organisation_id):
            if one.state_on(today) is not DelegationState.ENDED and _says_the_same(one, new):
                raise Conflict(f"delegation {one.id} says the same already")
        stored = delegations.add(session, new)
        auditing.record(
            session, who, now, "delegation.granted", ("delegation", str(stored.id)), authority=key,
            organisation=stored.organisation_id, below=stored.below, services=len(stored.service_ids or ()),
            valid_from=stored.valid_from.isoformat(), valid_to=stored.valid_to and stored.valid_to.isoformat(),
        )  # fmt: skip
        return _shown(ctx, session, who, [stored], naming)[0]


def end(ctx: Context, actor: Actor | None, delegation_id: str) -> ShownDelegation:
    """End a delegation at once: by the authority's side, or by the organisation that acted.

    Raises:
        Unauthenticated, Forbidden: the actor sees it, but may not end it.
        NotFound: there is none that the actor may know of.
        Conflict: it was ended before.
    """
    who = acting(actor, Action.DELEGATE)
    now = ctx.clock()
    with ctx.database.writing() as session:
        naming = Naming.today(ctx, session)
        found = _find(session, who, naming, delegation_id)
        if not _acts_by(who, found):
            require(may_delegate(who, found.authority_key, below=found.below))
        if not delegations.end(session, found.id, now, who.name):
            raise Conflict(f"delegation {found.id} ended on {found.ended_on} already")
        auditing.record(
            session, who, now, "delegation.ended", ("delegation", str(found.id)), authority=found.authority_key,
            organisation=found.organisation_id,
        )  # fmt: skip
        stored = delegations.one_of(session, None, found.id)
        return _shown(ctx, session, who, [stored or found], naming)[0]


def _party(actor: Actor, naming: Naming) -> Party | None:
    """Return whose delegations the actor may see; None: all."""
    if actor.is_operator:
        return None
    keys = {twin for key in actor.region_keys for twin in body_of(key, naming.land)}
    above = {one for key in keys if (place := naming.region_key(key)) for one in (place, *keys_above(place))}
    states = actor.region_keys if Role.COORDINATION in actor.roles else ()
    return Party(actor.organisation_id, keys, above, states)


def _find(session: Session, actor: Actor, naming: Naming, delegation_id: str) -> Delegation:
    is_id = delegation_id.isascii() and delegation_id.isdigit() and len(delegation_id) <= _MAX_DIGITS
    found = delegations.one_of(session, _party(actor, naming), int(delegation_id)) if is_id else None
    if found is None:
        raise NotFound("delegation", delegation_id)
    return found


def _acts_by(actor: Actor, delegation: Delegation) -> bool:
    return delegation.organisation_id == actor.organisation_id


def _key_of(actor: Actor, draft: DelegationDraft, naming: Naming) -> str:
    """Return the key of the authority that delegates, the actor's own where it goes by several."""
    text = draft.authority_key.replace(" ", "")
    if naming.name(text) is None:
        raise InvalidInput.one("authority_key", "unknown", f"no authority has the key {text!r} today")
    body = body_of(text, naming.land)
    key = next((one for one in body if one in actor.region_keys), body[0])
    if draft.below and kind_of_key(key) is None:
        raise InvalidInput.one("below", "scope", f"{key} is no region: there is nobody below it")
    return key


def _look_up(session: Session, actor: Actor, draft: DelegationDraft) -> None:
    errors = []
    stands = mergers.merged_into(session, draft.organisation_id) is None
    if not stands or draft.organisation_id not in organisations(session, [draft.organisation_id]):
        errors.append(FieldError("organisation_id", "unknown", f"no organisation {draft.organisation_id!r}"))
    elif draft.organisation_id == actor.organisation_id and not actor.is_operator:
        errors.append(FieldError("organisation_id", "itself", "you act for it already"))
    known = dict(service_lists.published_names(session)) if draft.service_ids else {}
    for position, service_id in enumerate(draft.service_ids or ()):
        if service_id not in known:
            errors.append(
                FieldError(f"service_ids.{position}", "unknown", f"no published entry {service_id!r}")
            )
    if errors:
        raise InvalidInput(errors)


def _says_the_same(one: Delegation, other: Delegation) -> bool:
    return all(
        getattr(one, name) == getattr(other, name)
        for name in ("authority_key", "below", "service_ids", "valid_from", "valid_to")
    )


def _shown(
    ctx: Context, session: Session, actor: Actor, found: Sequence[Delegation], naming: Naming
) -> list[ShownDelegation]:
    names = organisations(session, {one.organisation_id for one in found})
    services = dict(service_lists.published_names(session)) if any(one.service_ids for one in found) else {}
    return [
        ShownDelegation(
            delegation=one,
            authority_name=naming.name(one.authority_key) or one.authority_key,
            organisation_name=names[one.organisation_id].name,
            service_names=None if one.service_ids is None else [services.get(i, i) for i in one.service_ids],
            state=one.state_on(ctx.today()),
            is_received=_acts_by(actor, one),
            may_end=one.state_on(ctx.today()) is not DelegationState.ENDED and _may_end(actor, one),
        )
        for one in found
    ]


def _may_end(actor: Actor, one: Delegation) -> bool:
    if _acts_by(actor, one):
        return decide(actor, Action.DELEGATE).allowed
    return may_delegate(actor, one.authority_key, below=one.below).allowed
