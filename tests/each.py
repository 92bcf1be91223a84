"""One test of a rule over many things: it names all that break it, and costs much less than a test for each."""

from collections.abc import Callable, Mapping
from typing import TypeVar

Thing = TypeVar("Thing")


def broken(rule: Callable[[Thing], None], things: Mapping[str, Thing]) -> dict[str, str]:
    """Return by name what the assertions of a rule say of the things that break it; there must be something to judge."""
    assert things
    found = {}
    for name, thing in things.items():
        try:
            rule(thing)
        except AssertionError as error:
            found[name] = str(error)
    return found
