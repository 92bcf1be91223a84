"""Merging two entries that are one service: previewed, decided where they contradict each other, done in one piece."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b

from sqlalchemy.orm import Session

from marketplace.actions import auditing
from marketplace.actions.authority_naming import Naming
from marketplace.actions.context import Context
from marketplace.actions.entry_access import is_expected
from marketplace.actions.merged_events import move_events
from marketplace.actions.rights import acting, require
from marketplace.actions.service_changes import Change, write
from marketplace.actions.service_keeping import Signature
from marketplace.actions.typed_text import text_of
from marketplace.domain.access import Action, Actor, may_merge, may_see_revision
from marketplace.domain.adoption import Event, known
from marketplace.domain.lifecycle import EntryStatus, is_findable
from marketplace.domain.merging import (
    Contradiction,
    Side,
    contradictions,
    joined_offers,
    plan_merge,
)
from marketplace.domain.revision import Withdrawal
from marketplace.domain.service import Offer, Service
from marketplace.domain.service_rules import MAX_OFFERS, MAX_REASON
from marketplace.errors import Conflict, FieldError, InvalidInput, NotFound, VersionMismatch, VersionRequired
from marketplace.store import head, ledger, services, withdrawals
from marketplace.store.known_keys import known_keys
from marketplace.store.service_references import referring


@dataclass(frozen=True, slots=True)
class MergePreview:
    """What merging ``lost`` into ``kept`` would do. ``tag`` changes with every entry, event or reference it depends on.

    ``moved`` events go over and ``doubled`` ones say what is on record already, both without what is to be decided.
    ``referring`` leaves out what others have in work: it is moved along, but is not for the actor to know.
    """

    kept: Service
    lost: Service
    to_decide: Sequence[Contradiction]
    moved: int
    doubled: int
    offers: Sequence[Offer]
    referring: Sequence[Service]
    authority_names: Mapping[str, str]
    tag: str


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge did: the kept entry as it stands, and how many events went over and were voided."""

    kept: Service
    moved: int
    voided: int


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two entries with their known events in order, and the entries that refer to the lost one."""

    kept: Service
    lost: Service
    of_kept: Sequence[Event]
    of_lost: Sequence[Event]
    referring: Sequence[Service]

    @property
    def tag(self) -> str:
        said = repr(
            (
                [(one.id, one.version) for one in (self.kept, self.lost, *self.referring)],
                [event.id for event in (*self.of_kept, *self.of_lost)],
            )
        )
        return blake2b(said.encode(), digest_size=16).hexdigest()


def preview_merge(ctx: Context, actor: Actor | None, kept_id: str, lost_id: str) -> MergePreview:
    """Return what merging two published entries would do, and what has to be decided before.

    Raises:
        Unauthenticated, Forbidden: only a reviewer of both publishers or an operator merges.
        NotFound: there is no such entry that the actor may know of.
        InvalidInput: both are the same.
        Conflict: an entry is not published, a part of another, or about to be withdrawn.
    """
    who = acting(actor, Action.MERGE_SERVICES)
    with ctx.database.reading() as session:
        pair = _pair(session, who, kept_id, lost_id, ctx.clock())
        to_decide = contradictions(pair.of_kept, pair.of_lost)
        naming = Naming.today(ctx, session)
        names = {one.authority_key: naming.name(one.authority_key) for one in to_decide}
    plan = plan_merge(pair.of_kept, pair.of_lost, {one.authority_key: Side.KEPT for one in to_decide})
    contested = sum(len(one.lost) for one in to_decide)
    return MergePreview(
        pair.kept,
        pair.lost,
        to_decide,
        moved=len(plan.moved),
        doubled=len(plan.voided_of_lost) - len(plan.moved) - contested,
        offers=joined_offers(pair.kept.offers, pair.lost.offers)[0],
        referring=[one for one in pair.referring if _is_known(who, one)],
        authority_names={key: name or key for key, name in names.items()},
        tag=pair.tag,
    )


def merge_services(
    ctx: Context,
    actor: Actor | None,
    kept_id: str,
    lost_id: str,
    *,
    decisions: Mapping[str, str],
    reason: str | None,
    expected: str | Collection[str] | None,
) -> Merged:
    """Merge ``lost`` into ``kept``: events, offers and references go over, the lost entry is withdrawn.

    ``decisions`` say by authority key whose sequences hold where they contradict each other; ``expected`` is the tag
    of the preview that they were made from (or several; ``*``: whatever stands).

    Raises:
        VersionRequired: no tag was named.
        VersionMismatch: something that the preview showed has changed.
        InvalidInput: no reason, a decision that is missing or none.
        and as ``preview_merge``.
    """
    who = acting(actor, Action.MERGE_SERVICES)
    why = text_of("reason", reason, MAX_REASON, required=True) or ""
    now = ctx.clock()
    with ctx.database.writing() as session:
        held = head.lock(session)
        pair = _pair(session, who, kept_id, lost_id, now)
        if expected is None:
            raise VersionRequired("name the version of the preview that the merge was decided from")
        if not is_expected(pair.tag, expected):
            raise VersionMismatch("an entry or its adoptions changed in between: look at the merge again")
        plan = plan_merge(pair.of_kept, pair.of_lost, _decided(pair, decisions))
        offers, offer_ids = joined_offers(pair.kept.offers, pair.lost.offers)
        if len(offers) > MAX_OFFERS:
            raise Conflict(f"together they have {len(offers)} offers, at most {MAX_OFFERS} are allowed")
        move_events(session, who, plan, kept_id, offer_ids, held, now)
        withdrawals.save(
            session,
            Withdrawal(lost_id, ctx.today(), why, kept_id, merged=True, decided_at=now, decided_by=who.name),
        )
        written = _write_entries(session, who, pair, offers, why, now)
        auditing.record(
            session, who, now, "service.merged", ("service", lost_id), into=kept_id, moved=len(plan.moved),
            voided=len(plan.voided_of_lost) + len(plan.voided_of_kept), decided=len(decisions),
        )  # fmt: skip
    return Merged(written, len(plan.moved), len(plan.voided_of_lost) + len(plan.voided_of_kept))


def _pair(session: Session, who: Actor, kept_id: str, lost_id: str, now: datetime) -> _Pair:
    if kept_id == lost_id:
        raise InvalidInput.one("into", "itself", "an entry is not merged into itself")
    found = services.load(session, [kept_id, lost_id])
    for service_id in (kept_id, lost_id):
        service = found.get(service_id)
        if service is None or not _is_known(who, service):
            raise NotFound("service", service_id)
    kept, lost = found[kept_id], found[lost_id]
    require(may_merge(who, kept.publisher, lost.publisher))
    for service in (kept, lost):
        if service.status is not EntryStatus.PUBLISHED:
            raise Conflict(f"{service.id} is {service.status}: only published entries are merged")
        if service.part_of is not None:
            raise Conflict(f"{service.id} is a part of {service.part_of}: merge the wholes")
    if withdrawals.withdrawal_of(session, kept_id) is not None:
        raise Conflict(f"{kept_id} is about to be withdrawn: cancel that first")
    known_at = head.known_now(session, now)
    of_kept, of_lost = (known(ledger.events_of_service(session, one), known_at) for one in (kept_id, lost_id))
    return _Pair(kept, lost, of_kept, of_lost, list(referring(session, lost_id).values()))


def _is_known(who: Actor, service: Service) -> bool:
    return is_findable(service.status) or may_see_revision(who, service.publisher)


def _decided(pair: _Pair, decisions: Mapping[str, str]) -> dict[str, Side]:
    asked = {one.authority_key for one in contradictions(pair.of_kept, pair.of_lost)}
    errors = [
        FieldError(f"decisions.{key}", "required", "say whose adoptions hold: kept or lost")
        for key in sorted(asked - decisions.keys())
    ]
    for key, side in decisions.items():
        if key not in asked:
            errors.append(FieldError(f"decisions.{key[:80]}", "unknown", "nothing is to be decided here"))
        elif side not in set(Side):
            errors.append(FieldError(f"decisions.{key}", "choice", f"must be one of {', '.join(Side)}"))
    if errors:
        raise InvalidInput(errors)
    return {key: Side(side) for key, side in decisions.items()}


def _write_entries(
    session: Session, who: Actor, pair: _Pair, offers: tuple[Offer, ...], why: str, now: datetime
) -> Service:
    changes = [
        Change(replace(pair.kept, offers=offers), pair.kept),
        Change(replace(pair.lost, status=EntryStatus.WITHDRAWN), pair.lost),
    ]
    for one in pair.referring:
        kept_now = changes[0].wanted if one.id == pair.kept.id else one
        moved = _referring_to(kept_now, pair.kept.id, pair.lost.id)
        if one.id == pair.kept.id:
            changes[0] = Change(moved, pair.kept)
        elif one.id != pair.lost.id:
            changes.append(Change(moved, one))
    wanted = [change.wanted for change in changes]
    errors = [error for change in changes for error in change.rules_broken(known_keys(session, wanted))]
    if errors:
        raise InvalidInput(errors)
    needed = [change for change in changes if not change.says_the_same]
    # The events have moved the head on already: what follows is recorded after them.
    written = write(session, needed, now, head.lock(session), Signature.of(who, why))
    return next((one for one in written if one.id == pair.kept.id), pair.kept)


def _referring_to(service: Service, kept_id: str, lost_id: str) -> Service:
    """Return an entry that refers to the kept one wherever it referred to the lost one; never to itself."""
    requires = dict.fromkeys(kept_id if one == lost_id else one for one in service.requires)
    requires.pop(service.id, None)
    return replace(
        service,
        requires=tuple(requires),
        part_of=kept_id if service.part_of == lost_id else service.part_of,
    )
