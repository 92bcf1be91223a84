"""Every version of an entry that the public saw: lists, one of them, the differences, and going back to one."""

from dataclasses import replace
from datetime import date
from typing import TypeVar

from sqlalchemy.orm import Session

from marketplace.actions import auditing
from marketplace.actions.context import Context
from marketplace.actions.entry_in_work import Expected, check_expected, locked_for, sees
from marketplace.actions.paging import Page, PageRequest
from marketplace.actions.redaction import redacted
from marketplace.actions.revisions import rewritten
from marketplace.actions.rights import acting
from marketplace.domain import dates
from marketplace.domain.access import Action, Actor
from marketplace.domain.lifecycle import Step
from marketplace.domain.revision import Revision, ServiceVersion, VersionHead, was_published
from marketplace.domain.service import Service
from marketplace.domain.service_difference import FieldChange, changes
from marketplace.errors import NotFound
from marketplace.store import service_versions, services

__all__ = [
    "FieldChange",
    "changes",
    "changes_of",
    "count_versions",
    "revert",
    "version_before",
    "version_heads",
    "version_of",
    "versions",
]

Head = TypeVar("Head", bound=VersionHead)


def versions(
    ctx: Context, service_id: str, actor: Actor | None, limit: int | None = None, offset: int = 0
) -> list[ServiceVersion]:
    """Return the versions of an entry that the public saw, the newest first; also of a withdrawn one.

    Names of people are there for whoever may know of the entry's revisions, contacts and prices for signed-in bodies.

    Raises:
        NotFound: there is no such entry, or the public never saw it and this is not for the actor to know.
    """
    with ctx.database.reading() as session:
        service = _service(session, service_id, actor)
        found = service_versions.versions_of(session, service_id, limit, offset)
        if not found and offset == 0:
            found = _only_one(service)
    return [_shown(one, service, actor) for one in found]


def version_heads(ctx: Context, service_id: str, actor: Actor | None, page: PageRequest) -> Page[VersionHead]:
    """Return who published which versions of an entry when and why, the newest first, without what they say.

    Raises:
        NotFound: as ``versions``.
    """
    with ctx.database.reading() as session:
        service = _service(session, service_id, actor)
        found: list[VersionHead] = service_versions.heads_of(session, service_id, page.page_size, page.offset)
        total = service_versions.count(session, service_id)
    if not total:
        only = _only_one(service)
        total, found = len(only), list(only[page.offset :])
    shown = found if sees(actor, service) else [_unnamed(one) for one in found]
    return Page(shown, total, page.page, page.page_size)


def count_versions(ctx: Context, service_id: str) -> int:
    """Return how many versions ``versions`` has in all."""
    with ctx.database.reading() as session:
        kept = service_versions.count(session, service_id)
        return kept or len(_only_one(services.load(session, [service_id]).get(service_id)))


def version_of(ctx: Context, service_id: str, which: int | date, actor: Actor | None) -> ServiceVersion:
    """Return one version of an entry: by its number, or the one the public saw at the end of a day in Germany.

    Raises:
        NotFound: there is no such entry or version, or this is not for the actor to know.
    """
    with ctx.database.reading() as session:
        service = _service(session, service_id, actor)
        if isinstance(which, int):
            found = service_versions.numbered(session, service_id, which)
            fits = [one for one in _only_one(service) if one.version == which]
        else:
            instant = dates.end_of_day(which)
            found = service_versions.standing_at(session, service_id, instant)
            fits = [one for one in _only_one(service) if one.published_at <= instant]
        if found is None and fits and not service_versions.count(session, service_id):
            found = fits[0]
    if found is None:
        raise NotFound("version", f"{service_id} {which}")
    return _shown(found, service, actor)


def version_before(ctx: Context, service_id: str, number: int, actor: Actor | None) -> ServiceVersion | None:
    """Return the version that the public saw before the one of this number, None where that was the first.

    Raises:
        NotFound: there is no such entry, or this is not for the actor to know.
    """
    with ctx.database.reading() as session:
        service = _service(session, service_id, actor)
        found = service_versions.before(session, service_id, number)
    return None if found is None else _shown(found, service, actor)


def changes_of(
    ctx: Context, service_id: str, number: int, actor: Actor | None
) -> tuple[ServiceVersion, ServiceVersion | None, list[FieldChange]]:
    """Return a version, the one before it (None: it was the first), and what changed between them.

    Raises:
        NotFound: as ``version_of``.
    """
    version = version_of(ctx, service_id, number, actor)
    before = version_before(ctx, service_id, number, actor)
    return version, before, changes(before.service if before else None, version.service)


def revert(ctx: Context, actor: Actor | None, service_id: str, number: int, expected: Expected) -> Revision:
    """Write the fields of an earlier version into what is in work, to be reviewed as any other revision.

    Raises:
        NotFound: there is no such entry or version, or this is not for the actor to know.
        Unauthenticated, Forbidden: the actor may not write it.
        VersionRequired, VersionMismatch: no tag, or somebody wrote in between.
        Conflict: the revision is in review.
        InvalidInput: the version points to what does not exist any more.
    """
    writer = acting(actor, Action.WRITE_SERVICE)
    with ctx.database.writing() as session:
        found = locked_for(session, writer, service_id)
        version = service_versions.numbered(session, service_id, number)
        if version is None:
            raise NotFound("version", f"{service_id} {number}")
        check_expected(found, expected)
        found.take(Step.WRITE)
        wanted = replace(
            version.service, publisher=found.service.publisher, status=found.revision.service.status
        )
        revision = rewritten(ctx, session, writer, found, wanted)
        auditing.record(
            session, writer, ctx.clock(), "service.reverted", ("service", service_id), version=number
        )
    return revision


def _service(session: Session, service_id: str, actor: Actor | None) -> Service:
    service = services.load(session, [service_id]).get(service_id)
    if service is None or not (was_published(service) or sees(actor, service)):
        raise NotFound("service", service_id)
    return service


def _only_one(service: Service | None) -> list[ServiceVersion]:
    """Return what is known of the history of an entry that was published before versions were kept."""
    if service is None or not was_published(service) or service.updated_at is None:
        return []
    return [
        ServiceVersion(
            version=service.version,
            status=service.status,
            service=service,
            published_at=service.updated_at,
            organisation_id=service.publisher,
        )
    ]


def _shown(version: ServiceVersion, service: Service, actor: Actor | None) -> ServiceVersion:
    shown = replace(version, service=redacted(version.service, actor))
    return shown if sees(actor, service) else _unnamed(shown)


def _unnamed(version: Head) -> Head:
    return replace(version, edited_by=None, approved_by=None)
