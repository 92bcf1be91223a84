"""Authorities without a regional key (Bezirksamt, Jobcenter, Zweckverband): bringing them in.

An authority's kind and region never change, because every figure that ever counted it would; one that moved gets a
key of its own, and the sets that name it say from when. Its name may change. Where its region ended, it lies in the
region that this went into, without a word from anybody.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from marketplace.actions import auditing
from marketplace.actions.context import Context
from marketplace.actions.rights import acting
from marketplace.actions.service_import import ACCEPTED, REJECTED, UNCHANGED, ImportedRow, ImportReport
from marketplace.domain.access import Action, Actor
from marketplace.domain.authority import NamedAuthority
from marketplace.domain.authority_fields import AUTHORITY_FIELDS, AuthorityDraft, read_authority
from marketplace.domain.authority_key import regions_meant, unpadded
from marketplace.domain.regions import RegionKind, Territory
from marketplace.errors import FieldError, InvalidInput
from marketplace.exchange.named_rows import read_rows
from marketplace.store import authorities, head, regions
from marketplace.store.authorities import NewAuthority
from marketplace.store.territory import territory_at

MAX_ROWS = 20_000
_MOST_KEYS = 5_000


def import_file(ctx: Context, actor: Actor | None, data: bytes, *, dry_run: bool = False) -> ImportReport:
    """Read CSV, XLSX or JSON Lines with ``key``, ``name``, ``kind`` and ``region``, and import the rows.

    Raises:
        InvalidInput: the file cannot be read, by line; or too many rows.
        Unauthenticated, Forbidden: the actor may not write authorities.
    """
    return import_authorities(ctx, actor, read_rows(data, AUTHORITY_FIELDS, MAX_ROWS), dry_run=dry_run)


def import_authorities(
    ctx: Context, actor: Actor | None, rows: Sequence[Mapping[str, Any]], *, dry_run: bool = False
) -> ImportReport:
    """Add authorities or rename them, all or none; what stands already is unchanged.

    Raises:
        Unauthenticated, Forbidden: the actor may not write authorities.
        InvalidInput: more than 20,000 rows.
    """
    writer = acting(actor, Action.WRITE_AUTHORITY)
    if len(rows) > MAX_ROWS:
        raise InvalidInput.one(
            "rows", "length", f"a file holds at most {MAX_ROWS} authorities, not {len(rows)}"
        )
    if dry_run:
        with ctx.database.reading() as session:
            return ImportReport(_judge(ctx, session, rows)[0], dry_run=True)
    with ctx.database.writing() as session:
        held = head.lock(session)
        outcomes, new, renamed = _judge(ctx, session, rows)
        report = ImportReport(outcomes, dry_run=False)
        if report.written:
            head.advance(session, held, ctx.clock())
            authorities.insert_named(session, new)
            authorities.rename(session, renamed)
            auditing.record(
                session, writer, ctx.clock(), "authorities.imported", ("batch", "authorities"), added=len(new),
                renamed=len(renamed), authorities=auditing.few([*(one.key for one in new), *renamed]),
            )  # fmt: skip
        return report


def _judge(
    ctx: Context, session: Session, rows: Sequence[Mapping[str, Any]]
) -> tuple[list[ImportedRow], list[NewAuthority], dict[str, str]]:
    """Judge each row; return what becomes of them, whom to add, and the new names by key."""
    known = head.known_now(session, ctx.clock())
    land = territory_at(session, ctx.today(), known)
    stored = {one.key: one for one in authorities.named_authorities(session, land)}
    drafts = [_read(row) for row in rows]
    on_record = _on_record(session, [one for one in drafts if isinstance(one, AuthorityDraft)], known)
    outcomes: list[ImportedRow] = []
    new: dict[str, NewAuthority] = {}
    renamed: dict[str, str] = {}
    seen: set[str] = set()
    for number, (row, draft) in enumerate(zip(rows, drafts, strict=True), start=1):
        key = row.get("key")
        outcome = ImportedRow(number, REJECTED, key if isinstance(key, str) else None)
        outcomes.append(outcome)
        if isinstance(draft, InvalidInput):
            outcome.errors += draft.errors
            continue
        before = stored.get(draft.key)
        try:
            placed = _place(draft, land) if before is None else None
            if before is not None:
                _require_same(draft, before, land, on_record)
        except InvalidInput as error:
            outcome.errors += error.errors
            continue
        if draft.key in seen:
            outcome.errors.append(FieldError("key", "unique", f"{draft.key} stands in the file twice"))
            continue
        seen.add(draft.key)
        outcome.outcome = UNCHANGED if before is not None and before.name == draft.name else ACCEPTED
        if placed is not None:
            new[draft.key] = placed
        elif before is not None and before.name != draft.name:
            renamed[draft.key] = draft.name
    return outcomes, list(new.values()), renamed


def _read(row: Mapping[str, Any]) -> AuthorityDraft | InvalidInput:
    try:
        return read_authority(row)
    except InvalidInput as error:
        return error


def _on_record(session: Session, drafts: Sequence[AuthorityDraft], known: datetime) -> set[tuple[str, str]]:
    """Return which authorities, by their keys, are on record in what had the key that is written, whatever became of it."""
    placed_in = authorities.region_ids(session)
    written = {one.region: {one.region, *unpadded(one.region)} for one in drafts if one.key in placed_in}
    wanted = sorted({key for keys in written.values() for key in keys})
    had: defaultdict[str, set[int]] = defaultdict(set)
    for start in range(0, len(wanted), _MOST_KEYS):
        for version in regions.last_versions_by_key(session, wanted[start : start + _MOST_KEYS], known):
            for key in {version.key, version.ags} - {None}:
                had[str(key)].add(version.region_id)
    return {
        (one.key, one.region) for one in drafts
        if any(placed_in.get(one.key) in had[key] for key in written.get(one.region, ()))
    }  # fmt: skip


def _place(draft: AuthorityDraft, land: Territory) -> NewAuthority:
    meant = regions_meant(draft.region, land)
    if not meant:
        raise InvalidInput.one("region", "unknown", f"no region has the key {draft.region!r} today")
    region = meant[0]
    if region.kind is RegionKind.FEDERATION:
        raise InvalidInput.one("region", "choice", "must be a state or a region in one")
    return NewAuthority(region.region_id, region.key, draft.key, draft.name, draft.kind)


def _require_same(
    draft: AuthorityDraft, stored: NamedAuthority, land: Territory, on_record: Collection[tuple[str, str]]
) -> None:
    """Refuse another kind or region than the authority has; its region may have another key now, or have ended."""
    errors = []
    if stored.kind != draft.kind:
        errors.append(FieldError("kind", "fixed", f"{draft.key} is on record as {stored.kind}"))
    meant = regions_meant(draft.region, land)
    is_there = bool(meant) and meant[0].key == stored.region_key
    if not is_there and (draft.key, draft.region) not in on_record:
        moved = f"{draft.key} is on record in {stored.region_key}: an authority that moved gets another key"
        errors.append(FieldError("region", "fixed", moved))
    if errors:
        raise InvalidInput(errors)
