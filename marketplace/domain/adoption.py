"""The words of the ledger: statuses, the event, and which step may follow which.

Nothing is ever updated or deleted; a correction is an event. A *claim* is an event by the provider without proof;
every other event is a *statement*. Statements and claims of one service, authority and scope are two sequences.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from operator import attrgetter


class Status(StrEnum):
    """What an event says; ``void`` only stands in a correction."""

    INTERESTED = "interested"
    AGREED = "agreed"
    CONNECTING = "connecting"
    LIVE = "live"
    ENDED = "ended"
    DECLINED = "declined"
    OWN_SOLUTION = "own_solution"
    NOT_COMPETENT = "not_competent"
    VOID = "void"


class Scope(StrEnum):
    """Whether an event speaks for the authority alone or for every eligible one in its region."""

    OWN = "own"
    BELOW = "below"


class AssertedBy(StrEnum):
    """On whose behalf something is said; set by the server from who acts."""

    PROVIDER = "provider"
    AUTHORITY = "authority"
    COORDINATION = "coordination"
    REGISTER = "register"


class Proof(StrEnum):
    """What shows it, weakest first."""

    NONE = "none"
    LINK = "link"
    CONTRACT = "contract"
    USAGE = "usage"


class Connection(StrEnum):
    """How applications reach the authority."""

    PDF = "pdf"
    XOEV = "xoev"
    SPECIALIST_SYSTEM = "specialist_system"


PATH = (Status.INTERESTED, Status.AGREED, Status.CONNECTING, Status.LIVE)
NEGATIVE = frozenset({Status.DECLINED, Status.OWN_SOLUTION, Status.NOT_COMPETENT})
PROOFS = tuple(Proof)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of the ledger, as far as reading it needs.

    ``authority_id`` is the identity that ``authority_key`` had when it was recorded; ``except_ids`` are identities
    of authorities and regions left out of a cover. ``parts`` are ids of parts of the service, empty for the whole.
    """

    id: int
    authority_id: int
    authority_key: str
    status: Status
    scope: Scope = Scope.OWN
    asserted_by: AssertedBy = AssertedBy.AUTHORITY
    proof: Proof = Proof.NONE
    proof_until: date | None = None
    effective_on: date
    recorded_at: datetime
    corrects: int | None = None
    except_ids: frozenset[int] = frozenset()
    parts: tuple[str, ...] = ()

    @property
    def is_claim(self) -> bool:
        """Whether it is only a provider's word."""
        return is_claim(self.asserted_by, self.proof)

    @property
    def order(self) -> tuple[date, datetime, int]:
        """The position in its sequence."""
        return _ORDER(self)


_ORDER: Callable[[Event], tuple[date, datetime, int]] = attrgetter("effective_on", "recorded_at", "id")


def is_claim(asserted_by: AssertedBy, proof: Proof) -> bool:
    """Tell a claim from a statement: by the provider, with no proof."""
    return asserted_by is AssertedBy.PROVIDER and proof is Proof.NONE


def step_refusal(previous: Status | None, status: Status, blamed: str = "the event") -> str | None:
    """Return why ``status`` may not follow ``previous`` in a sequence, None when it may.

    From nothing, ``ended`` or a negative to any status of the path; forward along it, skipping allowed; ``ended``
    from any of the path; ``declined`` and ``not_competent`` from nothing, interested, agreed, connecting, ended or
    another negative, ``own_solution`` from live too; a repeated status confirms the one in force. ``blamed`` names
    the event that could be corrected instead.
    """
    if previous is status:
        return None
    if status is Status.ENDED:
        if previous in PATH:
            return None
        return f"{previous or 'nothing'} -> ended is not a step; there is nothing in force that could end"
    if status in NEGATIVE:
        forbidden = previous is Status.LIVE and status is not Status.OWN_SOLUTION
    else:
        forbidden = previous in PATH and PATH.index(previous) > PATH.index(status)
    if forbidden:
        return f"{previous} -> {status} is not a step; record `ended` first, or correct {blamed}"
    return None


def known(events: Iterable[Event], known_at: datetime) -> list[Event]:
    """Return the events in force at ``known_at``, in the order of their sequence.

    A corrected event stays out even when its correction is corrected; ``void`` only removes.
    """
    heard = [event for event in events if event.recorded_at <= known_at]
    corrected = {event.corrects for event in heard if event.corrects is not None}
    return sorted([e for e in heard if e.id not in corrected and e.status is not Status.VOID], key=_ORDER)


@dataclass(frozen=True, slots=True)
class StepRefusal:
    """A step that a sequence does not allow: the event that takes it, the one before it, and why."""

    event: Event
    previous: Event | None
    reason: str


def name_of(event: Event) -> str:
    """Return how a refusal speaks of an event of the ledger."""
    return f"event {event.id}"


def sequence_refusals(
    sequence: Sequence[Event], before: Sequence[Event] = (), name: Callable[[Event], str] = name_of
) -> list[StepRefusal]:
    """Judge a sequence (known events of one service, authority, scope and sort) as it would stand.

    ``before`` is the sequence as it stands: steps that it takes are not judged again. What a correction takes out
    can leave a step behind that is none, and so can an event with an earlier day than those on record. ``name`` says
    how a refusal speaks of an event.
    """
    stood = {(previous.id if previous else None, event.id) for previous, event in _steps(before)}
    on_record = {event.id for event in before}
    refusals = []
    for previous, event in _steps(sequence):
        if (previous.id if previous else None, event.id) in stood:
            continue
        is_earlier = event.id in on_record
        blamed = event if is_earlier or previous is None else previous
        reason = step_refusal(previous.status if previous else None, event.status, name(blamed))
        if reason and is_earlier:
            reason = f"{name(event)} says {event.status} on {event.effective_on}: {reason}"
        if reason:
            refusals.append(StepRefusal(event, previous, reason))
    return refusals


def placed_before(sequence: Sequence[Event], places: Mapping[int, int]) -> list[Event]:
    """Return a sequence with events moved directly before others, in their order; ``places`` maps the ids."""
    moved: dict[int, list[Event]] = {}
    left = []
    there = {event.id for event in sequence}
    for event in sequence:
        if places.get(event.id) in there:
            moved.setdefault(places[event.id], []).append(event)
        else:
            left.append(event)
    return [one for event in left for one in (*moved.get(event.id, ()), event)]


def _steps(sequence: Sequence[Event]) -> Iterable[tuple[Event | None, Event]]:
    return zip((None, *sequence), sequence, strict=False)
