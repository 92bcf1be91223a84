"""Who may read what of a message: asked when it is made, and again whenever it is shown or sent."""

from collections.abc import Mapping
from typing import Any

from marketplace.domain.change import MessageKind, ObjectKind
from marketplace.domain.lifecycle import EntryStatus
from marketplace.domain.public_change import RESTRICTED, for_the_public

FIELDS = "fields"
_SAYS_WHICH = frozenset({MessageKind.SERVICE_REVISED})


def is_public(kind: MessageKind, object_kind: str, status: EntryStatus | None) -> bool:
    """Tell whether what a message is about may be known at all.

    ``status`` is the entry's now, None where there is none. Of a withdrawn one only its end is told.
    """
    if object_kind != ObjectKind.SERVICE:
        return True
    return status is EntryStatus.PUBLISHED or (
        status is EntryStatus.WITHDRAWN and kind is MessageKind.SERVICE_WITHDRAWN
    )


def readable_content(
    kind: MessageKind, content: Mapping[str, Any], *, is_member: bool
) -> Mapping[str, Any] | None:
    """Return what of a message somebody may read, None where nothing is left of it.

    That contacts or prices changed is for members of public bodies (``is_member``), and that it was weighty for them.
    """
    if is_member or RESTRICTED not in content:
        return content
    if kind in _SAYS_WHICH and not content.get(FIELDS):
        return None
    return for_the_public(content)
