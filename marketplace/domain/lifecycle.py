"""The life of a catalogue entry: which status may follow which, and which steps an open revision may take."""

from enum import StrEnum


class EntryStatus(StrEnum):
    """Where an entry stands on its way to the public."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Step(StrEnum):
    """What is done to a revision; each needs the state that ``STEP_FROM`` says."""

    WRITE = "write"
    SUBMIT = "submit"
    RETURN = "return"
    APPROVE = "approve"


_STEPS = {
    EntryStatus.DRAFT: {EntryStatus.IN_REVIEW},
    EntryStatus.IN_REVIEW: {EntryStatus.DRAFT, EntryStatus.PUBLISHED},
    EntryStatus.PUBLISHED: {EntryStatus.WITHDRAWN},
    EntryStatus.WITHDRAWN: {EntryStatus.DRAFT},
}
STEP_FROM = {
    Step.WRITE: EntryStatus.DRAFT,
    Step.SUBMIT: EntryStatus.DRAFT,
    Step.RETURN: EntryStatus.IN_REVIEW,
    Step.APPROVE: EntryStatus.IN_REVIEW,
}
_WHY_NOT = {
    (Step.WRITE, EntryStatus.IN_REVIEW): "It is in review and is not written meanwhile: recall it first.",
    (Step.SUBMIT, EntryStatus.IN_REVIEW): "It is in review already.",
    (Step.RETURN, EntryStatus.DRAFT): "It is not in review: there is nothing to return.",
    (Step.APPROVE, EntryStatus.DRAFT): "It is not in review: it is submitted first.",
}
_NOTHING_IN_WORK = "Nothing is in work on this entry: a first write opens a revision."


def may_become(status: EntryStatus, following: EntryStatus) -> bool:
    """Tell whether an entry may go from one status to the other (staying is no step)."""
    return following in _STEPS[status]


def is_findable(status: EntryStatus) -> bool:
    """Tell whether search and lists may show an entry in this status."""
    return status is EntryStatus.PUBLISHED


def step_refusal(step: Step, state: EntryStatus) -> str | None:
    """Return why a step cannot be taken from a revision's state, None where it can.

    ``state`` of an entry on which nothing is in work is its own status: a first write opens a revision of it.
    """
    if state in (EntryStatus.PUBLISHED, EntryStatus.WITHDRAWN):
        return None if step is Step.WRITE else _NOTHING_IN_WORK
    return None if STEP_FROM[step] is state else _WHY_NOT[step, state]
