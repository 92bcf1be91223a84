"""Organisations as operators keep them: reading whole, adding, changing."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from marketplace.actions.auditing import record
from marketplace.actions.context import Context
from marketplace.actions.entry_in_work import ANY
from marketplace.actions.rights import acting
from marketplace.domain.access import Action, Actor
from marketplace.domain.catalogue import Organisation, OrganisationKind
from marketplace.domain.organisation_fields import OrganisationFields, read_organisation, unfitting_roles
from marketplace.domain.regions import RegionKind, kind_of_key
from marketplace.errors import Conflict, FieldError, InvalidInput, NotFound, VersionMismatch, VersionRequired
from marketplace.store import (
    authorities,
    head,
    memberships,
    mergers,
    organisation_writes,
    organisations,
    outbox,
    regions,
    tokens,
)
from marketplace.store.mergers import Merger

ABOUT = "organisation"
CHANGEABLE = ("name", "kind", "state", "region_key", "url", "source", "own_review")


@dataclass(frozen=True, slots=True)
class KeptOrganisation:
    """An organisation whole: what it says, where it went, what went into it, how many members it has."""

    fields: OrganisationFields
    merged_into: str | None
    mergers: tuple[Merger, ...]
    members: int


@dataclass(frozen=True, slots=True)
class WrittenOrganisation:
    """An organisation after a write; ``changed`` is False where it said the same before."""

    fields: OrganisationFields
    created: bool
    changed: bool


def read_kept(ctx: Context, actor: Actor | None, organisation_id: str) -> KeptOrganisation:
    """Return an organisation as an operator changes it.

    Raises:
        Unauthenticated, Forbidden: the actor is no operator.
        NotFound: there is none by this id.
    """
    acting(actor, Action.MANAGE_ORGANISATIONS)
    with ctx.database.reading() as session:
        return KeptOrganisation(
            stored(session, organisation_id),
            mergers.merged_into(session, organisation_id),
            tuple(mergers.of_organisation(session, organisation_id)),
            len(memberships.members(session, organisation_id)),
        )


def put_organisation(
    ctx: Context,
    actor: Actor | None,
    organisation_id: str,
    fields: Mapping[str, Any],
    expected: Collection[str] | None,
) -> WrittenOrganisation:
    """Add an organisation, or replace all that it says.

    ``expected`` are the tags that the writer saw, None for a new organisation; ``ANY``: whatever stands.

    Raises:
        Unauthenticated, Forbidden: the actor is no operator.
        InvalidInput: naming field and rule; also a kind that roles in use do not fit.
        VersionRequired, VersionMismatch: it exists and no tag was named; or it says something else by now.
        Conflict: it went into another organisation.
    """
    who = acting(actor, Action.MANAGE_ORGANISATIONS)
    wanted = read_organisation(organisation_id, fields)
    now = ctx.clock()
    with ctx.database.writing() as session:
        organisation_writes.lock(session, [organisation_id])
        current = _stored_or_none(session, organisation_id)
        _check_expected(organisation_id, current, expected)
        if mergers.merged_into(session, organisation_id) is not None:
            raise Conflict(f"{organisation_id} went into another organisation")
        errors = _unknown_keys(ctx, session, wanted) + _roles_lost(ctx, session, wanted)
        if errors:
            raise InvalidInput(errors)
        if current is None:
            _add(session, wanted)
            changed = list(CHANGEABLE)
        elif current.tag == wanted.tag:
            return WrittenOrganisation(wanted, created=False, changed=False)
        else:
            organisation_writes.change(session, wanted.organisation)
            changed = _changed_fields(current, wanted)
        organisation_writes.set_further_authorities(session, organisation_id, _further(wanted))
        if current is not None and current.organisation.name != wanted.organisation.name:
            # Entries are found and shown by the names of who publishes and offers them.
            outbox.enqueue(
                session, "services", organisation_writes.entries_naming(session, organisation_id), now
            )
        act = "organisation.added" if current is None else "organisation.changed"
        record(session, who, now, act, (ABOUT, organisation_id), changed=changed)
    return WrittenOrganisation(wanted, created=current is None, changed=True)


def stored(session: Session, organisation_id: str) -> OrganisationFields:
    """Return all that an organisation says.

    Raises:
        NotFound: there is none by this id.
    """
    found = _stored_or_none(session, organisation_id)
    if found is None:
        raise NotFound("organisation", organisation_id)
    return found


def _stored_or_none(session: Session, organisation_id: str) -> OrganisationFields | None:
    found = organisations.organisation(session, organisation_id)
    if found is None:
        return None
    further = organisation_writes.further_authorities(session, organisation_id)
    own = _own_key(found)
    keys = [*([own] if own else []), *(key for key in further if key != own)]
    return OrganisationFields(found, tuple(keys))


def _own_key(one: Organisation) -> str | None:
    """Return the authority that is an organisation's own; a coordination's key is its state's and no authority."""
    return None if one.kind is OrganisationKind.COORDINATION else one.region_key


def _further(wanted: OrganisationFields) -> list[str]:
    return [key for key in wanted.authorities if key != wanted.organisation.region_key]


def _add(session: Session, wanted: OrganisationFields) -> None:
    if not organisation_writes.add(session, wanted.organisation):
        raise VersionMismatch(f"{wanted.organisation.id} was added by somebody else in between")


def _changed_fields(current: OrganisationFields, wanted: OrganisationFields) -> list[str]:
    before, after = current.organisation, wanted.organisation
    changed = [name for name in CHANGEABLE if getattr(before, name) != getattr(after, name)]
    return [*changed, *(["authorities"] if set(current.authorities) != set(wanted.authorities) else [])]


def _check_expected(
    organisation_id: str, current: OrganisationFields | None, expected: Collection[str] | None
) -> None:
    if current is None:
        if expected is not None:
            raise VersionMismatch(f"organisation {organisation_id!r} does not exist")
    elif expected is None:
        raise VersionRequired(f"organisation {organisation_id!r} exists: name the tag that you changed")
    elif ANY not in expected and current.tag not in expected:
        raise VersionMismatch(f"organisation {organisation_id!r} says something else by now")


def _unknown_keys(ctx: Context, session: Session, wanted: OrganisationFields) -> list[FieldError]:
    state = wanted.organisation.state
    asked = {*wanted.authorities, *([state] if state else [])}
    if not asked:
        return []
    known = regions.keys_with_administration(session, asked, head.known_now(session, ctx.clock()))
    own_keys = {one.key for one in authorities.named_authorities(session)}
    errors = []
    if state is not None and not (state in known and kind_of_key(state) is RegionKind.STATE):
        errors.append(FieldError("state", "reference", f"no state has the key {state}"))
    for position, key in enumerate(wanted.authorities):
        if key not in known | own_keys:
            errors.append(
                FieldError(f"authorities.{position}", "reference", f"no authority has the key {key}")
            )
    return errors


def _roles_lost(ctx: Context, session: Session, wanted: OrganisationFields) -> list[FieldError]:
    organisation = wanted.organisation
    in_use = {
        *memberships.holders(session, organisation.id),
        *tokens.roles_in_use(session, organisation.id, ctx.clock()),
    }
    lost = unfitting_roles(organisation.kind, in_use)
    if not lost:
        return []
    return [FieldError("kind", "members", f"members or tokens have roles that do not fit: {', '.join(lost)}")]
