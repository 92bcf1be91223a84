"""The feed of changes, and the export that a mirror begins from."""

from typing import Any

import orjson
from marshmallow import Schema, fields

from marketplace.actions.change_feed import MAX_CHANGES, MAX_POSITION, ExportedEntry
from marketplace.api.fields import WholeNumber
from marketplace.api.schemas.base import InAnswer, instant, word
from marketplace.api.schemas.services import service_body
from marketplace.domain.change import Change, ChangeKind, ObjectKind
from marketplace.domain.public_change import public_content

DEFAULT_CHANGES = 100


class ChangesQuery(Schema):
    """Parameters of the feed."""

    after = WholeNumber(
        0, MAX_POSITION, load_default=0, metadata={"description": "Position up to which you have all changes"}
    )
    limit = WholeNumber(
        1, MAX_CHANGES, load_default=DEFAULT_CHANGES, metadata={"description": "How many changes at most"}
    )


class ChangeItem(InAnswer):
    """One change: what happened, to what, and the facts that its kind has."""

    position = fields.Integer(metadata={"description": "Rises with every change, in the order of commits"})
    recorded_at = fields.DateTime()
    kind = word(ChangeKind)
    object_kind = word(ObjectKind, "What it is about")
    object_id = fields.String(metadata={"description": "Id of that, a region's key"})
    content = fields.Dict(
        keys=fields.String(), metadata={"description": "Facts by name; which ones depends on the kind"}
    )


class ChangeList(InAnswer):
    """Some changes in order, and where the feed stands."""

    items = fields.List(fields.Nested(ChangeItem))
    after = fields.Integer(metadata={"description": "What was asked for"})
    next_after = fields.Integer(metadata={"description": "What to ask for next"})
    oldest = fields.Integer(metadata={"description": "Position of the oldest change that is kept, 0: none"})
    newest = fields.Integer(metadata={"description": "Position of the newest change, 0: none"})


class ExportLine(InAnswer):
    """A line of the export: the first has ``position`` alone, each other one is an entry as `GET /services/{id}` has it."""

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Leave open which of the fields a line has."""

    position = fields.Integer(metadata={"description": "Follow `GET /changes?after=` from here"})
    id = fields.String(metadata={"description": "Id of the entry, with all its other fields"})


def change_body(change: Change) -> dict[str, object]:
    """Make the body of a change as everybody may read it."""
    return {
        "position": change.position,
        "recorded_at": instant(change.recorded_at),
        "kind": change.kind,
        "object_kind": change.object_kind,
        "object_id": change.object_id,
        "content": public_content(change),
    }


def first_line(position: int) -> bytes:
    """Make the first line of an export."""
    return orjson.dumps({"position": position}, option=orjson.OPT_APPEND_NEWLINE)


def entry_line(entry: ExportedEntry) -> bytes:
    """Make the line of an entry."""
    return orjson.dumps(service_body(entry.service, entry.withdrawal), option=orjson.OPT_APPEND_NEWLINE)
