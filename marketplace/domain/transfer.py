"""What becomes of an offer to hand an entry over."""

from enum import StrEnum


class Outcome(StrEnum):
    """What the other side said, or that the first took it back."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    RECALLED = "recalled"
