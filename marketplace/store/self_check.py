"""Answers to the EfA minimum requirements: reading those of an entry, and replacing those to one version of the list."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from marketplace.domain.self_check import Answered, Given, Verdict
from marketplace.store.tables import SelfCheckAnswerRow as A


def answers_of(session: Session, service_id: str) -> Mapping[str, Mapping[str, Answered]]:
    """Return the answers of an entry by version of the list and requirement."""
    found: dict[str, dict[str, Answered]] = defaultdict(dict)
    for row in session.execute(select(A.__table__).where(A.service_id == service_id)):
        given = Given(row.requirement_id, Verdict(row.answer), row.proof_url, row.note)
        found[row.list_version][row.requirement_id] = Answered(given, row.answered_at, row.answered_by)
    return found


def replace_answers(session: Session, service_id: str, version: str, answers: Iterable[Answered]) -> None:
    """Replace all answers of an entry to one version of the list; what is left out is unanswered again."""
    session.execute(delete(A).where(A.service_id == service_id, A.list_version == version))
    rows = [
        {
            "service_id": service_id,
            "list_version": version,
            "requirement_id": one.given.requirement_id,
            "answer": str(one.given.verdict),
            "proof_url": one.given.proof_url,
            "note": one.given.note,
            "answered_at": one.answered_at,
            "answered_by": one.answered_by,
        }
        for one in answers
    ]
    if rows:
        session.execute(insert(A), rows)
