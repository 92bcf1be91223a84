"""The events that a batch refers to: what it corrects, which claims it answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.actions.event_candidates import PENDING, Candidate
from marketplace.domain.access import Action, Actor, decide, may_correct
from marketplace.domain.adoption import AssertedBy, Proof, Status, is_claim
from marketplace.errors import FieldError
from marketplace.store import ledger, mergers
from marketplace.store.ledger import StoredEvent
from marketplace.store.mergers import Successor

CONFLICT = "conflict"
"""The rule that is broken where somebody else came first: a second correction, a second answer."""


def judge_references(
    session: Session, actor: Actor, candidates: Sequence[Candidate], *, of_reports: bool = False
) -> None:
    """Reject the rows that correct or answer what they may not.

    What follows ``of_reports`` is the marketplace's own to correct: whoever may report needs no other right.
    """
    corrected = [c.corrects for c in candidates if c.corrects and c.corrects < PENDING]
    answered = [c.draft.answers for c in candidates if c.draft.answers]
    referred = _Referred(
        actor,
        of_reports,
        ledger.by_ids(session, [*corrected, *answered]),
        ledger.corrections_of(session, [*corrected, *answered]),
        ledger.answers_to(session, answered),
        mergers.successor(session, actor.organisation_id) if corrected else Successor("", frozenset()),
    )
    rows = {candidate.id: candidate for candidate in candidates}
    taken: set[int] = set()
    answered_here: set[int] = set()
    for candidate in candidates:
        wanted, claim = candidate.corrects, candidate.draft.answers
        problem = None
        if claim is not None:
            problem = referred.problem_of_answer(candidate, claim)
            if problem is None and claim in answered_here:
                twice = f"claim {claim} is answered by an earlier row already"
                problem = FieldError("answers", CONFLICT, twice)
            answered_here.add(claim)
        if problem is None and wanted is not None:
            problem = referred.problem_of_correction(candidate, rows.get(wanted))
            if problem is None and wanted in taken:
                twice = f"event {candidate.draft.corrects} is corrected by an earlier row already"
                problem = FieldError("corrects", CONFLICT, twice)
            taken.add(wanted)
        if problem is not None:
            candidate.outcome.reject(problem)


@dataclass(frozen=True, slots=True)
class _Referred:
    """What the ledger holds of the events referred to, and by whom they were corrected and answered.

    ``own``: what was recorded by those that went into the actor's organisation is its own to correct.
    """

    actor: Actor
    of_reports: bool
    stored: Mapping[int, StoredEvent]
    corrections: Mapping[int, int]
    answers: Mapping[int, int]
    own: Successor

    def problem_of_correction(self, candidate: Candidate, row: Candidate | None) -> FieldError | None:
        """Say what is wrong with correcting an event of the ledger, or an earlier ``row`` of the same batch."""
        if row is not None:
            if (row.pair, row.draft.scope) == (candidate.pair, candidate.draft.scope):
                return _told_too_early(candidate, f"row {row.outcome.row}", row.recorded_at)
            other = f"row {row.outcome.row} is of another service, authority or scope"
            return FieldError("corrects", "other_object", other)
        event = self.stored.get(candidate.corrects or 0)
        if event is None:
            return FieldError("corrects", "unknown", f"there is no event {candidate.draft.corrects}")
        if _is_of_another_object(event, candidate):
            other = f"event {event.id} is of another service, authority or scope"
            return FieldError("corrects", "other_object", other)
        if event.id in self.corrections:
            first = f"event {event.id} was already corrected by event {self.corrections[event.id]}"
            return FieldError("corrects", CONFLICT, first)
        if (too_early := _told_too_early(candidate, f"event {event.id}", event.recorded_at)) is not None:
            return too_early
        if self.of_reports:
            return None
        is_answer = candidate.draft.answers == event.id
        decision = may_correct(
            self.actor,
            self.own.in_place_of(event.organisation_id),
            itself=candidate.itself,
            is_answer=is_answer,
        )
        return None if decision.allowed else FieldError("corrects", "access", decision.reason)

    def problem_of_answer(self, candidate: Candidate, claim_id: int) -> FieldError | None:
        """Say what is wrong with answering a claim."""
        claim = self.stored.get(claim_id)
        if claim is None or not _is_claim(claim):
            return FieldError("answers", "unknown", f"there is no claim {claim_id}")
        if _is_of_another_object(claim, candidate):
            other = f"claim {claim.id} is of another service, authority or scope"
            return FieldError("answers", "other_object", other)
        if candidate.draft.status is Status.VOID and candidate.corrects != claim.id:
            # Else the claim would wait no more, and stand for good.
            return FieldError(
                "answers", "other_event", f"void answers claim {claim.id} by correcting it alone"
            )
        # Who publishes and may act for authorities too answers in their name, never in the provider's own.
        as_provider = candidate.asserted_by is AssertedBy.PROVIDER and not self.actor.is_operator
        if as_provider or not decide(self.actor, Action.ANSWER_CLAIM).allowed:
            nobody = "only the authority, its state's coordination or an operator answers a claim"
            return FieldError("answers", "access", nobody)
        first = self.answers.get(claim_id)
        if first is not None and first != candidate.corrects:
            return FieldError("answers", CONFLICT, f"claim {claim_id} was already answered by event {first}")
        taken_out = self.corrections.get(claim_id)
        if taken_out is not None and first is None:
            gone = f"claim {claim_id} was already corrected by event {taken_out}"
            return FieldError("answers", CONFLICT, gone)
        return _told_too_early(candidate, f"claim {claim_id}", claim.recorded_at)


def _is_claim(event: StoredEvent) -> bool:
    return event.status != Status.VOID and is_claim(AssertedBy(event.asserted_by), Proof(event.proof))


def _told_too_early(candidate: Candidate, what: str, recorded_at: datetime | None) -> FieldError | None:
    """Say that a backfill brings a correction or an answer from before what it refers to was told."""
    told = candidate.recorded_at
    if told is None or recorded_at is None or told >= recorded_at:
        return None
    known = f"lies before {what} was recorded: {recorded_at.isoformat()}"
    return FieldError("recorded_at", "order", known)


def _is_of_another_object(event: StoredEvent, candidate: Candidate) -> bool:
    own = (*candidate.pair, str(candidate.draft.scope))
    return (event.service_id, event.authority_id, event.scope) != own
