"""The standing of one authority on one day: all of its reading that counting depends on, packed into a small number.

The code is what the projection keeps: figures of ten thousand authorities are then sums over an array of codes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from marketplace.domain.adoption import PATH, Status
from marketplace.domain.reading import Reading

AGREED_OR_FURTHER = frozenset(PATH[1:])
STATUSES: tuple[Status | None, ...] = (
    None, Status.INTERESTED, Status.AGREED, Status.CONNECTING, Status.LIVE, Status.ENDED, Status.DECLINED,
    Status.OWN_SOLUTION, Status.NOT_COMPETENT,
)  # fmt: skip
"""By their place in a code; a published order never changes, because codes are stored."""
_PLACE = {status: place for place, status in enumerate(STATUSES)}
STATUS_MASK, CLAIM, INHERITED, CONFIRMED, CONTRACTED, STALE = 0x0F, 0x10, 0x20, 0x40, 0x80, 0x100
CODES = 0x200
UNKNOWN_CODE = 0
STATEMENT_CODES: Mapping[Status, int] = {
    status: place | CONTRACTED * (status in AGREED_OR_FURTHER)
    for status, place in _PLACE.items()
    if status is not None
}
"""The codes of an authority's own statements, not confirmed and not stale."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is in force for an authority, as far as counting asks.

    ``status`` is None where nothing is known. ``is_confirmed``: the state's coordination or a register said so;
    ``is_contracted``: its own statement is agreed or further, whichever record won; ``is_stale``: it reads live from
    a record that nobody confirmed for too long.
    """

    status: Status | None = None
    is_claim: bool = False
    is_inherited: bool = False
    is_confirmed: bool = False
    is_contracted: bool = False
    is_stale: bool = False

    @classmethod
    def of(cls, reading: Reading, as_of: date, stale_after_days: int) -> "Standing":
        """Return the standing that a reading is on its day."""
        return cls.from_known_code(code_of(reading, as_of, stale_after_days))

    @property
    def is_entitled(self) -> bool:
        """Whether a statement, its own or inherited, is agreed or further."""
        return not self.is_claim and self.status in AGREED_OR_FURTHER

    @property
    def code(self) -> int:
        """The standing as a number below ``CODES``."""
        return (
            _PLACE[self.status] | CLAIM * self.is_claim | INHERITED * self.is_inherited
            | CONFIRMED * self.is_confirmed | CONTRACTED * self.is_contracted | STALE * self.is_stale
        )  # fmt: skip

    @classmethod
    def from_code(cls, code: int) -> "Standing | None":
        """Return the standing of a code, None for a number that is none."""
        return _STANDINGS.get(code)

    @classmethod
    def from_known_code(cls, code: int) -> "Standing":
        """Return the standing of a code that ``code_of`` made."""
        return _STANDINGS[code]


_STANDINGS = {
    code: Standing(
        STATUSES[code & STATUS_MASK], bool(code & CLAIM), bool(code & INHERITED), bool(code & CONFIRMED),
        bool(code & CONTRACTED), bool(code & STALE),
    )
    for code in range(CODES)
    if code & STATUS_MASK < len(STATUSES)
}  # fmt: skip


@lru_cache(maxsize=1)
def live_codes() -> frozenset[int]:
    """Return the codes that read live, claims and stale ones too."""
    return frozenset(code for code, standing in _STANDINGS.items() if standing.status is Status.LIVE)


def code_of(reading: Reading, as_of: date, stale_after_days: int) -> int:
    """Return the code of a reading on its day."""
    record = reading.record
    code = lasting_code_of(reading)
    if record is not None and reading.status is Status.LIVE and record.is_stale(as_of, stale_after_days):
        code |= STALE
    return code


def lasting_code_of(reading: Reading) -> int:
    """Return the code of a reading without what changes by date alone."""
    record, code = reading.record, _PLACE[reading.status]
    if record is not None:
        if record.is_claim:
            code |= CLAIM
        if reading.inherited:
            code |= INHERITED
        if record.is_confirmed:
            code |= CONFIRMED
    if reading.own is not None and reading.own.status in AGREED_OR_FURTHER:
        code |= CONTRACTED
    return code
