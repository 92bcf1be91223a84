"""What everybody may read of a change: contacts and prices leave no trace in what is told to the public."""

from collections.abc import Mapping
from typing import Any

from marketplace.domain.change import Change, ChangeKind
from marketplace.domain.service_change import WEIGHTY

RESTRICTED = "restricted"
_REVISIONS = frozenset({ChangeKind.SERVICE_REVISED, ChangeKind.OFFER_ADDED})


def public_content(change: Change) -> Mapping[str, Any]:
    """Return the facts of a change without the fields that only members of public bodies see.

    Whether a revision is weighty is judged anew by the fields that are left: otherwise it would tell of a price.
    """
    content = {name: value for name, value in change.content.items() if name != RESTRICTED}
    if change.kind in _REVISIONS:
        content["weighty"] = not WEIGHTY.isdisjoint(content.get("fields", ()))
    return content


def is_for_readers(change: Change) -> bool:
    """Tell whether a change has something for people to read: not one of contacts and prices alone.

    A mirror learns of that one too, because the entry has a new version.
    """
    return change.kind not in _REVISIONS or bool(change.content.get("fields"))
