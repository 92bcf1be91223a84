"""What became of regions that ended: proposing successors, recording decisions, telling what is still open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from marketplace.actions import auditing, changing, projection
from marketplace.actions.context import Context
from marketplace.actions.rights import acting
from marketplace.actions.service_import import ACCEPTED, REJECTED, UNCHANGED, ImportedRow, ImportReport
from marketplace.actions.succession_files import Judgement, Registers, judge_rows
from marketplace.domain.access import Action, Actor
from marketplace.domain.borders import double_keys, moves
from marketplace.domain.reform_change import changes_of_decisions
from marketplace.domain.regions import Region
from marketplace.domain.succession_rules import FIELDS
from marketplace.domain.successions import Proposal, Unexplained, propose
from marketplace.errors import InvalidInput
from marketplace.exchange.succession_rows import read_rows
from marketplace.exchange.tables import Cell, Column, Table, csv_bytes
from marketplace.store import head, regions, successions, version_borders
from marketplace.store.territory import territory_dates


@dataclass(frozen=True, slots=True)
class OpenWork:
    """What registers left open: ``proposals`` and ``unexplained`` for the regions that ended and have no decision.

    ``registers`` are the territory dates compared, the oldest first.
    """

    proposals: Sequence[Proposal]
    unexplained: Sequence[Unexplained]
    registers: Sequence[date]


@dataclass(frozen=True, slots=True)
class Status:
    """How far the decisions are: how many are in force, and the ended regions nobody has decided on, by key."""

    decisions: int
    open: Sequence[Region]


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What became of a file of decisions.

    Rows are named by line and predecessor; ``superseded`` counts earlier decisions that others take the place of,
    ``moved`` versions of regions with a border on another day.
    """

    report: ImportReport
    superseded: int
    moved: int


def propose_successions(ctx: Context, *, decided: bool = False) -> OpenWork:
    """Propose successors for every region that ended between two registers; ``decided`` ones, too, where asked."""
    with ctx.database.reading() as session:
        known = head.known_now(session, ctx.clock())
        dates = territory_dates(session)
        open_ids = {region.region_id for region in successions.ended_undecided(session, known)}
        proposals: list[Proposal] = []
        unexplained: list[Unexplained] = []
        # Borders that decisions moved are looked at where the registers showed them: on the registers' own days.
        territories = [regions.regions_in_force(session, day, known) for day in dates]
    for before, after, day in zip(territories, territories[1:], dates[1:], strict=False):
        told = propose(before, after, day)
        proposals += [p for p in told.found if decided or p.predecessor.region_id in open_ids]
        unexplained += [u for u in told.unexplained if decided or u.region.region_id in open_ids]
    return OpenWork(proposals, unexplained, dates)


def proposals_csv(work: OpenWork) -> bytes:
    """Write proposals as the CSV that ``confirm_successions`` reads; who says so is left for people to fill in."""
    rows: list[list[Cell]] = [
        [
            p.predecessor.key, p.predecessor.name, p.successor.key, p.successor.name, p.kind, p.effective_on,
            p.area_ha, p.confidence, p.reason, None,
        ]
        for p in work.proposals
    ]  # fmt: skip
    return csv_bytes(Table("successions", [Column(name) for name in FIELDS], rows))


def succession_status(ctx: Context) -> Status:
    """Return how many decisions are in force and which ended regions are still open."""
    with ctx.database.reading() as session:
        known = head.known_now(session, ctx.clock())
        return Status(len(successions.in_force(session)), successions.ended_undecided(session, known))


def confirm_successions(
    ctx: Context, actor: Actor | None, data: bytes, *, source: str | None = None, dry_run: bool = False
) -> Confirmation:
    """Record the decisions of a CSV file, all of them or none.

    The rows of one predecessor are the decision on it: they take the place of an earlier decision that says something
    else, which stays known for questions about earlier knowledge. ``source`` stands where a row names none.

    Raises:
        InvalidInput: the file cannot be read, by line; or the ``source`` is too long.
        Unauthenticated, Forbidden: the actor may not decide on successions.
    """
    decider = acting(actor, Action.CONFIRM_SUCCESSION)
    rows = read_rows(data)
    with ctx.database.reading() if dry_run else ctx.database.writing() as session:
        held = None if dry_run else head.lock(session)
        known = head.known_now(session, ctx.clock())
        stored = successions.in_force(session)
        dates = territory_dates(session)
        if not dates:
            raise InvalidInput.one("file", "register", "no register has been imported that it could be about")
        judgement = judge_rows(session, rows, source, stored, dates, known)
        if judgement.is_whole:
            judgement.refuse_parts(session, stored, Registers(dates, known))
        versions = version_borders.movable_versions(session, dates[0])
        changed = moves(versions, judgement.in_force_after(stored), dates)
        if judgement.is_whole:
            judgement.refuse_double_keys(double_keys(versions, changed))
        if not judgement.is_whole:
            return Confirmation(_report(judgement, dry_run), 0, 0)
        if held is not None and (judgement.added or judgement.replaced):
            recorded_at = head.advance(session, held, ctx.clock())
            successions.supersede(session, judgement.replaced, recorded_at)
            successions.add(session, judgement.added, recorded_at)
            version_borders.move(session, changed, recorded_at)
            projection.follow_structure(session, projection.moment(held, recorded_at))
            auditing.record(
                session, decider, ctx.clock(), "successions.confirmed", ("batch", "successions"),
                added=len(judgement.added), replaced=len(judgement.replaced), moved=len(changed),
            )  # fmt: skip
            changing.record(session, decider, ctx.clock(), changes_of_decisions(judgement.decided))
    return Confirmation(_report(judgement, dry_run), len(judgement.replaced), len(changed))


def _report(judgement: Judgement, dry_run: bool) -> ImportReport:
    rows = [
        ImportedRow(
            row.line,
            REJECTED if row.errors else UNCHANGED if row.is_known else ACCEPTED,
            row.name,
            row.errors,
        )
        for row in judgement.rows
    ]
    return ImportReport(rows, dry_run)
