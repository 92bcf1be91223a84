"""Subscriptions: what an organisation follows."""

from typing import TYPE_CHECKING

from marshmallow import Schema, fields, validate

from marketplace.api.schemas.base import InAnswer, Listed, instant, nullable, word
from marketplace.domain.change import MessageKind, Rhythm
from marketplace.domain.followed import FollowedKind
from marketplace.domain.subscription_fields import MAX_OBJECT, MAX_TITLE

if TYPE_CHECKING:
    from marketplace.actions.subscriptions import Shown

_OBJECT = "Id or key of what is followed; a search or a figure has none: its `detail` names it"
_DETAIL = (
    "A search: `q`, `in`, `filters`, `region`, `live_here`, `verbatim`. A figure: `rule`, `service` (null: all), "
    "`state`, `unit`, `threshold` (above 0, at most 1), `monthly`. Of others `like`: adoptions by authorities of the "
    "same state and size class as this region's only"
)
_KINDS = "What is told; the usual kinds if left out"
_RHYTHM = "When mails go out; `feed_only`: neither mail nor inbox"
_RHYTHM_CHOICE = (
    f"{_RHYTHM}. Where no mails are sent, only `daily` (the inbox alone) and `feed_only` can be chosen"
)


class SubscriptionFields(Schema):
    """A subscription as it is asked for."""

    followed = fields.Enum(FollowedKind, by_value=True, required=True)
    object = fields.String(
        allow_none=True, validate=validate.Length(1, MAX_OBJECT), metadata={"description": _OBJECT}
    )
    detail = fields.Dict(keys=fields.String(), allow_none=True, metadata={"description": _DETAIL})
    kinds = fields.List(
        fields.Enum(MessageKind, by_value=True), allow_none=True, metadata={"description": _KINDS}
    )
    rhythm = fields.Enum(
        Rhythm,
        by_value=True,
        allow_none=True,
        metadata={"description": f"{_RHYTHM_CHOICE}. Daily if left out"},
    )
    title = fields.String(
        allow_none=True,
        validate=validate.Length(max=MAX_TITLE),
        metadata={"description": "What you call it"},
    )


class SubscriptionChoice(Schema):
    """What is chosen anew; what is left out stays."""

    detail = fields.Dict(
        keys=fields.String(),
        allow_none=True,
        metadata={"description": "With `like`, or null; a search or figure stays the one it is"},
    )
    kinds = fields.List(
        fields.Enum(MessageKind, by_value=True), allow_none=True, metadata={"description": _KINDS}
    )
    rhythm = fields.Enum(
        Rhythm,
        by_value=True,
        allow_none=True,
        metadata={"description": f"{_RHYTHM_CHOICE}; the one that stands can be kept"},
    )
    title = fields.String(allow_none=True, validate=validate.Length(max=MAX_TITLE))


class SubscriptionEntry(InAnswer):
    """A subscription of your organisation."""

    id = fields.String()
    followed = word(FollowedKind)
    object = fields.String(metadata={"description": "Id or key; of a search or figure what stands for it"})
    object_name = nullable("Name of what is followed; null: a search, a figure, or gone")
    detail = fields.Dict(keys=fields.String(), allow_none=True, metadata={"description": _DETAIL})
    kinds = fields.List(word(MessageKind), metadata={"description": "What is told"})
    rhythm = word(Rhythm, _RHYTHM)
    title = nullable("What you call it")
    created_at = fields.DateTime()
    invalid_reason = nullable("Why it matches nothing any more")
    version = fields.Integer()


class SubscriptionList(Listed):
    """A page of subscriptions, in the order in which they were made."""

    items = fields.List(fields.Nested(SubscriptionEntry))


def subscription_body(shown: "Shown") -> dict[str, object]:
    """Make a subscription."""
    one = shown.subscription
    return {
        "id": one.id,
        "followed": one.followed,
        "object": one.object_id,
        "object_name": shown.name,
        "detail": None if one.detail is None else dict(one.detail),
        "kinds": sorted(one.kinds),
        "rhythm": one.rhythm,
        "title": one.title,
        "created_at": instant(one.created_at),
        "invalid_reason": one.invalid_reason,
        "version": one.version,
    }
