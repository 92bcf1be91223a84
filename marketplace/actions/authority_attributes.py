"""IT providers and specialist systems of authorities, by import: what figures and rollouts are grouped by.

What a file says of an authority under one name and source is all that this source says: values that it no longer
names are taken back, and a row without a value takes back the last one.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy.orm import Session

from marketplace.actions import auditing
from marketplace.actions.context import Context
from marketplace.actions.former_keys import FormerKeys
from marketplace.actions.rights import acting
from marketplace.actions.service_import import ACCEPTED, REJECTED, UNCHANGED, ImportedRow, ImportReport
from marketplace.domain.access import Action, Actor
from marketplace.domain.authority_fields import ATTRIBUTE_FIELDS, AttributeDraft, read_attribute
from marketplace.domain.authority_key import regions_meant, same_body
from marketplace.errors import FieldError, InvalidInput
from marketplace.exchange.named_rows import read_rows
from marketplace.store import authorities, authority_attributes, head
from marketplace.store.authority_attributes import Attribute, NewAttribute
from marketplace.store.territory import territory_at

MAX_ROWS = 100_000
_Said = tuple[int, str, str]
"""Who says what about whom: an authority's identity, the attribute's name, the source."""


def import_file(ctx: Context, actor: Actor | None, data: bytes, *, dry_run: bool = False) -> ImportReport:
    """Read CSV, XLSX or JSON Lines with ``authority_key``, ``name``, ``value`` and ``source``, and import the rows.

    Raises:
        InvalidInput: the file cannot be read, by line; or too many rows.
        Unauthenticated, Forbidden: the actor may not write authorities.
    """
    return import_attributes(ctx, actor, read_rows(data, ATTRIBUTE_FIELDS, MAX_ROWS), dry_run=dry_run)


def import_attributes(
    ctx: Context, actor: Actor | None, rows: Sequence[Mapping[str, Any]], *, dry_run: bool = False
) -> ImportReport:
    """Take in what sources say of authorities, all rows or none; the same file a second time changes nothing.

    A body that has several keys (a kreisfreie Stadt is a district, too) gets the value under each of them.

    Raises:
        Unauthenticated, Forbidden: the actor may not write authorities.
        InvalidInput: more than 100,000 rows.
    """
    writer = acting(actor, Action.WRITE_AUTHORITY)
    if len(rows) > MAX_ROWS:
        raise InvalidInput.one(
            "rows", "length", f"a file holds at most {MAX_ROWS} attributes, not {len(rows)}"
        )
    if dry_run:
        with ctx.database.reading() as session:
            return ImportReport(_judge(ctx, session, rows)[0], dry_run=True)
    with ctx.database.writing() as session:
        held = head.lock(session)
        outcomes, new, outdated = _judge(ctx, session, rows)
        report = ImportReport(outcomes, dry_run=False)
        if report.written:
            authority_attributes.write(session, new, outdated, head.advance(session, held, ctx.clock()))
            auditing.record(
                session, writer, ctx.clock(), "authority_attributes.imported", ("batch", "authority-attributes"),
                added=len(new), taken_back=len(outdated),
            )  # fmt: skip
        return report


@dataclass(slots=True)
class _Placed:
    """A row whose fields hold, with the identities of the body that it is about."""

    outcome: ImportedRow
    draft: AttributeDraft
    authority_ids: tuple[int, ...]
    says: list[_Said] = field(default_factory=list)


def _judge(
    ctx: Context, session: Session, rows: Sequence[Mapping[str, Any]]
) -> tuple[list[ImportedRow], list[NewAttribute], list[int]]:
    """Judge each row; return what becomes of them, the values to add, and the rows of those to take back."""
    bodies = _Bodies(ctx, session, [row.get("authority_key") for row in rows])
    outcomes: list[ImportedRow] = []
    placed: list[_Placed] = []
    seen: set[tuple[int, str, str | None]] = set()
    for number, row in enumerate(rows, start=1):
        key = row.get("authority_key")
        outcome = ImportedRow(number, REJECTED, key if isinstance(key, str) else None)
        outcomes.append(outcome)
        try:
            draft = read_attribute(row)
            ids = bodies.identities(draft.authority_key)
        except InvalidInput as error:
            outcome.errors += error.errors
            continue
        said = {(authority_id, str(draft.name), draft.value) for authority_id in ids}
        if said & seen:
            twice = f"{draft.name} of {draft.authority_key} stands in the file twice with this value"
            outcome.errors.append(FieldError("value", "unique", twice))
            continue
        seen |= said
        placed.append(_Placed(outcome, draft, ids, [(i, str(draft.name), draft.source) for i in ids]))
    return outcomes, *_differences(session, placed)


def _differences(session: Session, placed: Sequence[_Placed]) -> tuple[list[NewAttribute], list[int]]:
    """Compare what the file says with what is on record, and give the rows their outcomes."""
    wanted: dict[_Said, set[str]] = defaultdict(set)
    for row in placed:
        for said in row.says:
            wanted[said] |= {row.draft.value} if row.draft.value is not None else set()
    stored: dict[_Said, dict[str, Attribute]] = defaultdict(dict)
    for one in authority_attributes.of_authorities(session, {said[0] for said in wanted}):
        stored[one.authority_id, one.name, one.source][one.value] = one
    new = [
        NewAttribute(authority_id, name, value, source)
        for (authority_id, name, source), values in wanted.items()
        for value in sorted(values - stored[authority_id, name, source].keys())
    ]
    outdated = [
        one.id for said, values in wanted.items() for v, one in stored[said].items() if v not in values
    ]
    losing = {said for said, values in wanted.items() if stored[said].keys() - values}
    for row in placed:
        is_new = any(row.draft.value not in stored[said] for said in row.says) and row.draft.value is not None
        row.outcome.outcome = ACCEPTED if is_new or losing & set(row.says) else UNCHANGED
    return new, outdated


class _Bodies:
    """Which identities in the ledger the keys of a file mean today."""

    def __init__(self, ctx: Context, session: Session, keys: Sequence[object]) -> None:
        self._session, self._keys = session, keys
        self._known = head.known_now(session, ctx.clock())
        self._land = territory_at(session, ctx.today(), self._known)
        self._named = {one.key: one.id for one in authorities.named_authorities(session, self._land)}

    def identities(self, key: str) -> tuple[int, ...]:
        """Return the identities of the body that a key means, or meant on another day."""
        key = key.replace(" ", "")
        if key in self._named:
            return (self._named[key],)
        meant = regions_meant(key, self._land) or self._former.meant("authority_key", key, self._land)
        if not meant:
            raise InvalidInput.one("authority_key", "unknown", f"no authority has the key {key!r} today")
        name = meant[0].name
        meant = [region for region in meant if region.authority_id is not None]
        if not meant or not meant[0].has_administration:
            raise InvalidInput.one(
                "authority_key", "no_authority", f"{name} is an area without an administration"
            )
        body = [meant[0], *same_body(meant[0], self._land)]
        return tuple(int(r.authority_id) for r in body if r.authority_id is not None and r.has_administration)

    @cached_property
    def _former(self) -> FormerKeys:
        """Who ever had the keys of the file, read when one of them means nobody today."""
        return FormerKeys(self._session, [key for key in self._keys if isinstance(key, str)], self._known)
