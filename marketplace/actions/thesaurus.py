"""The thesaurus as editors keep it: reading, adding, changing, deleting a row.

What is written takes effect with the next query of every process, without indexing anything anew.
"""

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from marketplace.actions import auditing
from marketplace.actions.context import Context
from marketplace.actions.paging import Page, PageRequest
from marketplace.actions.rights import acting
from marketplace.actions.service_writing import ANY_VERSION
from marketplace.domain.access import Action, Actor
from marketplace.domain.folding import fold
from marketplace.domain.thesaurus_rules import Analysis, Direction, Row, StoredRow, read_row
from marketplace.errors import Conflict, FieldError, InvalidInput, NotFound, VersionMismatch, VersionRequired
from marketplace.search.german import words
from marketplace.search.state import THESAURUS
from marketplace.search.thesaurus import left_key
from marketplace.store import outbox, thesaurus

__all__ = [
    "ANALYSIS",
    "Direction",
    "Row",
    "StoredRow",
    "add_row",
    "change_row",
    "delete_row",
    "find_rows",
    "get_row",
    "list_rows",
]

MAX_QUERY = 200
ANALYSIS = Analysis(count=lambda text: sum(1 for _ in words(text)), key=left_key)
_ID = re.compile(r"[1-9][0-9]{0,8}")


def list_rows(
    ctx: Context,
    page: PageRequest,
    *,
    q: str | None = None,
    theme_field: str | None = None,
    author: str | None = None,
) -> Page[StoredRow]:
    """Return one page of the rows that ``find_rows`` finds, by their left.

    Raises:
        InvalidInput: ``q`` is longer than 200 characters.
    """
    found = find_rows(ctx, q=q, theme_field=theme_field, author=author)
    return Page(found[page.offset : page.offset + page.page_size], len(found), page.page, page.page_size)


def find_rows(
    ctx: Context, *, q: str | None = None, theme_field: str | None = None, author: str | None = None
) -> list[StoredRow]:
    """Return all rows by their left; ``q`` is a part of a wording on either side.

    Raises:
        InvalidInput: ``q`` is longer than 200 characters.
    """
    if q is not None and len(q) > MAX_QUERY:
        raise InvalidInput.one("q", "length", f"must have at most {MAX_QUERY} characters")
    with ctx.database.reading() as session:
        found = thesaurus.rows(session, theme_field, author)
    if part := fold(q or ""):
        found = [one for one in found if any(part in fold(text) for text in (one.row.left, *one.row.right))]
    return sorted(found, key=lambda one: (fold(one.row.left), one.row.left, one.id))


def get_row(ctx: Context, row_id: str) -> StoredRow:
    """Return a row.

    Raises:
        NotFound: there is none.
    """
    with ctx.database.reading() as session:
        return _existing(session, row_id)


def add_row(ctx: Context, actor: Actor | None, fields: Mapping[str, Any]) -> StoredRow:
    """Add a row.

    Raises:
        Unauthenticated, Forbidden: the actor may not edit the thesaurus.
        InvalidInput: naming field and rule.
        Conflict: another row has the same words on its left.
    """
    editor = acting(actor, Action.EDIT_THESAURUS)
    wanted = read_row(fields, ANALYSIS)
    now = ctx.clock()
    with ctx.database.writing() as session:
        version = thesaurus.lock(session)
        _check(session, wanted, None)
        thesaurus.add(session, [wanted], version, author_of(editor), now)
        stored = _written(session, wanted.key, now)
        auditing.record(session, editor, now, "thesaurus.added", ("thesaurus_row", str(stored.id)))
        return stored


def change_row(
    ctx: Context, actor: Actor | None, row_id: str, fields: Mapping[str, Any], expected_version: int | None
) -> StoredRow:
    """Replace what a row says; saying what it says already writes nothing.

    Raises:
        Unauthenticated, Forbidden: the actor may not edit the thesaurus.
        InvalidInput: naming field and rule.
        NotFound: there is no such row.
        Conflict: another row has the same words on its left.
        VersionRequired, VersionMismatch: the version is missing; or the stored one is another.
    """
    editor = acting(actor, Action.EDIT_THESAURUS)
    wanted = read_row(fields, ANALYSIS)
    now = ctx.clock()
    with ctx.database.writing() as session:
        version = thesaurus.lock(session)
        stored = _existing(session, row_id)
        _check_version(stored, expected_version)
        _check(session, wanted, stored)
        if wanted == stored.row:
            return stored
        thesaurus.replace(session, stored.id, wanted, version, author_of(editor), now)
        auditing.record(session, editor, now, "thesaurus.changed", ("thesaurus_row", row_id))
        return _written(session, wanted.key, now)


def delete_row(ctx: Context, actor: Actor | None, row_id: str, expected_version: int | None) -> None:
    """Delete a row.

    Raises:
        Unauthenticated, Forbidden: the actor may not edit the thesaurus.
        NotFound: there is no such row.
        VersionRequired, VersionMismatch: the version is missing; or the stored one is another.
    """
    editor, now = acting(actor, Action.EDIT_THESAURUS), ctx.clock()
    with ctx.database.writing() as session:
        thesaurus.lock(session)
        stored = _existing(session, row_id)
        _check_version(stored, expected_version)
        thesaurus.remove(session, [stored.id])
        outbox.announce(session, THESAURUS, now)
        auditing.record(session, editor, now, "thesaurus.deleted", ("thesaurus_row", row_id))


def author_of(actor: Actor) -> str:
    """Return under what somebody's rows stand: the organisation, because everybody reads it, and nobody's name."""
    return actor.organisation_id


def unknown_theme_field(wanted: Row, theme_fields: Collection[str]) -> list[FieldError]:
    """Return that the theme field of a row is none of those that there are, if so."""
    if wanted.theme_field is None or wanted.theme_field in theme_fields:
        return []
    return [FieldError("theme_field", "reference", f"{wanted.theme_field} does not exist")]


def _existing(session: Session, row_id: str) -> StoredRow:
    found = thesaurus.row(session, int(row_id)) if _ID.fullmatch(row_id) else None
    if found is None:
        raise NotFound("thesaurus row", row_id)
    return found


def _check(session: Session, wanted: Row, stored: StoredRow | None) -> None:
    if errors := unknown_theme_field(wanted, thesaurus.theme_fields(session)):
        raise InvalidInput(errors)
    other = thesaurus.row_of_key(session, wanted.key)
    if other is not None and (stored is None or other.id != stored.id):
        raise Conflict(f"row {other.id} ({other.row.left}) has the same words on its left: change that one")


def _check_version(stored: StoredRow, expected: int | None) -> None:
    if expected is None:
        raise VersionRequired(f"name the version of row {stored.id} that the change was made from")
    if expected not in (ANY_VERSION, stored.version):
        raise VersionMismatch(f"row {stored.id} is at version {stored.version}, not {expected}")


def _written(session: Session, key: str, now: datetime) -> StoredRow:
    outbox.announce(session, THESAURUS, now)
    found = thesaurus.row_of_key(session, key)
    if found is None:
        raise LookupError(f"the row of {key!r} was written in this transaction and is not there")
    return found
