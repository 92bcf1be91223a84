"""Remarks between author and reviewer on a field of what is in work on an entry."""

from marketplace.actions import auditing
from marketplace.actions.context import Context
from marketplace.actions.entry_in_work import in_work, locked_for
from marketplace.actions.rights import acting
from marketplace.actions.typed_text import text_of
from marketplace.domain.access import Action, Actor, decide
from marketplace.domain.revision import RevisionComment
from marketplace.domain.service_rules import FACTS
from marketplace.errors import Conflict, InvalidInput, NotFound
from marketplace.store import revision_comments as store

ALL_FIELDS = "*"
MAX_TEXT, MAX_COMMENTS = 2000, 500
FIELDS = (ALL_FIELDS, *FACTS, "sources")


def comments(ctx: Context, actor: Actor | None, service_id: str) -> list[RevisionComment]:
    """Return the remarks on what is in work on an entry, the oldest first.

    Raises:
        NotFound: there is no such entry, or this is not for the actor to know.
    """
    with ctx.database.reading() as session:
        in_work(session, actor, service_id)
        return store.comments_of(session, service_id)


def write_comment(
    ctx: Context, actor: Actor | None, service_id: str, field: object, text: object
) -> RevisionComment:
    """Add a remark on a field (``*``: on all of it) of what is in work; it goes when that is published or discarded.

    Raises:
        NotFound: there is no such entry, or this is not for the actor to know.
        Unauthenticated, Forbidden: the actor neither writes nor reviews entries.
        InvalidInput: no such field, no text, or one of more than 2,000 characters.
        Conflict: nothing is in work, or there are 500 remarks already.
    """
    who = _author_or_reviewer(actor)
    if field not in FIELDS or not isinstance(field, str):
        raise InvalidInput.one("field", "choice", f"must be one of {', '.join(FIELDS)}")
    said = text_of("text", text, MAX_TEXT, required=True) or ""
    with ctx.database.writing() as session:
        found = locked_for(session, who, service_id)
        if not found.revision.is_open:
            raise Conflict("Nothing is in work on this entry that could be remarked on.")
        if store.count(session, service_id) >= MAX_COMMENTS:
            raise Conflict(f"There are {MAX_COMMENTS} remarks on this entry already.")
        now = ctx.clock()
        remark = RevisionComment(
            id=0,
            service_id=service_id,
            field=field,
            text=said,
            author=who.name,
            author_id=who.id,
            organisation_id=who.organisation_id,
            written_at=now,
        )
        added = store.add(session, remark)
        auditing.record(session, who, now, "service.remarked", ("service", service_id), field=field)
    return added


def resolve_comment(ctx: Context, actor: Actor | None, service_id: str, comment_id: int) -> RevisionComment:
    """Note that a remark was seen to; one that was already stays as it is.

    Raises:
        NotFound: there is no such entry or remark, or this is not for the actor to know.
        Unauthenticated, Forbidden: the actor neither writes nor reviews entries.
    """
    who = _author_or_reviewer(actor)
    with ctx.database.writing() as session:
        locked_for(session, who, service_id)
        found = store.comment(session, service_id, comment_id)
        if found is None:
            raise NotFound("remark", str(comment_id))
        if found.resolved_at is None:
            now = ctx.clock()
            store.resolve(session, comment_id, now, who.name)
            auditing.record(
                session, who, now, "service.remark_resolved", ("service", service_id), remark=comment_id
            )
            found = store.comment(session, service_id, comment_id) or found
    return found


def _author_or_reviewer(actor: Actor | None) -> Actor:
    reviews = decide(actor, Action.REVIEW_SERVICE).allowed
    return acting(actor, Action.REVIEW_SERVICE if reviews else Action.WRITE_SERVICE)
