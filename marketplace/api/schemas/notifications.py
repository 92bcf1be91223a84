"""The inbox: what one was told."""

from typing import TYPE_CHECKING

from marshmallow import Schema, fields, validate

from marketplace.api.fields import Choice, Several, Truth
from marketplace.api.schemas.base import InAnswer, Listed, PageQuery, instant, nullable, word
from marketplace.domain.change import MessageKind
from marketplace.domain.inbox import MAX_MARKED, MAX_NUMBER

if TYPE_CHECKING:
    from marketplace.actions.inbox import Inbox, Worded

LANGUAGES = ("de", "en")


class NotificationsQuery(PageQuery):
    """Which messages are listed, and in which language they are worded."""

    unread = Truth(metadata={"description": "true: those only that were not read yet"})
    kind = Several(
        Choice(MessageKind), metadata={"description": "Kinds of messages; may be given more than once"}
    )
    lang = Choice(
        LANGUAGES, load_default="de", metadata={"description": "Language of title, lines and label"}
    )


class NotificationEntry(InAnswer):
    """What one was told, as facts (`content`) and in words."""

    id = fields.Integer()
    kind = word(MessageKind)
    object_kind = fields.String(metadata={"description": "What it is about: service, region, ..."})
    object_id = fields.String()
    first_position = fields.Integer(metadata={"description": "First change that it tells of"})
    position = fields.Integer(metadata={"description": "Last change that it tells of"})
    weighty = fields.Boolean(
        metadata={"description": "Whether it tells of offers, prices, terms or the like"}
    )
    title = fields.String()
    lines = fields.List(fields.String())
    link = fields.String(metadata={"description": "Address of the page that it leads to"})
    label = fields.String(metadata={"description": "What the link is called"})
    content = fields.Dict(metadata={"description": "Its facts; which there are depends on the kind"})
    organisation = nullable("Id of the organisation because of which it was told; null: because of oneself")
    subscription = nullable("Id of the subscription that asked for it; null: none, or it was ended")
    subscription_title = nullable(
        "What it is called; null: an own matter, or it was ended, or is not yours any more"
    )
    subscription_link = nullable(
        "Address of the page where it is changed or ended; null: there is none for you"
    )
    own_matter = fields.Boolean(
        metadata={"description": "Whether it is the organisation's own matter, told without being asked for"}
    )
    created_at = fields.DateTime()
    updated_at = fields.DateTime(metadata={"description": "When it last came to tell of another change"})
    read_at = fields.DateTime(allow_none=True, metadata={"description": "null: not read yet"})


class NotificationList(Listed):
    """A page of the inbox, the latest change first."""

    unread = fields.Integer(metadata={"description": "How many are unread in all; 100 stands for more, too"})
    items = fields.List(fields.Nested(NotificationEntry))


class ReadFields(Schema):
    """Which messages were read: either some, or all that tell of no later change."""

    ids = fields.List(
        fields.Integer(validate=validate.Range(1, MAX_NUMBER)),
        allow_none=True,
        validate=validate.Length(1, MAX_MARKED),
        metadata={"description": "Ids of messages; others than one's own are left out"},
    )
    until_position = fields.Integer(
        allow_none=True,
        validate=validate.Range(0, MAX_NUMBER),
        metadata={"description": "The highest `position` of the messages that one has seen"},
    )


class ReadAnswer(InAnswer):
    """What became of it."""

    marked = fields.Integer(metadata={"description": "How many were unread and are read now"})
    unread = fields.Integer(metadata={"description": "How many are unread now; 100 stands for more, too"})


def inbox_body(inbox: "Inbox", base_url: str) -> dict[str, object]:
    """Make a page of the inbox; ``base_url`` stands before the paths of subscriptions."""
    page = inbox.page
    return {
        "items": [notification_body(one, base_url) for one in page.items],
        "total": page.total,
        "page": page.page,
        "page_size": page.page_size,
        "unread": inbox.unread,
    }


def notification_body(worded: "Worded", base_url: str) -> dict[str, object]:
    """Make a message; ``base_url`` stands before the path of its subscription."""
    one, said, cause = worded.message, worded.wording, worded.cause
    return {
        "id": one.id,
        "kind": one.kind,
        "object_kind": one.object_kind,
        "object_id": one.object_id,
        "first_position": one.first_position,
        "position": one.position,
        "weighty": one.weighty,
        "title": said.title,
        "lines": list(said.lines),
        "link": said.address,
        "label": said.label,
        "content": dict(one.content),
        "organisation": one.organisation_id,
        "subscription": one.subscription_id,
        "subscription_title": cause.title,
        "subscription_link": None if cause.path is None else base_url.rstrip("/") + cause.path,
        "own_matter": cause.is_own_matter,
        "created_at": instant(one.created_at),
        "updated_at": instant(one.updated_at),
        "read_at": instant(one.read_at),
    }
