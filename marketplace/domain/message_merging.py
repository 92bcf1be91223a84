"""One message for a revision and its correction."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from marketplace.domain.change import MessageKind

MERGED = frozenset({MessageKind.SERVICE_REVISED, MessageKind.OFFER_ADDED})
"""What completes an earlier message of the same entry instead of being told by another one."""
WITHIN = timedelta(hours=1)
_UNITED = ("fields", "restricted", "offers")


def merged_kind(before: MessageKind, later: MessageKind) -> MessageKind:
    """Return the kind of a message that tells of both: a new offer is never hidden behind a revision."""
    return MessageKind.OFFER_ADDED if MessageKind.OFFER_ADDED in (before, later) else later


def merged_content(before: Mapping[str, Any], later: Mapping[str, Any]) -> dict[str, Any]:
    """Return what changed from before the first to the last of two changes."""
    united = {
        name: list(dict.fromkeys([*before.get(name, ()), *later.get(name, ())]))
        for name in _UNITED
        if name in before or name in later
    }
    return {
        **before,
        **later,
        **united,
        "before": before.get("before"),
        "weighty": bool(before.get("weighty")) or bool(later.get("weighty")),
    }


def sooner(one: datetime | None, other: datetime | None) -> datetime | None:
    """Return the sooner of two instants; None is never."""
    return min((at for at in (one, other) if at is not None), default=None)
