"""What becomes of a mail after an attempt to send it. Pure.

The server's answer tells three cases apart: it is about the address (then no more mails go there), about this one mail,
or about the server or our way to it, which says nothing of the address.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

PAUSES = (
    timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1), timedelta(hours=2),
    timedelta(hours=4), timedelta(hours=8), timedelta(hours=8),
)  # fmt: skip
"""How long to wait after the first, second, ... failure: a day in all, after which the mail is parked."""
DOWN_PAUSE = timedelta(minutes=1)
"""For how long no mail is tried after the server did not answer."""
MOST_FAILURES = 3
"""After so many mails in a row that could not be delivered, an address is paused even if it was never refused."""
_ENHANCED = re.compile(r"\s*\d\.(\d{1,3})\.\d{1,3}")
_PERMANENT = range(500, 600)
_LOGIN_CODES = frozenset({530, 534, 535, 538})
_PROTOCOL, _POLICY = "5", "7"


class Outcome(StrEnum):
    """What an attempt came to."""

    TAKEN = "taken"
    ADDRESS_REFUSED = "address_refused"
    MAIL_REFUSED = "mail_refused"
    LATER = "later"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What the server answered to one mail; ``error`` is its answer in words, or why there was none."""

    outcome: Outcome
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a mail stands after an attempt: due again at ``due_at``, or sent, or parked (both None: never to be tried)."""

    attempts: int
    due_at: datetime | None
    sent_at: datetime | None
    parked_at: datetime | None
    error: str | None


@dataclass(frozen=True, slots=True)
class Reach:
    """How an address stands after an attempt: undelivered mails in a row, and why it is paused, if it is."""

    failures: int
    paused_because: str | None


def answer_to_address(code: int, text: str) -> Outcome:
    """Judge what a server said when it was told the address (RFC 5321, 4.2; RFC 3463).

    A refusal for the server's policy or for our login is about us: whoever set up mail has to mend it, and the
    addresses are good.
    """
    if code not in _PERMANENT:
        return Outcome.LATER
    found = _ENHANCED.match(text)
    is_about_us = code in _LOGIN_CODES or (found is not None and found[1] in (_PROTOCOL, _POLICY))
    return Outcome.LATER if is_about_us else Outcome.ADDRESS_REFUSED


def answer_to_mail(code: int) -> Outcome:
    """Judge what a server said when it was given the mail itself."""
    return Outcome.MAIL_REFUSED if code in _PERMANENT else Outcome.LATER


def standing_after(attempts: int, attempt: Attempt, now: datetime) -> Standing:
    """Return how a mail stands that had ``attempts`` before this one."""
    if attempt.outcome is Outcome.TAKEN:
        return Standing(attempts + 1, None, now, None, None)
    if attempt.outcome in (Outcome.LATER, Outcome.DOWN) and attempts < len(PAUSES):
        return Standing(attempts + 1, now + PAUSES[attempts], None, None, attempt.error)
    return Standing(attempts + 1, None, None, now, attempt.error)


def reach_after(failures: int, attempt: Attempt, *, is_parked: bool) -> Reach:
    """Return how an address stands that had ``failures`` undelivered mails in a row before this attempt."""
    if attempt.outcome is Outcome.TAKEN:
        return Reach(0, None)
    if not is_parked or attempt.outcome is Outcome.DOWN:
        return Reach(failures, None)
    refused = attempt.outcome is Outcome.ADDRESS_REFUSED or failures + 1 >= MOST_FAILURES
    return Reach(failures + 1, (attempt.error or "no answer") if refused else None)
