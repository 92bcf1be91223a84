"""The events that a batch refers to: what it corrects, which claims it answers."""

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from marketplace.actions.event_candidates import PENDING, Candidate
from marketplace.domain.access import Actor, Role
from marketplace.domain.adoption import AssertedBy, Proof, is_claim
from marketplace.errors import FieldError
from marketplace.store import ledger
from marketplace.store.ledger import StoredEvent


def judge_references(session: Session, actor: Actor, candidates: Sequence[Candidate]) -> None:
    """Reject the rows that correct or answer what they may not."""
    corrected = [c.corrects for c in candidates if c.corrects and c.corrects < PENDING]
    answered = [c.draft.answers for c in candidates if c.draft.answers]
    stored = ledger.by_ids(session, [*corrected, *answered])
    corrections = ledger.corrections_of(session, corrected)
    answers = ledger.answers_to(session, answered)
    rows = {candidate.id: candidate for candidate in candidates}
    taken: set[int] = set()
    answered_here: set[int] = set()
    for candidate in candidates:
        wanted = candidate.corrects
        if wanted is not None:
            problem = _correction_problem(
                candidate, stored.get(wanted) or rows.get(wanted), corrections, actor
            )
            if problem is None and wanted in taken:
                twice = f"event {candidate.draft.corrects} is corrected by an earlier row already"
                problem = FieldError("corrects", "conflict", twice)
            if problem is not None:
                candidate.outcome.reject(problem)
            taken.add(wanted)
        claim = candidate.draft.answers
        if claim is not None:
            problem = _answer_problem(candidate, stored.get(claim), answers)
            if problem is None and claim in answered_here:
                problem = FieldError(
                    "answers", "conflict", f"claim {claim} is answered by an earlier row already"
                )
            if problem is not None:
                candidate.outcome.reject(problem)
            answered_here.add(claim)


def _correction_problem(
    candidate: Candidate, event: StoredEvent | Candidate | None, corrections: Mapping[int, int], actor: Actor
) -> FieldError | None:
    """Say what is wrong with correcting an event of the ledger, or an earlier row of the same batch."""
    if event is None:
        return FieldError("corrects", "unknown", f"there is no event {candidate.draft.corrects}")
    if isinstance(event, Candidate):
        if (event.pair, event.draft.scope) == (candidate.pair, candidate.draft.scope):
            return None
        other = f"row {event.outcome.row} is of another service, authority or scope"
        return FieldError("corrects", "other_object", other)
    if (event.service_id, event.authority_id, event.scope) != (*candidate.pair, candidate.draft.scope):
        other = f"event {event.id} is of another service, authority or scope"
        return FieldError("corrects", "other_object", other)
    if event.id in corrections:
        first = f"event {event.id} was already corrected by event {corrections[event.id]}"
        return FieldError("corrects", "conflict", first)
    if event.organisation_id == actor.organisation_id or actor.role in (Role.OPERATOR, Role.AUTHORITY):
        return None
    return FieldError(
        "corrects", "access", "only its recorder, the authority or an operator corrects an event"
    )


def _answer_problem(
    candidate: Candidate, claim: StoredEvent | None, answers: Mapping[int, int]
) -> FieldError | None:
    if claim is None or not is_claim(AssertedBy(claim.asserted_by), Proof(claim.proof)):
        return FieldError("answers", "unknown", f"there is no claim {candidate.draft.answers}")
    if (claim.service_id, claim.authority_id, claim.scope) != (*candidate.pair, candidate.draft.scope):
        other = f"claim {claim.id} is of another service, authority or scope"
        return FieldError("answers", "other_object", other)
    if claim.id in answers and answers[claim.id] != candidate.corrects:
        first = f"claim {claim.id} was already answered by event {answers[claim.id]}"
        return FieldError("answers", "conflict", first)
    return None
