"""Whether somebody may still read a message: membership and the entry are asked for now, whatever held when it was made."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from marketplace.domain.change import ObjectKind
from marketplace.domain.message import Message
from marketplace.domain.message_rights import is_public, readable_content
from marketplace.domain.subscription import Follower
from marketplace.store import followers, memberships, services


def may_read(session: Session, follower: Follower, message: Message) -> bool:
    """Tell whether a follower may read a message of theirs now; ask ``readable`` for what of it."""
    return bool(readable(session, {follower.id: follower}, [message]))


def readable(
    session: Session, readers: Mapping[str, Follower] | None, messages: Sequence[Message]
) -> list[Message]:
    """Return the messages that their followers may read now, each without what is not for them, in the same order.

    What was told because of an organisation is for its present members, what is for public bodies alone for members
    of any; what is about an entry that the public does not see any more is for nobody. ``readers`` are the followers
    by id, None: they are read.
    """
    if readers is None:
        readers = followers.load_many(session, {one.follower_id for one in messages})
    people = {one.person_id for one in readers.values() if one.person_id is not None}
    belonging = memberships.organisations_of(session, people)
    entries = services.heads(
        session, {one.object_id for one in messages if one.object_kind == ObjectKind.SERVICE}
    )
    found = []
    for one in messages:
        follower, entry = readers.get(one.follower_id), entries.get(one.object_id)
        if follower is None or not is_public(one.kind, one.object_kind, entry.status if entry else None):
            continue
        own = belonging.get(follower.person_id, ()) if follower.person_id is not None else ()
        if one.organisation_id is not None and one.organisation_id not in own:
            continue
        content = readable_content(one.kind, one.content, is_member=bool(own))
        if content is not None:
            found.append(one if content is one.content else _without_restricted(one, content))
    return found


def _without_restricted(message: Message, content: Mapping[str, Any]) -> Message:
    """Return a message with what is left of it: it may have been weighty for what was left out alone."""
    return replace(message, content=content, weighty=bool(content.get("weighty")))
