"""The publisher's desk: the own entries by state, what waits for whom, what is missing or old, claims, rollouts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from sqlalchemy.orm import Session

from marketplace.actions import auditing
from marketplace.actions.claims import Claim, list_claims
from marketplace.actions.context import Context
from marketplace.actions.entry_access import written_entry
from marketplace.actions.paging import Page, PageRequest
from marketplace.actions.reviewing import reviews_alone
from marketplace.actions.rights import acting
from marketplace.actions.standings import StandingsReader
from marketplace.domain.access import Action, Actor, decide, may_review
from marketplace.domain.adoption import Status
from marketplace.domain.entry_facts import facts_lacking, is_old, last_held
from marketplace.domain.lifecycle import EntryStatus
from marketplace.domain.reading import STALE_AFTER_DAYS
from marketplace.domain.service import Service
from marketplace.domain.service_rules import missing_to_publish
from marketplace.domain.standing import CLAIM, STATUS_MASK, STATUSES
from marketplace.errors import Conflict
from marketplace.store import organisations, publisher_desk, services
from marketplace.store.publisher_desk import PublishedEntry

CLAIMS_SHOWN = 10
_WITHDRAWAL_PLANNED = "planned_withdrawal"
STATES = (
    EntryStatus.DRAFT, EntryStatus.IN_REVIEW, EntryStatus.PUBLISHED, _WITHDRAWAL_PLANNED, EntryStatus.WITHDRAWN,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DeskEntry:
    """An entry on the desk.

    ``to_publish`` are the fields that lack before it can be published, ``lacking`` the facts that readers ask for;
    ``reached`` counts eligible authorities by status, claims left out, None where nothing is published or the
    authorities are unknown. ``waits_for_me``: whoever looks may approve what is in review.
    """

    stored: PublishedEntry
    to_publish: tuple[str, ...]
    lacking: tuple[str, ...]
    last_held: datetime
    is_old: bool
    waits_for_me: bool
    reached: Mapping[Status, int] | None
    eligible: int | None

    @property
    def state(self) -> str:
        """Where it stands: one of ``STATES``."""
        if self.stored.status is EntryStatus.PUBLISHED and self.stored.withdrawn_on is not None:
            return _WITHDRAWAL_PLANNED
        return self.stored.status

    @property
    def is_in_review(self) -> bool:
        """Whether it, or a revision of it, waits for approval."""
        revision = self.stored.revision
        if revision is not None:
            return revision.state is EntryStatus.IN_REVIEW
        return self.stored.status is EntryStatus.IN_REVIEW

    @property
    def returned_reason(self) -> str | None:
        """Why what is in work was sent back to its author, None where it was not."""
        revision = self.stored.revision
        return None if revision is None or self.is_in_review else revision.returned_reason


@dataclass(frozen=True, slots=True)
class Desk:
    """What lies on the desk of an organisation; ``claims`` are the oldest of its claims that wait for authorities."""

    organisation_id: str
    organisation_name: str
    entries: Sequence[DeskEntry]
    claims: Page[Claim]
    may_write: bool
    may_merge: bool

    def in_state(self, state: str) -> list[DeskEntry]:
        """Return the entries in a state."""
        return [one for one in self.entries if one.state == state]

    @property
    def in_review(self) -> list[DeskEntry]:
        """What waits for approval, what may be approved by whoever looks first."""
        return sorted((one for one in self.entries if one.is_in_review), key=lambda one: not one.waits_for_me)

    @property
    def returned(self) -> list[DeskEntry]:
        """What waits for its authors, with a reason."""
        return [one for one in self.entries if one.returned_reason]

    @property
    def remarked(self) -> list[DeskEntry]:
        """What has open remarks."""
        return [one for one in self.entries if one.stored.open_remarks]

    @property
    def to_mend(self) -> list[DeskEntry]:
        """Published entries that lack facts or that nobody has confirmed for twelve months, the oldest first."""
        published = (one for one in self.entries if one.stored.status is EntryStatus.PUBLISHED)
        return sorted((one for one in published if one.is_old or one.lacking), key=lambda one: one.last_held)


def publishers_desk(ctx: Context, actor: Actor | None) -> Desk:
    """Return what lies on the desk of the organisation that the actor acts for.

    Raises:
        Unauthenticated, Forbidden: the actor works on no entries.
    """
    who = acting(actor, Action.READ_REVISION)
    with ctx.database.reading() as session:
        stored = publisher_desk.entries_of(session, who.organisation_id)
        known = services.load(session, [one.id for one in stored])
        public = [one.id for one in stored if one.status is EntryStatus.PUBLISHED]
        reached = _reached(ctx, session, public)
        today = ctx.today()
        alone = reviews_alone(session, who, who.organisation_id)
        organisation = organisations.organisation(session, who.organisation_id)
        name = organisation.name if organisation else who.organisation_id
        entries = [_entry(one, known[one.id], who, reached.get(one.id), today, alone=alone) for one in stored]
    claims = list_claims(ctx, who, PageRequest(1, CLAIMS_SHOWN), publisher=who.organisation_id)
    return Desk(
        who.organisation_id,
        name,
        entries,
        claims,
        decide(who, Action.WRITE_SERVICE).allowed,
        decide(who, Action.MERGE_SERVICES).allowed,
    )


def confirm_facts(ctx: Context, actor: Actor | None, service_id: str) -> datetime:
    """Keep that all that a published entry says still holds, and return since when: now.

    Raises:
        Unauthenticated, Forbidden: only the entry's publisher says so.
        NotFound: there is no such entry that the actor may know of.
        Conflict: it is not published.
    """
    who = acting(actor, Action.WRITE_SERVICE)
    now = ctx.clock()
    with ctx.database.writing() as session:
        entry = written_entry(session, service_id, who)
        if entry.status is not EntryStatus.PUBLISHED:
            raise Conflict(f"service {service_id!r} is {entry.status}: only what is published can still hold")
        publisher_desk.mark_reviewed(session, service_id, now)
        auditing.record(session, who, now, "service.confirmed", ("service", service_id))
    return now


def _entry(
    stored: PublishedEntry,
    service: Service,
    who: Actor,
    reached: tuple[Mapping[Status, int], int] | None,
    today: date,
    *,
    alone: bool,
) -> DeskEntry:
    on_the_way = stored.status in (EntryStatus.DRAFT, EntryStatus.IN_REVIEW)
    revision = stored.revision
    may_approve = (
        revision is not None
        and may_review(who, service.publisher, revision.editors, own_review=alone).allowed
    )
    return DeskEntry(
        stored,
        to_publish=tuple(error.field for error in missing_to_publish(service)) if on_the_way else (),
        lacking=facts_lacking(service),
        last_held=last_held(stored.reviewed_at, stored.updated_at),
        is_old=stored.status is EntryStatus.PUBLISHED
        and is_old(stored.reviewed_at, stored.updated_at, today),
        waits_for_me=revision is not None and revision.state is EntryStatus.IN_REVIEW and may_approve,
        reached=reached[0] if reached else None,
        eligible=reached[1] if reached else None,
    )


def _reached(
    ctx: Context, session: Session, service_ids: Sequence[str]
) -> dict[str, tuple[Mapping[Status, int], int]]:
    """Return of each service how many eligible authorities stand at each status, claims left out, and how many there are."""
    reader = StandingsReader.opened(ctx, session, None)
    found: dict[str, tuple[Mapping[Status, int], int]] = {}
    columns = reader.columns_of_many(service_ids, ctx.today(), STALE_AFTER_DAYS, by="state")
    for bases, read in columns:
        statuses, is_said = read.codes & STATUS_MASK, (read.codes & CLAIM) == 0
        said = read.sums(statuses, len(STATUSES), np.where(is_said, read.number, 0))
        eligible = read.sums(statuses, len(STATUSES), read.number).sum(axis=1)
        for (service_id, basis), numbers, number in zip(
            bases.items(), said.tolist(), eligible.tolist(), strict=True
        ):
            if basis.eligible.members is None:
                continue
            counts = {s: n for s, n in zip(STATUSES, numbers, strict=True) if s is not None}
            found[service_id] = counts, number
    return found
