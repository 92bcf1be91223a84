"""A figure: a share with everything needed to defend it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from marketplace.domain.counting import CLASSES, Tally, Undefined


@dataclass(frozen=True, slots=True)
class Figure:
    """One row: a share with everything needed to defend it. ``interval`` are two shares, ``rate`` None: undefined.

    In tables for publication small numbers are left out: ``suppressed`` tells that this row's were (all counts are
    None), and of the other rows only ``numerator``, ``denominator`` and ``rate`` are told.
    """

    key: str
    label: str
    numerator: int | None
    denominator: int | None
    rate: float | None
    interval: tuple[float, float] | None
    classes: Mapping[str, int | None]
    excluded: int | None
    entitled: int | None
    live: int | None
    live_own: int | None
    contracted: int | None
    undefined: Undefined | None
    suppressed: bool = False

    @classmethod
    def of(cls, key: str, label: str, tally: Tally) -> "Figure":
        """Return the figure of a tally."""
        classes, why = tally.classes, tally.undefined
        counted, denominator = classes["counted"], sum(classes.values())
        if why is None and denominator == 0:
            why = Undefined.EMPTY_DENOMINATOR
        rate = interval = None
        if why is None:
            rate = counted / denominator
            interval = rate, (counted + classes["unconfirmed"] + classes["unknown"]) / denominator
        return cls(
            key=key,
            label=label,
            numerator=counted,
            denominator=denominator,
            rate=rate,
            interval=interval,
            classes=dict(classes),
            excluded=tally.excluded,
            entitled=tally.entitled,
            live=tally.live,
            live_own=tally.live_own,
            contracted=tally.contracted,
            undefined=why,
        )

    def for_publication(self, *, suppressed: bool) -> "Figure":
        """Return it without what could tell of few authorities; ``suppressed``: without any count."""
        shown = replace(
            self,
            interval=None,
            classes=dict.fromkeys(CLASSES),
            excluded=None,
            entitled=None,
            live=None,
            live_own=None,
            contracted=None,
            suppressed=suppressed,
        )
        if not suppressed:
            return shown
        # That nobody is there is a number, too; with it the other hidden ones could be computed.
        why = None if self.undefined is Undefined.EMPTY_DENOMINATOR else self.undefined
        return replace(shown, numerator=None, denominator=None, rate=None, undefined=why)
