"""A figure: a share with everything needed to defend it."""

from collections.abc import Mapping
from dataclasses import dataclass

from marketplace.domain.counting import Tally, Undefined


@dataclass(frozen=True, slots=True)
class Figure:
    """One row: a share with everything needed to defend it. ``interval`` are two shares, ``rate`` None: undefined."""

    key: str
    label: str
    numerator: int
    denominator: int
    rate: float | None
    interval: tuple[float, float] | None
    classes: Mapping[str, int]
    excluded: int
    entitled: int
    live: int
    live_own: int
    contracted: int
    undefined: Undefined | None

    @classmethod
    def of(cls, key: str, label: str, tally: Tally) -> "Figure":
        """Return the figure of a tally."""
        return cls(
            key=key,
            label=label,
            numerator=tally.numerator,
            denominator=tally.denominator,
            rate=tally.rate,
            interval=tally.interval,
            classes=dict(tally.classes),
            excluded=tally.excluded,
            entitled=tally.entitled,
            live=tally.live,
            live_own=tally.live_own,
            contracted=tally.contracted,
            undefined=tally.why_undefined,
        )
