"""Judging the rows of a file of decisions against the registers and the decisions in force."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.orm import Session

from marketplace.domain.borders import DoubleKey, Succession, border_of
from marketplace.domain.new_bodies import Comparison, faults_of_parts
from marketplace.domain.reform_change import Decided
from marketplace.domain.regions import Region
from marketplace.domain.succession_rules import (
    MAX_SOURCE,
    Decision,
    Judged,
    Known,
    faults_together,
    judge,
    read_decision,
)
from marketplace.domain.successions import propose
from marketplace.errors import FieldError, InvalidInput
from marketplace.store import regions
from marketplace.store.successions import StoredSuccession


@dataclass(frozen=True, slots=True)
class Registers:
    """The territory dates of the registers in order, and the knowledge that they are read with."""

    days: Sequence[date]
    known: datetime

    def compared(self, session: Session, register: date) -> Comparison:
        """Compare a register with the one before it.

        Borders that decisions moved are looked at where the registers showed them: on the registers' own days.
        """
        before = self.days[self.days.index(register) - 1]
        then, now = (regions.regions_in_force(session, day, self.known) for day in (before, register))
        return Comparison(then, now, propose(then, now, register).found)


@dataclass(slots=True)
class JudgedRow:
    """A row by its line, what it was found to mean and which rules it breaks; ``is_known``: it was decided so before."""

    line: int
    name: str | None
    errors: list[FieldError] = field(default_factory=list)
    judged: Judged | None = None
    is_known: bool = False


@dataclass(slots=True)
class Judgement:
    """All rows of a file, the decisions they add, and the ids of those they replace."""

    rows: list[JudgedRow]
    added: list[StoredSuccession] = field(default_factory=list)
    replaced: set[int] = field(default_factory=set)

    @property
    def is_whole(self) -> bool:
        """Whether no row breaks a rule."""
        return not any(row.errors for row in self.rows)

    @property
    def decided(self) -> list[Decided]:
        """The decisions that are new."""
        return [
            Decided(row.judged.predecessor, row.judged.successor, row.judged.decision.effective_on)
            for row in self.rows
            if row.judged is not None and not row.is_known
        ]

    def in_force_after(self, stored: Iterable[StoredSuccession]) -> list[Succession]:
        """Return the decisions that are in force with these."""
        kept = [one for one in stored if one.id not in self.replaced]
        return [
            Succession(one.predecessor_id, one.successor_id, one.effective_on) for one in (*kept, *self.added)
        ]

    def refuse_parts(self, session: Session, stored: Iterable[StoredSuccession], at: Registers) -> None:
        """Note which new rows begin a new body without all that went into it, register by register."""
        by_register: defaultdict[date, list[tuple[int, Judged]]] = defaultdict(list)
        for place, row in enumerate(self.rows):
            if row.judged is not None and not row.is_known:
                register = border_of(row.judged.decision.effective_on, at.days)
                if register is not None:
                    by_register[register].append((place, row.judged))
        in_force = self.in_force_after(stored)
        for register, rows in by_register.items():
            for place, error in faults_of_parts(rows, in_force, at.compared(session, register)):
                self.rows[place].errors.append(error)

    def refuse_double_keys(self, found: Iterable[DoubleKey]) -> None:
        """Note where a moved border would give two regions one key, at the rows that are about either."""
        for double in found:
            message = (
                f"another region has the key {double.key} on {double.on}: decide on that with the same day"
            )
            for row in self.rows:
                if row.judged is not None and row.judged.successor.region_id in double.region_ids:
                    row.errors.append(FieldError("effective_on", "key_taken", message))


def judge_rows(
    session: Session,
    rows: Sequence[tuple[int, Mapping[str, str | None]]],
    source: str | None,
    stored: Sequence[StoredSuccession],
    registers: Sequence[date],
    known: datetime,
) -> Judgement:
    """Read and judge all rows, by themselves and together, and tell what they change.

    Raises:
        InvalidInput: the ``source`` for all rows is too long.
    """
    if source is not None and len(source) > MAX_SOURCE:
        raise InvalidInput.one("source", "length", f"must have at most {MAX_SOURCE} characters")
    judgement = Judgement([JudgedRow(line, fields.get("predecessor_key")) for line, fields in rows])
    decisions: list[tuple[JudgedRow, Decision]] = []
    for row, (_, fields) in zip(judgement.rows, rows, strict=True):
        decision = read_decision(fields, source, row.errors)
        if decision is not None:
            decisions.append((row, decision))
    facts = _known(session, [decision for _, decision in decisions], registers, known)
    for row, decision in decisions:
        row.judged, errors = judge(decision, facts)
        row.errors += errors
    found = [(place, row.judged) for place, row in enumerate(judgement.rows) if row.judged is not None]
    for place, error in faults_together(found):
        judgement.rows[place].errors.append(error)
    _compare(judgement, stored)
    return judgement


def _known(
    session: Session, decisions: Sequence[Decision], registers: Sequence[date], known: datetime
) -> Known:
    keys = {key for one in decisions for key in (one.predecessor_key, one.successor_key)}
    ended: defaultdict[str, list[Region]] = defaultdict(list)
    standing: defaultdict[str, list[Region]] = defaultdict(list)
    versions = regions.last_versions_by_key(session, keys, known)
    last = {r.region_id: r for r in regions.latest_versions(session, {v.region_id for v in versions}, known)}
    for version in versions:
        is_last = last[version.region_id].valid_from == version.valid_from
        where = ended if is_last and version.valid_to is not None else standing
        for key in {version.key, version.ags} - {None}:
            where[str(key)].append(version)
    return Known(ended, standing, registers)


def _compare(judgement: Judgement, stored: Sequence[StoredSuccession]) -> None:
    """Tell what is new; a predecessor's rows replace all that was decided on it."""
    before: defaultdict[int, list[StoredSuccession]] = defaultdict(list)
    for one in stored:
        before[one.predecessor_id].append(one)
    kept: set[int] = set()
    named: set[int] = set()
    for row in judgement.rows:
        if row.judged is None:
            continue
        decision, predecessor_id = row.judged.decision, row.judged.predecessor.region_id
        wanted = StoredSuccession(
            0, predecessor_id, row.judged.successor.region_id, decision.kind, decision.effective_on, decision.source
        )  # fmt: skip
        named.add(predecessor_id)
        same = [one.id for one in before[predecessor_id] if _content(one) == _content(wanted)]
        if same:
            row.is_known = True
            kept.update(same)
        else:
            judgement.added.append(wanted)
    judgement.replaced = {one.id for identity in named for one in before[identity]} - kept


def _content(one: StoredSuccession) -> tuple[object, ...]:
    return one.predecessor_id, one.successor_id, one.kind, one.effective_on, one.source
