"""Rows of the thesaurus from a file and into one: all rows of a file or none, with a report per row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from marketplace.actions import auditing
from marketplace.actions.context import Context
from marketplace.actions.rights import acting
from marketplace.actions.service_import import ACCEPTED, REJECTED, UNCHANGED, ImportedRow, ImportReport
from marketplace.actions.tables import Table
from marketplace.actions.thesaurus import ANALYSIS, author_of, find_rows, unknown_theme_field
from marketplace.domain.access import Action, Actor
from marketplace.domain.thesaurus_rules import Row, StoredRow, read_row
from marketplace.errors import FieldError, InvalidInput
from marketplace.exchange.thesaurus_rows import MAX_ROWS, read_thesaurus, thesaurus_table
from marketplace.search.state import THESAURUS
from marketplace.store import outbox, thesaurus


@dataclass(frozen=True, slots=True)
class _Change:
    """A row to write, and the one with the same words on its left that it replaces, if there is one."""

    wanted: Row
    stored: StoredRow | None


def import_file(ctx: Context, actor: Actor | None, data: bytes, *, dry_run: bool = False) -> ImportReport:
    """Read a file (CSV, XLSX or JSON Lines) and import its rows, as ``import_rows`` does.

    Raises:
        InvalidInput: the file cannot be read, by line; or too many rows.
        Unauthenticated, Forbidden: the actor may not edit the thesaurus.
    """
    acting(actor, Action.EDIT_THESAURUS)
    return import_rows(ctx, actor, read_thesaurus(data), dry_run=dry_run)


def import_rows(
    ctx: Context, actor: Actor | None, rows: Sequence[Mapping[str, Any]], *, dry_run: bool = False
) -> ImportReport:
    """Add rows, and replace those with the same words on their left, all or none. Rows that are not named stay.

    Raises:
        Unauthenticated, Forbidden: the actor may not edit the thesaurus.
        InvalidInput: more than 10,000 rows.
    """
    editor = acting(actor, Action.EDIT_THESAURUS)
    if len(rows) > MAX_ROWS:
        raise InvalidInput.one("rows", "length", f"a file holds at most {MAX_ROWS} rows, not {len(rows)}")
    if dry_run:
        with ctx.database.reading() as session:
            return ImportReport(_judge(session, rows)[0], dry_run=True)
    now = ctx.clock()
    with ctx.database.writing() as session:
        version = thesaurus.lock(session)
        outcomes, changes = _judge(session, rows)
        report = ImportReport(outcomes, dry_run=False)
        if report.written:
            new = [change.wanted for change in changes if change.stored is None]
            thesaurus.add(session, new, version, author_of(editor), now)
            for change in changes:
                if change.stored is not None:
                    thesaurus.replace(
                        session, change.stored.id, change.wanted, version, author_of(editor), now
                    )
            outbox.announce(session, THESAURUS, now)
            auditing.record(
                session, editor, now, "thesaurus.imported", ("batch", "thesaurus"), added=len(new),
                changed=len(changes) - len(new),
            )  # fmt: skip
        return report


def table_of(rows: Sequence[StoredRow]) -> Table:
    """Make the table of rows, as ``import_file`` reads it."""
    return thesaurus_table(one.row for one in rows)


def export_table(ctx: Context, *, q: str | None = None, theme_field: str | None = None) -> Table:
    """Make the table of all rows that ``find_rows`` finds.

    Raises:
        InvalidInput: ``q`` is longer than 200 characters.
    """
    return table_of(find_rows(ctx, q=q, theme_field=theme_field))


def _judge(session: Session, rows: Sequence[Mapping[str, Any]]) -> tuple[list[ImportedRow], list[_Change]]:
    """Judge each row; return what becomes of them, and what to write."""
    stored = {one.row.key: one for one in thesaurus.rows(session)}
    theme_fields = thesaurus.theme_fields(session)
    outcomes: list[ImportedRow] = []
    changes: list[_Change] = []
    seen: dict[str, int] = {}
    for number, fields in enumerate(rows, start=1):
        left = fields.get("left")
        outcome = ImportedRow(number, REJECTED, left if isinstance(left, str) else None)
        outcomes.append(outcome)
        try:
            wanted = read_row(fields, ANALYSIS)
        except InvalidInput as error:
            outcome.errors += error.errors
            continue
        outcome.errors += unknown_theme_field(wanted, theme_fields)
        if wanted.key in seen:
            outcome.errors.append(FieldError("left", "unique", f"says the same as row {seen[wanted.key]}"))
        seen.setdefault(wanted.key, number)
        if outcome.errors:
            continue
        current = stored.get(wanted.key)
        if current is not None and current.row == wanted:
            outcome.outcome = UNCHANGED
        else:
            outcome.outcome = ACCEPTED
            changes.append(_Change(wanted, current))
    return outcomes, changes
