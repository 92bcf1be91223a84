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
    return for_the_public(change.content)


def for_the_public(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the content of a change or of a message about one without a trace of contacts and prices."""
    if RESTRICTED not in content:
        return content
    left = {name: value for name, value in content.items() if name != RESTRICTED}
    if left.get("weighty"):
        left["weighty"] = not WEIGHTY.isdisjoint(left.get("fields", ()))
    return left


def is_for_readers(change: Change) -> bool:
    """Tell whether a change has something for people to read in a feed.

    Not one of contacts and prices alone (a mirror learns of that one too, because the entry has a new version), nor
    that a record turns stale soon: only who speaks for the authority can do something about it, and is told.
    """
    if change.kind is ChangeKind.RECORD_STALE_SOON:
        return False
    return change.kind not in _REVISIONS or bool(change.content.get("fields"))
