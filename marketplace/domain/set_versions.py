"""What an authority set says from one day on, beside what it says before and what is planned for later."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from marketplace.domain.authority import SetDefinition


def with_definition(
    believed: Sequence[SetDefinition], wanted: SetDefinition, today: date
) -> list[SetDefinition]:
    """Return what a set says when ``wanted`` holds from its ``valid_from`` on (None: since ever).

    It takes the place of what was said from that day on, up to what is planned for a day after it that is still to
    come: whoever changes what holds today has not seen the plan, and changes that by naming its day.
    """
    start = wanted.valid_from or date.min
    before = [one for one in believed if (one.valid_from or date.min) < start]
    planned = [one for one in believed if (one.valid_from or date.min) > max(start, today)]
    end = min((one.valid_from for one in planned if one.valid_from), default=None)
    cut = [
        replace(one, valid_to=start) if one.valid_to is None or one.valid_to > start else one
        for one in before
    ]
    return [*cut, replace(wanted, valid_to=end), *planned]
