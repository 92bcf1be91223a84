"""That an entry still holds."""

from datetime import datetime

from marshmallow import fields

from marketplace.api.schemas.base import InAnswer, instant


class Confirmation(InAnswer):
    """When the publisher last said that all of an entry still holds."""

    service_id = fields.String()
    reviewed_at = fields.DateTime()


def confirmation_body(service_id: str, reviewed_at: datetime) -> dict[str, object]:
    """Make a confirmation."""
    return {"service_id": service_id, "reviewed_at": instant(reviewed_at)}
