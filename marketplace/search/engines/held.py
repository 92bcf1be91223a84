"""One document as an index holds it: what a check compares."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Held:
    """One document as the index holds it."""

    collection: str
    id: str
    version: int
    withdrawn: bool
