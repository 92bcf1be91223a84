"""Reading the ledger: what is in force for an authority at (as_of, known_at).

The rules are numbered as in the design: known events, records, covers, result, run. After a reform a new region
takes over what all its predecessors say of themselves.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import islice
from types import MappingProxyType

from marketplace.domain.adoption import NEGATIVE, PATH, PROOFS, AssertedBy, Event, Proof, Scope, Status

STALE_AFTER_DAYS = 730
CONFIRMING = frozenset({AssertedBy.COORDINATION, AssertedBy.REGISTER})
NO_PREDECESSORS: Mapping[int, tuple[int, ...]] = MappingProxyType({})


class Activation(StrEnum):
    """Whether every authority must connect by itself, or the state switches the service on for all."""

    EACH = "each"
    CENTRAL = "central"


@dataclass(frozen=True, slots=True)
class Record:
    """The last word of one sequence on a day, with its run.

    The run is the unbroken sequence of events with the same status: ``since`` is its first day, ``confirmed_on``
    its last, ``proof`` its strongest, ``proof_until`` the furthest day a proof of it reaches; ``is_confirmed`` tells
    whether the state's coordination or a register is among those who said so. ``taken_over`` marks the record of a new
    region that comes from its predecessors; ``authority_key`` and ``event_id`` are then those of one of them.
    """

    authority_id: int
    authority_key: str
    status: Status
    scope: Scope
    is_claim: bool
    is_confirmed: bool
    since: date
    confirmed_on: date
    proof: Proof
    proof_until: date | None
    event_id: int
    except_ids: frozenset[int] = frozenset()
    taken_over: bool = False

    def is_stale(self, as_of: date, after_days: int = STALE_AFTER_DAYS) -> bool:
        """Whether a live record was not confirmed for more than ``after_days`` and no proof reaches ``as_of``."""
        if self.status is not Status.LIVE or as_of <= self.confirmed_on + timedelta(days=after_days):
            return False
        return self.proof_until is None or self.proof_until < as_of


@dataclass(frozen=True, slots=True)
class Reading:
    """What is in force for one authority: a status with the record it comes from, or unknown.

    ``status`` is None when unknown. ``cover`` is the cover's record where the status is inherited: it can differ
    from ``record.status``, because an inherited live reads as agreed where every authority must connect.
    ``own`` is the authority's own statement record, whether it won or not, taken over ones included.
    """

    status: Status | None = None
    record: Record | None = None
    inherited: bool = False
    own: Record | None = None

    @property
    def is_claim(self) -> bool:
        """Whether only a claim says so."""
        return self.record is not None and self.record.is_claim

    def is_stale(self, as_of: date, after_days: int = STALE_AFTER_DAYS) -> bool:
        """Whether it reads live from a stale record."""
        return (
            self.status is Status.LIVE and self.record is not None and self.record.is_stale(as_of, after_days)
        )


UNKNOWN = Reading()


def record_of(sequence: Sequence[Event]) -> Record:
    """Return the record of a sequence (not empty, in order, effective on the day)."""
    last = sequence[-1]
    since, is_confirmed = last.effective_on, last.asserted_by in CONFIRMING
    proof, reach = last.proof, last.proof_until
    for event in islice(reversed(sequence), 1, None):
        if event.status is not last.status:
            break
        since = event.effective_on
        is_confirmed = is_confirmed or event.asserted_by in CONFIRMING
        if event.proof is not proof:
            proof = max(proof, event.proof, key=PROOFS.index)
        if event.proof_until is not None:
            reach = event.proof_until if reach is None else max(reach, event.proof_until)
    return Record(
        authority_id=last.authority_id,
        authority_key=last.authority_key,
        status=last.status,
        scope=last.scope,
        is_claim=last.is_claim,
        is_confirmed=is_confirmed,
        since=since,
        confirmed_on=last.effective_on,
        proof=proof,
        proof_until=reach,
        event_id=last.id,
        except_ids=last.except_ids,
    )


def taken_over(authority_id: int, records: Sequence[Record]) -> Record:
    """Return what a new region takes over where its predecessors' own records (not empty) have one status.

    That is the weakest they agree on: the weakest proof, the latest ``since``, the earliest confirmation, a proof's
    reach only where all have one, ``is_confirmed`` only where all are.
    """
    latest = max(records, key=lambda record: (record.since, record.event_id))
    reaches = [record.proof_until for record in records if record.proof_until is not None]
    return replace(
        latest,
        authority_id=authority_id,
        is_confirmed=all(record.is_confirmed for record in records),
        confirmed_on=min(record.confirmed_on for record in records),
        proof=min((record.proof for record in records), key=PROOFS.index),
        proof_until=min(reaches) if len(reaches) == len(records) else None,
        taken_over=True,
    )


def with_predecessors(ids: Iterable[int], predecessors: Mapping[int, tuple[int, ...]]) -> set[int]:
    """Return the authorities and all those they were made of, back through every reform."""
    found = set(ids)
    waiting = [one for one in found if one in predecessors]
    while waiting:
        new = [p for p in predecessors.get(waiting.pop(), ()) if p not in found]
        found.update(new)
        waiting += new
    return found


def oldest_first(predecessors: Mapping[int, tuple[int, ...]]) -> list[int]:
    """Return the new ones of a chain of reforms so that each comes after those it was made of."""
    ordered: dict[int, None] = {}
    for start in predecessors:
        waiting = [start]
        opened: set[int] = set()
        while waiting:
            one = waiting[-1]
            inner = [
                p for p in predecessors[one] if p in predecessors and p not in ordered and p not in opened
            ]
            opened.add(one)
            if inner:
                waiting += inner
            else:
                ordered[waiting.pop()] = None
    return list(ordered)


class Ledger:
    """The records of one service on one day, ready to be read authority by authority.

    ``events`` are the known ones in the order of their sequence (``adoption.known``), those of predecessors included.
    ``predecessors`` maps the authority of a region that a reform made to those of all the regions it was made of
    (on ``as_of``, as far as known): what these agree on stands among the records as its own, see ``_take_over``.
    """

    def __init__(
        self,
        events: Iterable[Event],
        as_of: date,
        activation: Activation,
        predecessors: Mapping[int, tuple[int, ...]] = NO_PREDECESSORS,
    ) -> None:
        self.as_of, self.activation, self._predecessors = as_of, activation, predecessors
        sequences: dict[tuple[int, Scope, bool], list[Event]] = defaultdict(list)
        for event in events:
            if event.effective_on <= as_of:
                sequences[event.authority_id, event.scope, event.is_claim].append(event)
        self.records = {key: record_of(sequence) for key, sequence in sequences.items()}
        self._asking: set[int] = set()
        self._take_over()
        self._own_ids = {authority_id for authority_id, scope, _ in self.records if scope is Scope.OWN}
        self._inherited: dict[tuple[int, ...], Reading] = {}
        self._excepting = any(record.except_ids for record in self.records.values())

    def read(self, covered_by: tuple[int, ...]) -> Reading:
        """Return the result for the authority ``covered_by[0]``, covered by itself and those after it."""
        authority_id = covered_by[0]
        if authority_id not in self._own_ids and not self._excepting:
            chain = covered_by if (authority_id, Scope.BELOW, False) in self.records else covered_by[1:]
            if (authority_id, Scope.BELOW, True) in self.records:
                chain = covered_by
            found = self._inherited.get(chain)
            if found is None:
                found = self._inherited[chain] = self._result(authority_id, chain, covered_by)
            return found
        return self._result(authority_id, covered_by, covered_by)

    def asks_for_confirmation(self, authority_id: int) -> bool:
        """Whether predecessors of a new region have records that it does not take over, because they disagree."""
        return authority_id in self._asking

    def _take_over(self) -> None:
        """Give each new region without a statement of its own the record that all its predecessors agree on."""
        if not self._predecessors or not self.records:
            return
        for authority_id in oldest_first(self._predecessors):
            name = (authority_id, Scope.OWN, False)
            if name in self.records:
                continue
            before = self._predecessors[authority_id]
            found = [self.records.get((identity, Scope.OWN, False)) for identity in before]
            said = [record for record in found if record is not None]
            if said and len(said) == len(before) and len({record.status for record in said}) == 1:
                self.records[name] = taken_over(authority_id, said)
            elif said or not self._asking.isdisjoint(before):
                self._asking.add(authority_id)

    def _covers(self, chain: tuple[int, ...], covered_by: tuple[int, ...], is_claim: bool) -> list[Record]:
        covers = []
        for region in chain:
            record = self.records.get((region, Scope.BELOW, is_claim))
            if record is None or record.status is Status.ENDED:
                continue
            if record.except_ids and not record.except_ids.isdisjoint(covered_by):
                continue
            covers.append(record)
        return covers

    def inherited_status(self, status: Status) -> Status:
        """Return how a cover's status reads below it: entitled, not live, where every authority must connect."""
        if self.activation is Activation.EACH and status in (Status.LIVE, Status.CONNECTING):
            return Status.AGREED
        return status

    def _result(self, authority_id: int, chain: tuple[int, ...], covered_by: tuple[int, ...]) -> Reading:
        own = self.records.get((authority_id, Scope.OWN, False))
        claim = self.records.get((authority_id, Scope.OWN, True))
        return result_of(own, claim, self.inherited(chain, covered_by))

    def inherited(self, chain: tuple[int, ...], covered_by: tuple[int, ...]) -> Reading:
        """Return what an authority inherits that says nothing itself, from the covers of ``chain``, nearest first."""
        covers = self._covers(chain, covered_by, is_claim=False)
        best, reach = UNKNOWN, -1
        for cover in covers:
            status = self.inherited_status(cover.status)
            if status in PATH and PATH.index(status) > reach:
                best, reach = Reading(status, cover, inherited=True), PATH.index(status)
        if best.record is not None:
            return best
        for cover in covers:
            if cover.status in NEGATIVE:
                return Reading(cover.status, cover, inherited=True)
        for cover in self._covers(chain, covered_by, is_claim=True):
            return Reading(self.inherited_status(cover.status), cover, inherited=True)
        return UNKNOWN


def result_of(own: Record | None, claim: Record | None, inherited: Reading) -> Reading:
    """Return what is in force: an authority's own statement and claim against what it inherits.

    An own negative wins. Else the furthest on the path, its own on a tie. Else an inherited negative, an own ``ended``,
    its own claim, an inherited claim.
    """
    if own is None:
        if claim is not None and (inherited.record is None or inherited.is_claim):
            return Reading(claim.status, claim)
        return inherited
    if own.status in NEGATIVE or inherited.record is None or inherited.is_claim:
        return Reading(own.status, own, own=own)
    if own.status in PATH and not (
        inherited.status in PATH and PATH.index(inherited.status) > PATH.index(own.status)
    ):
        return Reading(own.status, own, own=own)
    return Reading(inherited.status, inherited.record, inherited=True, own=own)
