"""The life of a catalogue entry: which status may follow which."""

from enum import StrEnum


class EntryStatus(StrEnum):
    """Where an entry stands on its way to the public."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


_STEPS = {
    EntryStatus.DRAFT: {EntryStatus.IN_REVIEW},
    EntryStatus.IN_REVIEW: {EntryStatus.DRAFT, EntryStatus.PUBLISHED},
    EntryStatus.PUBLISHED: {EntryStatus.WITHDRAWN},
    EntryStatus.WITHDRAWN: {EntryStatus.DRAFT},
}


def may_become(status: EntryStatus, following: EntryStatus) -> bool:
    """Tell whether an entry may go from one status to the other (staying is no step)."""
    return following in _STEPS[status]


def is_findable(status: EntryStatus) -> bool:
    """Tell whether search and lists may show an entry in this status."""
    return status is EntryStatus.PUBLISHED
