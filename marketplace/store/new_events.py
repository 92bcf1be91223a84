"""Events of a service that were appended together, as far as those who follow are told of them."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.adoption import AssertedBy, Proof, Scope, Status, is_claim
from marketplace.store.tables import AdoptionEventRow as E


@dataclass(frozen=True, slots=True)
class NewEvent:
    """A line of the ledger: who it is about, what it says, what it answers, whose organisation recorded it."""

    id: int
    authority_id: int
    authority_key: str
    status: Status
    scope: Scope
    effective_on: date
    asserted_by: AssertedBy
    proof: Proof
    answers: int | None
    organisation_id: str | None

    @property
    def is_claim(self) -> bool:
        """Whether it is only a provider's word."""
        return is_claim(self.asserted_by, self.proof)


_READ = tuple(getattr(E, name) for name in NewEvent.__dataclass_fields__)


def of_service(session: Session, service_id: str, first: int, last: int) -> list[NewEvent]:
    """Return a service's events from one id to another, in order."""
    query = select(*_READ).where(E.service_id == service_id, E.id.between(first, last)).order_by(E.id)
    return [
        NewEvent(
            row.id, row.authority_id, row.authority_key, Status(row.status), Scope(row.scope), row.effective_on,
            AssertedBy(row.asserted_by), Proof(row.proof), row.answers, row.organisation_id,
        )
        for row in session.execute(query)
    ]  # fmt: skip
