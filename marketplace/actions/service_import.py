"""Importing catalogue entries from a file's rows: all of them or none, with a report per row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy.orm import Session

from marketplace.actions import auditing
from marketplace.actions.context import Context
from marketplace.actions.service_changes import Change, write
from marketplace.actions.service_keeping import Signature
from marketplace.actions.service_writing import AT_ONCE, operator_of
from marketplace.domain.access import Actor
from marketplace.domain.lifecycle import EntryStatus
from marketplace.domain.service_rules import read_service
from marketplace.errors import FieldError, InvalidInput
from marketplace.store import head, services
from marketplace.store.known_keys import known_keys

ACCEPTED, UNCHANGED, REJECTED = "accepted", "unchanged", "rejected"
MAX_ROWS = 5000


@dataclass(slots=True)
class ImportedRow:
    """What became of one row of a file; ``row`` counts from 1, ``outcome`` is accepted, unchanged or rejected."""

    row: int
    outcome: str
    id: str | None
    errors: list[FieldError] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of a file. Nothing was written when a row was rejected or on a dry run."""

    rows: Sequence[ImportedRow]
    dry_run: bool

    @property
    def accepted(self) -> int:
        """How many rows add or change an entry."""
        return self._count(ACCEPTED)

    @property
    def unchanged(self) -> int:
        """How many rows say what the entry says already."""
        return self._count(UNCHANGED)

    @property
    def rejected(self) -> int:
        """How many rows break a rule."""
        return self._count(REJECTED)

    @property
    def written(self) -> bool:
        """Whether something was written."""
        return not self.dry_run and not self.rejected and self.accepted > 0

    def _count(self, outcome: str) -> int:
        return sum(row.outcome == outcome for row in self.rows)


def import_services(
    ctx: Context,
    actor: Actor | None,
    rows: Sequence[Mapping[str, Any]],
    *,
    dry_run: bool = False,
    publish: bool = False,
) -> ImportReport:
    """Add or replace many entries, all or none; rows may point to one another in any order.

    A row that carries a ``version`` is rejected when the stored entry has another one and says something else.
    ``publish`` takes entries that are still on their way to the public there.

    Raises:
        Unauthenticated, Forbidden: the actor is no operator: others write revisions, which are reviewed.
        InvalidInput: more than 5,000 rows.
        VersionMismatch: somebody wrote one of the entries while the file was read.
    """
    writer = operator_of(actor)
    if len(rows) > MAX_ROWS:
        raise InvalidInput.one("rows", "length", f"a file holds at most {MAX_ROWS} services, not {len(rows)}")
    if dry_run:
        with ctx.database.reading() as session:
            return ImportReport(_judge(session, rows, publish=publish)[0], dry_run=True)
    with ctx.database.writing() as session:
        held = head.lock(session)
        outcomes, changes = _judge(session, rows, publish=publish)
        report = ImportReport(outcomes, dry_run=False)
        if report.written:
            write(session, changes, ctx.clock(), held, Signature.of(writer, AT_ONCE))
            auditing.record(
                session, writer, ctx.clock(), "services.imported", ("batch", "services"), accepted=report.accepted,
                services=auditing.few({change.wanted.id for change in changes}), published=publish,
            )  # fmt: skip
        return report


def _judge(
    session: Session, rows: Sequence[Mapping[str, Any]], *, publish: bool
) -> tuple[list[ImportedRow], list[Change]]:
    stored = services.load(session, [one for row in rows if isinstance(one := row.get("id"), str)])
    outcomes: list[ImportedRow] = []
    judged: list[tuple[ImportedRow, Change]] = []
    seen: set[str] = set()
    for number, row in enumerate(rows, start=1):
        service_id = row.get("id")
        outcome = ImportedRow(number, ACCEPTED, service_id if isinstance(service_id, str) else None)
        outcomes.append(outcome)
        if outcome.id is None:
            outcome.errors.append(FieldError("id", "required", "is missing"))
            continue
        current = stored.get(outcome.id)
        try:
            wanted = read_service(outcome.id, row, current.status if current else EntryStatus.DRAFT)
        except InvalidInput as error:
            outcome.errors += error.errors
            continue
        if publish and wanted.status in (EntryStatus.DRAFT, EntryStatus.IN_REVIEW):
            wanted = replace(wanted, status=EntryStatus.PUBLISHED)
        change = Change(wanted, current)
        outcome.errors += _version_error(row, change)
        if wanted.id in seen:
            outcome.errors.append(FieldError("id", "unique", f"{wanted.id} stands in the file twice"))
        seen.add(wanted.id)
        judged.append((outcome, change))
    known = known_keys(session, [change.wanted for _, change in judged])
    for outcome, change in judged:
        outcome.errors += change.rules_broken(known)
    for outcome in outcomes:
        outcome.outcome = REJECTED if outcome.errors else ACCEPTED
    for outcome, change in judged:
        if outcome.outcome == ACCEPTED and change.says_the_same:
            outcome.outcome = UNCHANGED
    return outcomes, [change for outcome, change in judged if outcome.outcome == ACCEPTED]


def _version_error(row: Mapping[str, Any], change: Change) -> list[FieldError]:
    current = change.current
    if current is None or row.get("version") in (None, current.version) or change.says_the_same:
        return []
    message = f"the entry is at version {current.version}, the row was made from another one"
    return [FieldError("version", "version", message)]
