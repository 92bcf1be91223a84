"""The inbox: what somebody was told, in words, and what of it they have read.

A person has one inbox for all that they follow and for all organisations that they belong to. A machine reads that of
the person who made its token, without what was told because of other organisations than the token's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marketplace.actions.context import Context
from marketplace.actions.message_causes import Cause, causes_of
from marketplace.actions.message_rights import readable
from marketplace.actions.paging import Page, PageRequest
from marketplace.actions.rights import acting
from marketplace.domain.access import Action, Actor
from marketplace.domain.inbox import MarkedRead, read_marking
from marketplace.domain.message import Message
from marketplace.errors import Forbidden
from marketplace.notify.catalogues import translator
from marketplace.notify.wording import Wording, word
from marketplace.store import inbox, organisations
from marketplace.store.inbox import MOST_COUNTED, InboxFilter, Reader

__all__ = ["MOST_COUNTED", "Inbox", "InboxFilter", "Worded", "count_unread", "mark_read", "read_inbox"]


@dataclass(frozen=True, slots=True)
class Worded:
    """A message in words, and why it was made.

    ``organisation_name``: of the one because of which it was told, None: of nobody's.
    """

    message: Message
    wording: Wording
    organisation_name: str | None
    cause: Cause


@dataclass(frozen=True, slots=True)
class Inbox:
    """A page of an inbox. ``unread``: how many messages are unread in all, ``MOST_COUNTED`` at most."""

    page: Page[Worded]
    unread: int


def read_inbox(
    ctx: Context,
    actor: Actor | None,
    wanted: InboxFilter,
    page: PageRequest,
    language: str,
    base_url: str,
) -> Inbox:
    """Return a page of the own inbox, the latest change first; ``base_url`` stands before each message's path.

    Raises:
        Unauthenticated: nobody is known who acts.
        Forbidden: a token that no person stands behind has no inbox.
    """
    who = acting(actor, Action.OWN_ACCOUNT)
    reader = _reader(who)
    translate = translator(language)
    with ctx.database.reading() as session:
        total = inbox.count(session, reader, wanted)
        found = readable(session, None, inbox.page(session, reader, wanted, page.page_size, page.offset))
        unread = inbox.count_unread(session, reader)
        causes = causes_of(ctx, session, who, reader, found, language)
        known = organisations.organisations(session, {one.organisation_id for one in found})
    names = {key: one.name for key, one in known.items()}
    items = [
        Worded(one, word(one, translate, base_url), names.get(one.organisation_id or ""), causes[one.id])
        for one in found
    ]
    return Inbox(Page(items, total, page.page, page.page_size), unread)


def count_unread(ctx: Context, actor: Actor) -> int:
    """Return how many messages somebody has not read, ``MOST_COUNTED`` at most; every page asks."""
    if actor.person_id is None:
        return 0
    with ctx.database.reading() as session:
        return inbox.count_unread(session, Reader(actor.person_id))


def mark_read(ctx: Context, actor: Actor | None, action: Action, fields: Mapping[str, Any]) -> MarkedRead:
    """Mark messages of the own inbox as read: ``ids``, or all ``until_position``; others stay as they are.

    Raises:
        InvalidInput: neither or both of the two, or not as they must be.
        Unauthenticated: nobody is known who acts.
        Forbidden: the token is not good for it, or no person stands behind it.
    """
    reader = _reader(acting(actor, action))
    marking = read_marking(fields)
    now: datetime = ctx.clock()
    with ctx.database.writing() as session:
        if marking.until_position is not None:
            marked = inbox.mark_read_until(session, reader, marking.until_position, now)
        else:
            marked = inbox.mark_read(session, reader, marking.ids, now)
        return MarkedRead(marked, inbox.count_unread(session, reader))


def _reader(actor: Actor) -> Reader:
    if actor.person_id is not None:
        return Reader(actor.person_id)
    if actor.behind is None:
        raise Forbidden("This token has no inbox: no person stands behind it.")
    return Reader(actor.behind, actor.organisation_id)
