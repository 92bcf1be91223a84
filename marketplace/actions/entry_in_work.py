"""An entry together with what is in work on it: who may know of it, whether a write was made from what stands."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.orm import Session

from marketplace.domain.access import Action, Actor, decide, may_see_revision
from marketplace.domain.lifecycle import Step, step_refusal
from marketplace.domain.revision import Revision, was_published
from marketplace.domain.service import Service
from marketplace.errors import Conflict, NotFound, VersionMismatch, VersionRequired
from marketplace.store import head, revisions, services

ANY = "*"
"""Instead of an expected tag: write whatever stands (HTTP's ``If-Match: *``)."""
Expected = str | Collection[str] | None
"""The tag (or one of several) that a write was made from; None: the entry is to be new."""
_VERSION_TAG = re.compile(r"([0-9]{1,9})(?:-[a-z0-9-]{1,64})?")


@dataclass(frozen=True, slots=True)
class InWork:
    """An entry as it stands, and its revision. ``held`` is the ledger's head where the entry never was published."""

    service: Service
    revision: Revision
    held: head.Head | None = None

    def take(self, step: Step) -> None:
        """Let a step of the lifecycle pass that may be taken now.

        Raises:
            Conflict: it may not, with the reason.
        """
        refusal = step_refusal(step, self.revision.service.status)
        if refusal is not None:
            raise Conflict(refusal)


def sees(actor: Actor | None, service: Service) -> bool:
    """Tell whether somebody may know of what is in work on an entry."""
    return decide(actor, Action.READ_REVISION).allowed and may_see_revision(actor, service.publisher)


def in_work(session: Session, actor: Actor | None, service_id: str) -> InWork:
    """Return an entry and what is in work on it.

    Raises:
        NotFound: there is no such entry, or this is not for the actor to know.
    """
    service = services.load(session, [service_id]).get(service_id)
    if service is None or not sees(actor, service):
        raise NotFound("service", service_id)
    return InWork(service, revisions.revision_of(session, service))


def locked(session: Session, service_id: str, *, publishes: bool = False) -> InWork | None:
    """Return an entry and what is in work on it, which nobody else writes until the transaction ends; None: no such.

    The ledger lock comes first where the entry itself will be written: always before an entry's own lock.
    """
    seen = services.load(session, [service_id]).get(service_id)
    held = None
    if publishes or seen is None or not was_published(seen):
        held = head.lock(session)
    revisions.lock_entry(session, service_id)
    service = services.load(session, [service_id]).get(service_id)
    if service is None:
        return None
    return InWork(service, revisions.revision_of(session, service), held)


def locked_for(session: Session, actor: Actor, service_id: str, *, publishes: bool = False) -> InWork:
    """Return ``locked`` for a step of the lifecycle, which only those take who may know of it.

    Raises:
        NotFound: there is no such entry, or this is not for the actor to know.
    """
    found = locked(session, service_id, publishes=publishes)
    if found is None or not sees(actor, found.service):
        raise NotFound("service", service_id)
    return found


def check_expected(found: InWork, expected: Expected, *, of_the_entry: bool = False) -> None:
    """Let a write pass that was made from what stands: the revision's tag.

    The version of the entry will do where it says the same: where nothing is in work, where the entry never was
    published, and for what is written to the entry itself (``of_the_entry``).

    Raises:
        VersionRequired: no tag was named.
        VersionMismatch: somebody wrote in between.
    """
    service, revision = found.service, found.revision
    if expected is None:
        raise VersionRequired(
            f"service {service.id!r} exists: name the version that the change was made from"
        )
    given = {expected} if isinstance(expected, str) else set(expected)
    if ANY in given or revision.tag in given:
        return
    if of_the_entry or not revision.is_open or not was_published(service):
        versions = {int(match[1]) for tag in given if (match := _VERSION_TAG.fullmatch(tag))}
        if service.version in versions:
            return
    raise VersionMismatch(f"service {service.id!r} was written in between: read what is in work on it again")
