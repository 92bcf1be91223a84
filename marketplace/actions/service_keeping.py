"""What a written entry leaves beside its row: the version the public saw, its withdrawal, and what is in work on it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.domain import dates
from marketplace.domain.access import Actor
from marketplace.domain.lifecycle import EntryStatus
from marketplace.domain.revision import Revision, ServiceVersion, Withdrawal, was_published
from marketplace.domain.service import Service
from marketplace.store import revision_comments, revisions, service_versions, withdrawals

Kept = tuple[Service | None, Service]
"""An entry as it was (None: new) and as it stands now."""
NOT_SAID = "Ohne Angabe eines Grundes"


@dataclass(frozen=True, slots=True)
class Signature:
    """Who wrote and approved what becomes public, for whom, and why; ``done_by`` acts now and is not told of it.

    ``editors`` stand for the writer where reviewers are compared with writers.
    """

    edited_by: str | None = None
    editors: tuple[str, ...] = ()
    approved_by: str | None = None
    organisation_id: str | None = None
    note: str | None = None
    own_review: bool = False
    done_by: Actor | None = None

    @classmethod
    def of(cls, actor: Actor, note: str) -> "Signature":
        """Return the signature of who publishes at once: an import, the seed, a transfer."""
        return cls(
            actor.name, actor.ids, actor.name, actor.organisation_id, note, own_review=True, done_by=actor
        )


UNSIGNED = Signature()


def keep_versions(session: Session, written: Sequence[Kept], now: datetime, by: Signature) -> None:
    """Keep what the public sees from now on, and before it what it saw until now, where that was not kept yet."""
    public = [(current, service) for current, service in written if was_published(service)]
    before = [current for current, _ in public if current is not None and was_published(current)]
    newest = service_versions.newest_kept(session, [current.id for current in before])
    replaced = [
        ServiceVersion(
            version=current.version,
            status=current.status,
            service=current,
            published_at=current.updated_at or now,
            organisation_id=current.publisher,
        )
        for current in before
        if newest.get(current.id, 0) < current.version
    ]
    fresh = [
        ServiceVersion(
            version=service.version,
            status=service.status,
            service=service,
            published_at=now,
            edited_by=by.edited_by,
            approved_by=by.approved_by,
            organisation_id=by.organisation_id or service.publisher,
            note=by.note,
            own_review=by.own_review,
        )
        for _, service in public
    ]
    service_versions.keep(session, [*replaced, *fresh])


def keep_withdrawals(session: Session, written: Sequence[Kept], now: datetime, by: Signature) -> None:
    """End the withdrawal of what is public again; note one for what was withdrawn without saying why (an import)."""
    gone = [service for _, service in written if service.status is EntryStatus.WITHDRAWN]
    back = [
        service.id
        for current, service in written
        if current is not None
        and current.status is EntryStatus.WITHDRAWN
        and service.status is EntryStatus.PUBLISHED
    ]
    if back:
        withdrawals.remove(session, back)
    if not gone:
        return
    noted = withdrawals.withdrawals_of(session, [service.id for service in gone])
    for service in gone:
        if service.id not in noted:
            withdrawals.save(
                session,
                Withdrawal(
                    service.id,
                    dates.today(now),
                    by.note or NOT_SAID,
                    decided_at=now,
                    decided_by=by.edited_by or NOT_SAID,
                ),
            )


def follow(session: Session, written: Sequence[Kept], now: datetime, by: Signature) -> None:
    """Let what is in work follow an entry that was written beside it.

    An entry that never was published is its revision: both say the same. A revision of a published entry goes on from
    the new version where only publisher or status changed, and back to draft where the entry was withdrawn. Any other
    change leaves it behind, and its approval asks for a merge.
    """
    open_ones = revisions.revisions_of(session, [service for _, service in written])
    followed = []
    for current, service in written:
        revision = open_ones.get(service.id)
        if not was_published(service):
            if revision is not None or by.edited_by is not None:
                followed.append(_mirrored(revision, service, now, by))
        elif revision is not None and current is not None:
            if not was_published(current):
                if _same(revision.service, service):
                    end(session, service.id)
            elif revision.base_version == current.version and _same(current, service):
                followed.append(_moved_on(revision, service, now, by))
    revisions.save(session, followed)


def end(session: Session, service_id: str) -> None:
    """End what is in work on an entry, and the remarks on it."""
    revisions.remove(session, service_id)
    revision_comments.remove_all(session, service_id)


def _mirrored(revision: Revision | None, service: Service, now: datetime, by: Signature) -> Revision:
    begun = revision or Revision(service=service, base_version=0)
    return replace(
        begun,
        service=service,
        editors=tuple(dict.fromkeys((*begun.editors, *by.editors))),
        edited_at=now,
        edited_by=by.edited_by or begun.edited_by,
        organisation_id=by.organisation_id or begun.organisation_id,
    )


def _moved_on(revision: Revision, service: Service, now: datetime, by: Signature) -> Revision:
    moved = replace(
        revision,
        base_version=service.version,
        service=replace(revision.service, publisher=service.publisher),
        organisation_id=service.publisher or revision.organisation_id,
    )
    if service.status is EntryStatus.WITHDRAWN and revision.service.status is EntryStatus.IN_REVIEW:
        return replace(
            moved,
            service=replace(moved.service, status=EntryStatus.DRAFT),
            returned_at=now,
            returned_by=by.edited_by,
            returned_reason=by.note or NOT_SAID,
        )
    return moved


def _same(one: Service, other: Service) -> bool:
    """Tell whether two say the same but for publisher, status and what the server keeps."""
    return one == replace(
        other,
        publisher=one.publisher,
        status=one.status,
        version=one.version,
        created_at=one.created_at,
        updated_at=one.updated_at,
    )
