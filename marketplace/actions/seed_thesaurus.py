"""The shipped rows of the thesaurus: what editors changed or deleted since is left to them."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from marketplace.actions.thesaurus import ANALYSIS, unknown_theme_field
from marketplace.domain.thesaurus_rules import Row, read_row, row_as_dict
from marketplace.errors import FieldError, InvalidInput
from marketplace.search.state import THESAURUS
from marketplace.store import outbox, seed_state, thesaurus

AUTHOR = "seed"
PREFIX = "thesaurus/"


def load_thesaurus(
    session: Session, rows: Sequence[Mapping[str, Any]], now: datetime
) -> tuple[int, list[str]]:
    """Write the seed's rows in the caller's transaction; return how many were written, and which were left alone.

    A row is replaced, or taken out when the seed has it no more, only where it still says what the seed said before.

    Raises:
        InvalidInput: a row breaks a rule, by its number (from 1).
    """
    version = thesaurus.lock(session)
    wanted = _read(session, rows)
    stored = {one.row.key: one for one in thesaurus.rows(session)}
    known = {name: one for name, one in seed_state.digests(session).items() if name.startswith(PREFIX)}
    new: list[Row] = []
    changed: list[Row] = []
    left: list[str] = []
    for row in wanted:
        before, current = known.get(name_of(row.key)), stored.get(row.key)
        if current is None and before is None:
            new.append(row)
        elif current is not None and before == digest_of(current.row):
            if current.row != row:
                changed.append(row)
        elif before != digest_of(row) and (current is None or current.row != row):
            left.append(f"{PREFIX}{row.left}")
    names = {name_of(row.key) for row in wanted}
    gone = [
        one
        for one in stored.values()
        if name_of(one.row.key) not in names and known.get(name_of(one.row.key)) == digest_of(one.row)
    ]
    thesaurus.remove(session, [one.id for one in gone])
    thesaurus.add(session, new, version, AUTHOR, now)
    for row in changed:
        thesaurus.replace(session, stored[row.key].id, row, version, AUTHOR, now)
    seed_state.forget(session, [name for name in known if name not in names])
    seed_state.remember(session, {name_of(row.key): digest_of(row) for row in (*new, *changed)}, now)
    if new or changed or gone:
        outbox.announce(session, THESAURUS, now)
    return len(new) + len(changed) + len(gone), left


def name_of(key: str) -> str:
    """Return under which name the seed remembers a row."""
    return PREFIX + hashlib.blake2b(key.encode(), digest_size=16).hexdigest()


def digest_of(row: Row) -> str:
    """Digest what a row says."""
    return hashlib.sha256(json.dumps(row_as_dict(row), sort_keys=True).encode()).hexdigest()


def _read(session: Session, rows: Sequence[Mapping[str, Any]]) -> list[Row]:
    theme_fields = thesaurus.theme_fields(session)
    errors: list[FieldError] = []
    found: dict[str, Row] = {}
    for number, fields in enumerate(rows, start=1):
        try:
            row = read_row(fields, ANALYSIS)
        except InvalidInput as error:
            errors += [replace(one, field=f"{number}.{one.field}") for one in error.errors]
            continue
        errors += [
            replace(one, field=f"{number}.{one.field}") for one in unknown_theme_field(row, theme_fields)
        ]
        if row.key in found:
            errors.append(FieldError(f"{number}.left", "unique", f"says the same as {found[row.key].left}"))
        found.setdefault(row.key, row)
    if errors:
        raise InvalidInput(errors)
    return list(found.values())
