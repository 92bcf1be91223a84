"""The working revision of an entry: reading it, writing it, discarding it, and what it still lacks.

A published entry stays as it is until its revision is approved (``actions.reviewing``). An entry that never was
published is its revision: its row says the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from marketplace.actions import auditing, service_keeping
from marketplace.actions.context import Context
from marketplace.actions.entry_in_work import ANY, Expected, InWork, check_expected, in_work, locked, sees
from marketplace.actions.rights import acting, require
from marketplace.actions.service_changes import Change, write
from marketplace.actions.visible_references import broken_references
from marketplace.domain.access import Action, Actor, may_write_service
from marketplace.domain.lifecycle import EntryStatus, Step
from marketplace.domain.revision import ON_THE_WAY, Revision, was_published
from marketplace.domain.service import Service
from marketplace.domain.service_json import service_as_dict
from marketplace.domain.service_references import check_references
from marketplace.domain.service_rules import missing_to_publish, read_service
from marketplace.errors import Conflict, FieldError, Forbidden, InvalidInput, NotFound, VersionMismatch
from marketplace.store import head, revisions, service_writes
from marketplace.store.known_keys import known_keys

__all__ = [
    "ANY", "Expected", "WrittenRevision", "discard_revision", "missing", "patch_revision", "put_revision",
    "read_revision",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class WrittenRevision:
    """A revision as it stands after a write; ``created``: the entry is new; ``changed``: False where it said the same."""

    revision: Revision
    created: bool
    changed: bool


def read_revision(ctx: Context, actor: Actor | None, service_id: str) -> Revision:
    """Return what is in work on an entry, or the entry as it stands where nothing is (``is_open`` False).

    Raises:
        NotFound: there is no such entry, or this is not for the actor to know.
    """
    with ctx.database.reading() as session:
        return in_work(session, actor, service_id).revision


def put_revision(
    ctx: Context, actor: Actor | None, service_id: str, fields: Mapping[str, Any], expected: Expected
) -> WrittenRevision:
    """Write all fields of what is in work on an entry, or begin a new entry; what ``fields`` leave out is unknown.

    ``expected`` is the tag of the revision that the writer saw, ``ANY``, or None to begin a new entry. Where the entry
    was published anew since the revision began, fields that name that ``version`` say that it is taken in: the
    revision goes on from it, and may be approved.

    Raises:
        Unauthenticated, Forbidden: the actor may not write entries, or not this one, or asks to publish at once.
        InvalidInput: fields that break a rule or point to what does not exist.
        VersionMismatch: somebody wrote in between; the entry is there already, or it is not; the fields take in a
            version that is not the newest any more.
        Conflict: the revision is in review.
    """
    writer = acting(actor, Action.WRITE_SERVICE)
    wanted = read_service(service_id, fields)
    with ctx.database.writing() as session:
        found = locked(session, service_id)
        if found is None:
            if expected is not None:
                raise VersionMismatch(f"service {service_id!r} does not exist")
            return _begin(ctx, session, writer, wanted)
        if expected is None:
            raise VersionMismatch(f"the id {service_id!r} is taken")
        if not sees(writer, found.service) and not was_published(found.service):
            raise VersionMismatch(f"service {service_id!r} does not exist")
        return _write(ctx, session, writer, found, wanted, fields, expected)


def patch_revision(
    ctx: Context, actor: Actor | None, service_id: str, fields: Mapping[str, Any], expected: Expected
) -> WrittenRevision:
    """Write the named fields of what is in work on an entry and leave the others; null makes a field unknown.

    Raises:
        NotFound: there is no such entry, or this is not for the actor to know.
        VersionRequired: ``expected`` is None.
        and as ``put_revision``.
    """
    writer = acting(actor, Action.WRITE_SERVICE)
    with ctx.database.writing() as session:
        found = locked(session, service_id)
        if found is None or not (sees(writer, found.service) or was_published(found.service)):
            raise NotFound("service", service_id)
        require(may_write_service(writer, found.service.publisher))
        standing = found.revision.service
        wanted = read_service(service_id, {**service_as_dict(standing), "status": None, **fields})
        return _write(ctx, session, writer, found, wanted, fields, expected)


def discard_revision(ctx: Context, actor: Actor | None, service_id: str, expected: Expected) -> None:
    """End what is in work on an entry: a published one stays as it is, one that never was published is gone.

    Raises:
        NotFound: there is no such entry, or this is not for the actor to know.
        Forbidden: the actor may not write it.
        VersionRequired, VersionMismatch: no tag, or somebody wrote in between.
        Conflict: nothing is in work, or something else points to the entry that would be gone.
    """
    writer = acting(actor, Action.WRITE_SERVICE)
    with ctx.database.writing() as session:
        found = locked(session, service_id)
        if found is None or not sees(writer, found.service):
            raise NotFound("service", service_id)
        require(may_write_service(writer, found.service.publisher))
        check_expected(found, expected)
        public = was_published(found.service)
        if public and not found.revision.is_open:
            raise Conflict("Nothing is in work on this entry.")
        now = ctx.clock()
        service_keeping.end(session, service_id)
        if not public:
            pointing = service_writes.pointing_to(session, service_id)
            if pointing:
                raise Conflict(f"{', '.join(pointing)} points to it.")
            service_writes.delete_draft(session, service_id)
            head.advance(session, found.held or head.lock(session), now)
        auditing.record(session, writer, now, "service.discarded", ("service", service_id), entry=not public)


def missing(ctx: Context, actor: Actor | None, service_id: str) -> list[FieldError]:
    """Return what is missing to publish what is in work: the same rules for forms, API and imports.

    Raises:
        NotFound: there is no such entry, or this is not for the actor to know.
    """
    with ctx.database.reading() as session:
        return lacking(session, in_work(session, actor, service_id).revision.service)


def lacking(session: Session, service: Service) -> list[FieldError]:
    """Return what an entry lacks to be published: references to what exists, and what the public must find."""
    return check_references(service, known_keys(session, [service])) + missing_to_publish(service)


def save(ctx: Context, session: Session, found: InWork, revision: Revision) -> Revision:
    """Write a judged revision, and the row of an entry that never was published with it; return it as it stands."""
    if was_published(found.service):
        revisions.save(session, [revision])
        return revision
    change = Change(revision.service, found.service)
    (service,) = write(session, [change], ctx.clock(), found.held, revised=True)
    standing = replace(revision, service=service)
    revisions.save(session, [standing])
    return standing


def rewritten(ctx: Context, session: Session, writer: Actor, found: InWork, wanted: Service) -> Revision:
    """Write all fields of a revision that may be written; a first write opens it.

    Raises:
        Forbidden: the actor may not write it for that publisher.
        InvalidInput: references to what does not exist.
    """
    require(may_write_service(writer, found.service.publisher))
    require(may_write_service(writer, wanted.publisher))
    errors = broken_references(session, writer, wanted)
    if errors:
        raise InvalidInput(errors)
    written = save(ctx, session, found, _signed(found.revision, wanted, writer, ctx.clock()))
    if not found.revision.is_open:
        _record_opening(ctx, session, writer, written)
    return written


def _begin(ctx: Context, session: Session, writer: Actor, wanted: Service) -> WrittenRevision:
    _check_status(wanted, EntryStatus.DRAFT)
    require(may_write_service(writer, wanted.publisher))
    errors = broken_references(session, writer, wanted)
    if errors:
        raise InvalidInput(errors)
    now = ctx.clock()
    (service,) = write(session, [Change(wanted, None)], now, head.lock(session), revised=True)
    revision = _signed(Revision(service=service, base_version=0), service, writer, now)
    revisions.save(session, [revision])
    _record_opening(ctx, session, writer, revision)
    return WrittenRevision(revision, created=True, changed=True)


def _write(
    ctx: Context,
    session: Session,
    writer: Actor,
    found: InWork,
    wanted: Service,
    fields: Mapping[str, Any],
    expected: Expected,
) -> WrittenRevision:
    require(may_write_service(writer, found.service.publisher))
    check_expected(found, expected)
    standing = found.revision.service
    if fields.get("status") is not None:
        _check_status(wanted, standing.status)
    wanted = replace(wanted, status=standing.status)
    merged = _takes_in(found, fields)
    again = standing.status is EntryStatus.WITHDRAWN
    if Change(wanted, standing).says_the_same and not again and merged is found:
        return WrittenRevision(found.revision, created=False, changed=False)
    found.take(Step.WRITE)
    written = rewritten(ctx, session, writer, merged, wanted)
    return WrittenRevision(written, created=False, changed=True)


def _takes_in(found: InWork, fields: Mapping[str, Any]) -> InWork:
    """Return what is in work, going on from the public version that the fields name, if they name it.

    Raises:
        VersionMismatch: they name one that came since the revision began, but is not the newest any more.
    """
    service, revision = found.service, found.revision
    named = fields.get("version")
    if not revision.is_open or not was_published(service) or not isinstance(named, int):
        return found
    if revision.base_version < named < service.version:
        raise VersionMismatch(
            f"service {service.id!r} was published anew (version {service.version}) since version {named}, which was"
            " to be taken in: read what is public again"
        )
    if named != service.version or named == revision.base_version:
        return found
    return replace(found, revision=replace(revision, base_version=service.version))


def _signed(revision: Revision, wanted: Service, writer: Actor, now: datetime) -> Revision:
    version = revision.base_version or wanted.version
    return replace(
        revision,
        service=replace(
            wanted,
            status=EntryStatus.DRAFT,
            version=version,
            created_at=revision.service.created_at,
            updated_at=now,
        ),
        editors=tuple(dict.fromkeys((*revision.editors, *writer.ids))),
        edited_at=now,
        edited_by=writer.name,
        organisation_id=writer.organisation_id,
        is_open=True,
    )


def _check_status(wanted: Service, standing: EntryStatus) -> None:
    """Refuse a status that a write does not give; the one that stands may be sent back as it was read.

    Raises:
        Forbidden: publishing needs a review.
        InvalidInput: any other step has an address of its own.
    """
    if wanted.status is EntryStatus.PUBLISHED:
        raise Forbidden(
            "Publishing needs a review: leave the status out, and submit what you wrote for review."
        )
    opens = wanted.status is EntryStatus.DRAFT and standing not in ON_THE_WAY
    if wanted.status is not standing and not opens:
        message = (
            f"a write does not take an entry from {standing} to {wanted.status}: that is a step of its own"
        )
        raise InvalidInput.one("status", "transition", message)


def _record_opening(ctx: Context, session: Session, writer: Actor, revision: Revision) -> None:
    service = revision.service
    auditing.record(
        session, writer, ctx.clock(), "service.revised", ("service", service.id),
        base_version=revision.base_version, publisher=service.publisher,
    )  # fmt: skip
