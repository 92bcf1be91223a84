"""The way of a revision to the public: submitted, returned with a reason, approved by a second pair of eyes."""

from collections.abc import Collection
from dataclasses import replace

from sqlalchemy.orm import Session

from marketplace.actions import auditing, service_keeping
from marketplace.actions.context import Context
from marketplace.actions.entry_in_work import Expected, InWork, check_expected, locked_for
from marketplace.actions.revisions import lacking, save
from marketplace.actions.rights import acting, require
from marketplace.actions.service_changes import Change, write
from marketplace.actions.service_keeping import Signature
from marketplace.actions.typed_text import text_of
from marketplace.domain.access import Action, Actor, Decision, Role, decide, may_review, may_write_service
from marketplace.domain.lifecycle import EntryStatus, Step
from marketplace.domain.revision import Revision, was_published
from marketplace.domain.service import Service
from marketplace.domain.service_rules import MAX_REASON
from marketplace.errors import InvalidInput, VersionMismatch
from marketplace.store import memberships, organisations, revisions, services
from marketplace.store.known_keys import known_keys

MAX_REVIEWS = 500


def submit(
    ctx: Context, actor: Actor | None, service_id: str, note: str | None, expected: Expected
) -> Revision:
    """Hand what is in work to whoever reviews it; ``note`` says what they should know.

    Raises:
        NotFound: there is no such entry, or this is not for the actor to know.
        Unauthenticated, Forbidden: the actor may not write it.
        VersionRequired, VersionMismatch: no tag, or somebody wrote in between.
        Conflict: it is in review already, or nothing is in work.
        InvalidInput: what is missing to publish it, or a note that is too long.
    """
    writer = acting(actor, Action.WRITE_SERVICE)
    told = text_of("note", note, MAX_REASON)
    with ctx.database.writing() as session:
        found = locked_for(session, writer, service_id)
        require(may_write_service(writer, found.service.publisher))
        check_expected(found, expected)
        found.take(Step.SUBMIT)
        errors = lacking(session, found.revision.service)
        if errors:
            raise InvalidInput(errors)
        now, begun = ctx.clock(), found.revision
        submitted = save(
            ctx,
            session,
            found,
            replace(
                begun,
                service=replace(begun.service, status=EntryStatus.IN_REVIEW),
                # What was imported as a draft has no author: who submits it answers for it.
                editors=begun.editors or writer.ids,
                edited_at=begun.edited_at or now,
                edited_by=begun.edited_by or writer.name,
                organisation_id=begun.organisation_id or writer.organisation_id,
                note=told,
                submitted_at=now,
                submitted_by=writer.name,
                returned_at=None,
                returned_by=None,
                returned_reason=None,
                is_open=True,
            ),
        )
        auditing.record(
            session,
            writer,
            now,
            "service.submitted",
            ("service", service_id),
            base_version=begun.base_version,
        )
    return submitted


def send_back(
    ctx: Context, actor: Actor | None, service_id: str, reason: str | None, expected: Expected
) -> Revision:
    """Take what is in review back to draft, with the reason: who reviews returns it, who wrote it recalls it.

    Raises:
        InvalidInput: no reason, or one that is too long.
        and as ``submit``.
    """
    reviews = decide(actor, Action.REVIEW_SERVICE).allowed
    who = acting(actor, Action.REVIEW_SERVICE if reviews else Action.WRITE_SERVICE)
    why = text_of("reason", reason, MAX_REASON, required=True)
    with ctx.database.writing() as session:
        found = locked_for(session, who, service_id)
        check_expected(found, expected)
        found.take(Step.RETURN)
        now = ctx.clock()
        returned = save(
            ctx,
            session,
            found,
            replace(
                found.revision,
                service=replace(found.revision.service, status=EntryStatus.DRAFT),
                returned_at=now,
                returned_by=who.name,
                returned_reason=why,
            ),
        )
        auditing.record(
            session, who, now, "service.returned", ("service", service_id),
            recalled=not reviews or who.id in found.revision.editors,
        )  # fmt: skip
    return returned


