"""Importing the official register: a later one adds versions, keeps identities, ends what is gone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from marketplace.actions import auditing, changing, projection
from marketplace.actions.context import Context
from marketplace.domain.access import Actor
from marketplace.domain.reform_change import changes_of_register
from marketplace.domain.regions import RegionKind
from marketplace.domain.register import Register, digest, faults, regions_of
from marketplace.domain.register_plan import KindCounts, RegisterPlan, plan
from marketplace.errors import Conflict, FieldError, InvalidInput
from marketplace.exchange import gv100ad, register_seed
from marketplace.search.state import PLACES
from marketplace.store import authorities, head, outbox, registers

MAX_SOURCE = 300
MAX_FAULTS = 20
KINDS_OF_RECORDS = (RegionKind.STATE, RegionKind.DISTRICT, RegionKind.ASSOCIATION, RegionKind.MUNICIPALITY)
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class RegisterSummary:
    """What an import did, or would do: numbers of regions, ``counts_by_kind`` the same for each kind.

    ``KindCounts`` says what each number means; ``records`` are the kept records of the register, ``skipped`` those
    read and not kept.
    """

    territory_on: date
    records: int
    skipped: int
    new: int
    changed: int
    renamed: int
    rekeyed: int
    ended: int
    unchanged: int
    dry_run: bool
    counts_by_kind: Mapping[str, KindCounts]


@dataclass(frozen=True, slots=True)
class ImportedRegister:
    """A register that was imported: territory date, source, number of records, when."""

    territory_on: date
    source: str
    records: int
    recorded_at: datetime


def import_register(
    ctx: Context,
    data: bytes,
    source: str,
    dry_run: bool = False,
    progress: Progress | None = None,
    actor: Actor = auditing.COMMAND_LINE,
) -> RegisterSummary:
    """Import a register: GV100AD (the zip or the text in it) or the project's compact form.

    A register imported before changes nothing. ``progress`` is told how many versions are written, of how many.

    Raises:
        InvalidInput: naming line and field; or another content for a territory date that was imported.
        Conflict: it is older than the newest register.
    """
    register, source = _read(data, source)
    if found := faults(register):
        raise InvalidInput(
            [FieldError(f"line {f.line}, {f.field}", f.rule, f.message) for f in found[:MAX_FAULTS]]
        )
    fingerprint = digest(register)
    with ctx.database.reading() if dry_run else ctx.database.writing() as session:
        held = None if dry_run else head.lock(session)
        if _imported_before(session, register, fingerprint):
            return _nothing_to_do(register, dry_run)
        changes = plan(registers.open_regions(session), regions_of(register, register_seed.read_midpoints()))
        _refuse_lost_states(changes)
        if held is not None:
            recorded_at = head.advance(session, held, ctx.clock())
            stored = registers.StoredRegister(
                register.territory_on, source, fingerprint, len(register.records), recorded_at
            )
            _write(session, stored, changes, progress or (lambda _done, _total: None))
            projection.follow_structure(session, projection.moment(held, recorded_at))
            # The search knows the regions' names: it suggests them and takes none for a misspelling.
            outbox.announce(session, PLACES, ctx.clock())
            changing.record(session, actor, ctx.clock(), changes_of_register(changes, register.territory_on))
            about = ("register", register.territory_on.isoformat())
            auditing.record(
                session,
                actor,
                ctx.clock(),
                "register.imported",
                about,
                new=len(changes.new),
                ended=len(changes.ended),
            )
    return _summary(register, changes.counts, dry_run)


def list_registers(ctx: Context) -> list[ImportedRegister]:
    """Return the imported registers, the oldest first."""
    with ctx.database.reading() as session:
        return [
            ImportedRegister(r.territory_on, r.source, r.records, r.recorded_at)
            for r in registers.registers(session)
        ]


def _read(data: bytes, source: str) -> tuple[Register, str]:
    if register_seed.is_compact(data):
        register, own_source = register_seed.read(data)
        source = own_source or source
    else:
        register = gv100ad.read(data)
    if not source.strip() or len(source) > MAX_SOURCE:
        raise InvalidInput.one("source", "length", f"must have 1 to {MAX_SOURCE} characters")
    return register, source


def _imported_before(session: Session, register: Register, fingerprint: str) -> bool:
    known = {stored.territory_on: stored for stored in registers.registers(session)}
    same_day = known.get(register.territory_on)
    if same_day is not None and same_day.digest == fingerprint:
        return True
    if same_day is not None:
        raise InvalidInput.one(
            "territory date", "imported",
            f"a register of {register.territory_on} with another content was imported before ({same_day.source})",
        )  # fmt: skip
    if known and register.territory_on < (newest := max(known)):
        raise Conflict(
            f"the register of {register.territory_on} is older than the newest one, of {newest}: "
            "registers are imported in order of date"
        )
    return False


def _refuse_lost_states(changes: RegisterPlan) -> None:
    lost = sorted((r.key, r.name) for r in changes.ended if r.kind is RegionKind.STATE)
    if lost:
        names = ", ".join(f"{key} {name}" for key, name in lost)
        raise InvalidInput.one(
            "file", "incomplete", f"has no record of {names}: it is not the whole register"
        )


def _write(
    session: Session, stored: registers.StoredRegister, changes: RegisterPlan, progress: Progress
) -> None:
    recording = registers.Recording(stored.territory_on, stored.recorded_at)
    total = len(changes.new) + len(changes.replaced)
    written = 0

    def done(count: int) -> None:
        nonlocal written
        written += count
        progress(written, total)

    closed = [r.before.region_id for r in changes.replaced] + [r.region_id for r in changes.ended]
    registers.close_versions(session, closed, recording)
    new_ids = registers.insert_identities(session, changes.new)
    versions = [(r.before.region_id, r.after) for r in changes.replaced]
    versions += zip(new_ids, changes.new, strict=True)
    registers.open_versions(session, versions, recording, done)
    authorities.insert_own(session, _without_authority(session))
    registers.insert_register(session, stored)
    registers.refresh_statistics(session)


def _without_authority(session: Session) -> list[tuple[int, RegionKind]]:
    """Return who needs an authority by identity: their numbers follow it, not the order the database reads in."""
    return sorted(
        (region.region_id, region.kind)
        for region in registers.open_regions(session)
        if region.has_administration and region.authority_id is None
    )


def _nothing_to_do(register: Register, dry_run: bool) -> RegisterSummary:
    counts: dict[RegionKind, KindCounts] = {kind: KindCounts() for kind in KINDS_OF_RECORDS}
    for record in register.records:
        counts[record.kind].records += 1
        counts[record.kind].unchanged += 1
    return _summary(register, counts, dry_run)


def _summary(register: Register, counts: Mapping[RegionKind, KindCounts], dry_run: bool) -> RegisterSummary:
    totals = KindCounts()
    for one in counts.values():
        totals.records += one.records
        totals.new += one.new
        totals.changed += one.changed
        totals.renamed += one.renamed
        totals.rekeyed += one.rekeyed
        totals.ended += one.ended
        totals.unchanged += one.unchanged
    return RegisterSummary(
        territory_on=register.territory_on,
        records=totals.records,
        skipped=register.skipped,
        new=totals.new,
        changed=totals.changed,
        renamed=totals.renamed,
        rekeyed=totals.rekeyed,
        ended=totals.ended,
        unchanged=totals.unchanged,
        dry_run=dry_run,
        counts_by_kind={kind.value: replace(one) for kind, one in counts.items()},
    )
