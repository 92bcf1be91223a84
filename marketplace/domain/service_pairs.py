"""Authority-service pairs: the tallies of several services added up."""

from collections.abc import Iterable

from marketplace.domain.counting import Tally


def joined(tallies: Iterable[Tally]) -> tuple[Tally, int]:
    """Add up the tallies of several services that have a rate.

    Returns:
        The sum, and how many services were left out because they have no rate. Where none has one, the sum is
        undefined for the reason of the first.
    """
    total, undefined, found = Tally(), [], 0
    for tally in tallies:
        if tally.why_undefined is None:
            total.join(tally)
            found += 1
        else:
            undefined.append(tally.why_undefined)
    if undefined and not found:
        total.undefined = undefined[0]
    return total, len(undefined)