def approve(
    ctx: Context, actor: Actor | None, service_id: str, note: str | None, expected: Expected
) -> Service:
    """Publish what is in review, and return the entry as it stands: row, facts, version, log and search debt at once.

    ``note`` says for the history why; without it the author's note does.

    Raises:
        Unauthenticated, Forbidden: the actor may not review it, or wrote in it (four eyes).
        VersionMismatch: the entry was published anew since the revision began, or the revision was written in between.
        InvalidInput: it lacks something by now.
        and as ``submit``.
    """
    reviewer = acting(actor, Action.REVIEW_SERVICE)
    told = text_of("note", note, MAX_REASON)
    with ctx.database.writing() as session:
        found = locked_for(session, reviewer, service_id, publishes=True)
        service, revision = found.service, found.revision
        require(review_decision(session, reviewer, service.publisher, revision.editors))
        check_expected(found, expected)
        found.take(Step.APPROVE)
        _check_base(found)
        change = Change(replace(revision.service, status=EntryStatus.PUBLISHED), service)
        errors = change.rules_broken(known_keys(session, [change.wanted]))
        if errors:
            raise InvalidInput(errors)
        own = not set(reviewer.ids).isdisjoint(revision.editors)
        now, standing = ctx.clock(), service
        if not change.says_the_same:
            signature = Signature(
                edited_by=revision.edited_by,
                approved_by=reviewer.name,
                organisation_id=revision.organisation_id,
                note=told or revision.note,
                own_review=own,
                done_by=reviewer,
            )
            (standing,) = write(session, [change], now, found.held, signature, revised=True)
        service_keeping.end(session, service_id)
        auditing.record(
            session, reviewer, now, "service.approved", ("service", service_id), version=standing.version,
            own_review=own,
        )  # fmt: skip
    return standing


def open_reviews(ctx: Context, actor: Actor | None) -> list[Revision]:
    """Return what waits for review where the actor may know of it, the longest waiting first (at most 500).

    Raises:
        Unauthenticated, Forbidden: the actor sees no revisions at all.
    """
    who = acting(actor, Action.READ_REVISION)
    with ctx.database.reading() as session:
        ids = revisions.waiting_ids(session, None if who.is_operator else who.organisation_id, MAX_REVIEWS)
        found = revisions.revisions_of(session, services.load(session, ids).values())
    return [found[one] for one in ids if one in found]


def review_decisions(ctx: Context, actor: Actor, found: Collection[Revision]) -> list[Decision]:
    """Decide of each revision whether somebody may approve it, as ``approve`` will."""
    with ctx.database.reading() as session:
        return [review_decision(session, actor, one.service.publisher, one.editors) for one in found]


def review_decision(
    session: Session, actor: Actor, publisher_id: str | None, editors: Collection[str]
) -> Decision:
    """Decide whether somebody may approve what ``editors`` wrote for a publisher."""
    decision = may_review(actor, publisher_id, editors, own_review=False)
    if decision.allowed or publisher_id is None or not reviews_alone(session, actor, publisher_id):
        return decision
    return may_review(actor, publisher_id, editors, own_review=True)


def reviews_alone(session: Session, actor: Actor, publisher_id: str) -> bool:
    """Tell whether a publisher lets somebody approve their own work: its setting says so, and nobody else may review.

    With a second reviewer there are four eyes again, whatever the setting says.
    """
    publisher = organisations.organisation(session, publisher_id)
    if publisher is None or not publisher.own_review:
        return False
    return not memberships.holders(session, publisher_id).get(Role.REVIEWER, set()).difference(actor.ids)


def _check_base(found: InWork) -> None:
    if was_published(found.service) and found.revision.base_version != found.service.version:
        raise VersionMismatch(
            f"service {found.service.id!r} was published anew (version {found.service.version}) since this revision"
            f" began from version {found.revision.base_version}: merge it first"
        )
