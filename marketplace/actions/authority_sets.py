"""Authority sets, the denominators: reading, writing, importing."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from marketplace.actions import auditing, projection
from marketplace.actions.context import Context
from marketplace.actions.eligible import members_of
from marketplace.actions.rights import acting
from marketplace.actions.service_import import ACCEPTED, REJECTED, UNCHANGED, ImportedRow, ImportReport
from marketplace.actions.service_writing import ANY_VERSION
from marketplace.domain.access import Action, Actor
from marketplace.domain.authority import Authority, SetDefinition
from marketplace.domain.authority_rules import read_definition, unknown_keys
from marketplace.domain.regions import RegionKind, kind_of_key
from marketplace.domain.set_versions import with_definition
from marketplace.errors import FieldError, InvalidInput, NotFound, VersionMismatch, VersionRequired
from marketplace.store import authorities, authority_sets, head, regions, structure
from marketplace.store.authority_sets import StoredSet
from marketplace.store.territory import territory_at

__all__ = ["SetDetail", "StoredSet", "get_set", "import_sets", "list_sets", "put_set"]

MAX_ROWS = 1000


@dataclass(frozen=True, slots=True)
class SetDetail:
    """An authority set on a day: its definition, the version of the set (its ETag), how many members it has.

    ``counts_by_state`` counts them by state key; ``members`` are listed by key where a day was asked for, else empty.
    ``territory_on`` is the day of the register that was counted in, None where there is none.
    """

    definition: SetDefinition
    version: int
    member_count: int
    counts_by_state: Mapping[str, int]
    members: Sequence[Authority]
    territory_on: date | None


def list_sets(ctx: Context) -> list[StoredSet]:
    """Return all sets as they stand today, ordered by id."""
    with ctx.database.reading() as session:
        return authority_sets.definitions_at(session, ctx.today(), head.known_now(session, ctx.clock()))


def get_set(ctx: Context, set_id: str, as_of: date | None = None) -> SetDetail:
    """Return a set as it stands on a day (today, if none is asked for), with its members where a day is asked for.

    Raises:
        NotFound: there is no such set, or it was over by that day.
    """
    with ctx.database.reading() as session:
        return _detail(ctx, session, set_id, as_of)


def put_set(
    ctx: Context,
    actor: Actor | None,
    set_id: str,
    fields: Mapping[str, Any],
    expected_version: int | None,
) -> tuple[SetDetail, bool]:
    """Create a set, or say what it is from its ``valid_from`` on (none: since ever); return it, and whether it is new.

    What was recorded before stays readable by its recording; saying what the set says already writes nothing. What is
    planned for a later day that is still to come stays planned.

    Raises:
        Unauthenticated, Forbidden: the actor may not write authority sets.
        InvalidInput: naming field and rule.
        VersionRequired, VersionMismatch: it exists and the version is missing; or the stored one is another.
    """
    writer = acting(actor, Action.WRITE_AUTHORITY_SET)
    wanted = read_definition(set_id, fields)
    with ctx.database.writing() as session:
        held = head.lock(session)
        stored = authority_sets.set_version(session, set_id)
        _check_version(set_id, stored, expected_version)
        if errors := _unknown(session, wanted, head.known_now(session, ctx.clock())):
            raise InvalidInput(errors)
        if (says := _changed(ctx, session, wanted)) is not None:
            recorded_at = head.advance(session, held, ctx.clock())
            authority_sets.save_definitions(session, set_id, says, recorded_at, (stored or 0) + 1)
            _project(session, held, recorded_at, [set_id])
            auditing.record(
                session,
                writer,
                ctx.clock(),
                "authority_set.written",
                ("authority_set", set_id),
                version=(stored or 0) + 1,
            )
        return _detail(ctx, session, set_id, None), stored is None


def import_sets(
    ctx: Context, actor: Actor | None, rows: Sequence[Mapping[str, Any]], dry_run: bool = False
) -> ImportReport:
    """Add or replace many sets, all or none, each as ``put_set`` would, whatever version is stored.

    Raises:
        Unauthenticated, Forbidden: the actor may not write authority sets.
        InvalidInput: more than 1,000 rows.
    """
    writer = acting(actor, Action.WRITE_AUTHORITY_SET)
    if len(rows) > MAX_ROWS:
        raise InvalidInput.one("rows", "length", f"a file holds at most {MAX_ROWS} sets, not {len(rows)}")
    if dry_run:
        with ctx.database.reading() as session:
            return ImportReport(_judge(ctx, session, rows)[0], dry_run=True)
    with ctx.database.writing() as session:
        held = head.lock(session)
        outcomes, definitions = _judge(ctx, session, rows)
        report = ImportReport(outcomes, dry_run=False)
        if report.written:
            recorded_at = head.advance(session, held, ctx.clock())
            for set_id, says in definitions.items():
                version = authority_sets.set_version(session, set_id) or 0
                authority_sets.save_definitions(session, set_id, says, recorded_at, version + 1)
            ids = list(definitions)
            _project(session, held, recorded_at, ids)
            about = ("batch", "authority-sets")
            auditing.record(
                session,
                writer,
                ctx.clock(),
                "authority_sets.imported",
                about,
                sets=auditing.few(ids),
                count=len(ids),
            )
        return report


def _project(session: Session, held: head.Head, recorded_at: datetime, set_ids: Iterable[str]) -> None:
    entries = {entry for set_id in set_ids for entry in structure.entries_of_set(session, set_id)}
    projection.follow_structure(session, projection.moment(held, recorded_at), sorted(entries))


def _judge(
    ctx: Context, session: Session, rows: Sequence[Mapping[str, Any]]
) -> tuple[list[ImportedRow], dict[str, list[SetDefinition]]]:
    """Judge each row; return what becomes of them, and what the sets that change say."""
    outcomes: list[ImportedRow] = []
    changed: dict[str, list[SetDefinition]] = {}
    seen: set[str] = set()
    known = head.known_now(session, ctx.clock())
    for number, row in enumerate(rows, start=1):
        set_id = row.get("id")
        outcome = ImportedRow(number, REJECTED, set_id if isinstance(set_id, str) else None)
        outcomes.append(outcome)
        if outcome.id is None:
            outcome.errors.append(FieldError("id", "required", "is missing"))
            continue
        try:
            wanted = read_definition(outcome.id, row)
        except InvalidInput as error:
            outcome.errors += error.errors
            continue
        outcome.errors += _unknown(session, wanted, known)
        if wanted.id in seen:
            outcome.errors.append(FieldError("id", "unique", f"{wanted.id} stands in the file twice"))
        seen.add(wanted.id)
        if outcome.errors:
            continue
        says = _changed(ctx, session, wanted)
        outcome.outcome = UNCHANGED if says is None else ACCEPTED
        if says is not None:
            changed[wanted.id] = says
    return outcomes, changed


def _changed(ctx: Context, session: Session, wanted: SetDefinition) -> list[SetDefinition] | None:
    """Return all that a set says with a definition, None where it says so already."""
    believed = authority_sets.believed_definitions(session, wanted.id)
    says = with_definition(believed, wanted, ctx.today())
    is_said = len(says) == len(believed) and all(one in believed for one in says)
    return None if is_said else says


def _check_version(set_id: str, stored: int | None, expected: int | None) -> None:
    if stored is None:
        if expected is not None:
            raise VersionMismatch(f"authority set {set_id!r} does not exist")
    elif expected is None:
        raise VersionRequired(
            f"authority set {set_id!r} exists: name the version that the change was made from"
        )
    elif expected not in (ANY_VERSION, stored):
        raise VersionMismatch(f"authority set {set_id!r} is at version {stored}, not {expected}")


def _unknown(session: Session, wanted: SetDefinition, known: datetime) -> list[FieldError]:
    """Return which keys of a definition nobody has or had."""
    named_keys = (*wanted.states, *wanted.add, *wanted.remove)
    if not named_keys:
        return []
    keys = regions.keys_with_administration(session, named_keys, known)
    states = {key for key in keys if kind_of_key(key) is RegionKind.STATE}
    own_keys = {one.key for one in authorities.named_authorities(session)}
    return unknown_keys(wanted, states, keys | own_keys)


def _detail(ctx: Context, session: Session, set_id: str, as_of: date | None) -> SetDetail:
    day, known = as_of or ctx.today(), head.known_now(session, ctx.clock())
    version = authority_sets.set_version(session, set_id)
    definition = authority_sets.definition_at(session, set_id, day, known)
    if version is None or definition is None:
        raise NotFound("authority set", set_id)
    land = territory_at(session, day, known)
    found, _ = members_of(definition, land, tuple(authorities.named_authorities(session, land)))
    return SetDetail(
        definition=definition,
        version=version,
        member_count=len(found),
        counts_by_state=dict(sorted(Counter(member.state for member in found.values()).items())),
        members=list(found.values()) if as_of is not None else [],
        territory_on=land.on,
    )
