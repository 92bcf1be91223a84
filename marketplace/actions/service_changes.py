"""One change of a catalogue entry, judged and written: the one way by which an entry changes, whoever asked for it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.actions import changing, projection, service_keeping
from marketplace.actions.service_keeping import UNSIGNED, Signature
from marketplace.domain.lifecycle import EntryStatus
from marketplace.domain.revision import was_published
from marketplace.domain.service import Service, ServiceFacts
from marketplace.domain.service_references import KnownKeys, check_references
from marketplace.domain.service_rules import check_status, missing_to_publish
from marketplace.errors import FieldError
from marketplace.store import head, outbox, service_writes


@dataclass(frozen=True, slots=True)
class Change:
    """An entry as it is wanted, and as it stands (None: not yet)."""

    wanted: Service
    current: Service | None

    @property
    def says_the_same(self) -> bool:
        """Whether nothing would change."""
        current = self.current
        return current is not None and self.wanted == replace(
            current,
            version=self.wanted.version,
            created_at=self.wanted.created_at,
            updated_at=self.wanted.updated_at,
        )

    @property
    def touches_facts(self) -> bool:
        """Whether figures depend on what changes: then it is recorded under the ledger lock."""
        return self.current is None or ServiceFacts.of(self.wanted) != ServiceFacts.of(self.current)

    @property
    def touches_relations(self) -> bool:
        """Whether it may make a circle together with another change at the same time: then one waits for the other."""
        return self.touches_facts or (
            self.current is not None and self.wanted.requires != self.current.requires
        )

    def rules_broken(self, known: KnownKeys) -> list[FieldError]:
        """Return what is wrong with the references, the step of the lifecycle, and what lacks for publication."""
        status = self.current.status if self.current else None
        errors = check_references(self.wanted, known) + check_status(status, self.wanted.status)
        if self.wanted.status is EntryStatus.PUBLISHED:
            errors += missing_to_publish(self.wanted)
        return errors


def write(
    session: Session,
    changes: Sequence[Change],
    now: datetime,
    held: head.Head | None,
    by: Signature = UNSIGNED,
    *,
    revised: bool = False,
) -> list[Service]:
    """Write judged changes with their facts and the debt to the search engines; return the entries as they stand.

    What becomes public is kept as a version, signed ``by`` whoever wrote and approved it, and those who follow it are owed
    a message. It is public from an instant of the ledger's clock, so that figures over many entries, pinned to an
    instant, never change. What is in work on the entries follows where it can, unless it is itself what is written
    (``revised``). ``held`` is the ledger's head, needed for whatever is public and where a change touches facts.

    Raises:
        VersionMismatch: somebody wrote one of the entries in between.
    """
    written = [
        replace(
            change.wanted,
            version=change.current.version + 1 if change.current else 1,
            created_at=change.current.created_at if change.current else now,
            updated_at=now,
        )
        for change in changes
    ]
    service_writes.write_services(session, written)
    facts = [service for service, change in zip(written, changes, strict=True) if change.touches_facts]
    recorded_at = now
    if facts or any(was_published(service) for service in written):
        locked = held or head.lock(session)
        recorded_at = head.advance(session, locked, now, is_structure=bool(facts))
        if facts:
            _record_facts(session, facts, projection.moment(locked, recorded_at))
    kept = [(change.current, service) for change, service in zip(changes, written, strict=True)]
    service_keeping.keep_versions(session, kept, recorded_at, by)
    service_keeping.keep_withdrawals(session, kept, now, by)
    if not revised:
        service_keeping.follow(session, kept, now, by)
    changing.record_services(session, by.done_by, now, kept)
    outbox.enqueue(session, "services", [(service.id, service.version) for service in written], now)
    return written


def _record_facts(session: Session, facts: Sequence[Service], at: projection.Moment) -> None:
    for service in facts:
        service_writes.record_facts(session, service, at.recorded_at)
    projection.follow_structure(session, at, [one.id for one in facts])
