"""Loading the shipped facts: idempotent, quick when there is nothing to do, careful with what people changed since."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from marketplace.actions import auditing, demo, reindexing
from marketplace.actions import authority_sets as set_actions
from marketplace.actions.context import Context
from marketplace.actions.register import import_register, list_registers
from marketplace.actions.seed_thesaurus import load_thesaurus
from marketplace.actions.service_changes import Change, write
from marketplace.actions.service_keeping import Signature
from marketplace.actions.service_writing import AT_ONCE
from marketplace.domain.access import Actor, Role
from marketplace.domain.authority import SetDefinition
from marketplace.domain.authority_rules import read_definition
from marketplace.domain.lifecycle import EntryStatus
from marketplace.domain.service import Service
from marketplace.domain.service_json import service_as_dict
from marketplace.domain.service_rules import KEPT_BY_THE_SERVER, read_service
from marketplace.errors import InvalidInput
from marketplace.exchange.seed_files import (
    CATALOGUE_FILES,
    SERVICES_FILE,
    SETS_FILE,
    THESAURUS_FILE,
    SeedFolder,
)
from marketplace.store import authority_sets, catalogue_writes, head, seed_state, services
from marketplace.store.known_keys import known_keys

Progress = Callable[[str, int, int], None]
SEED_ACTOR = Actor.of("seed", "marketplace-operator", Role.OPERATOR)
CATALOGUE, SETS, SERVICES, DEMO = "catalogue", "authority sets", "services", "demo"
THESAURUS = "thesaurus"
GENERATED = "generated"


@dataclass(slots=True)
class SeedReport:
    """What a run did: ``written`` numbers by what they count, ``left`` what somebody changed and the seed left alone."""

    written: dict[str, int] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    nothing_to_do: bool = False


def seed(
    ctx: Context, with_demo: bool = True, progress: Progress | None = None, folder: SeedFolder | None = None
) -> SeedReport:
    """Load the seed: organisations and catalogue, registers, authority sets, services, and the demo adoptions.

    Each step remembers by digest what it loaded: what has not changed since is not read again, a changed entry
    replaces only what still says what the seed said before. A demo that was taken away stays away.

    Raises:
        InvalidInput: the seed breaks a rule; the step that found it wrote nothing.
    """
    run = _Run(ctx, folder or SeedFolder(), progress or (lambda _step, _done, _total: None))
    with ctx.database.reading() as session:
        loaded = seed_state.digests(session)
    steps = [step for step in run.steps(with_demo) if loaded.get(step.name) != step.digest]
    for step in steps:
        step.load()
    run.report.nothing_to_do = not steps
    return run.report


@dataclass(frozen=True, slots=True)
class _Step:
    name: str
    digest: str
    load: Callable[[], None]


class _Run:
    """One run over the seed. A step whose digest is the remembered one is not loaded."""

    def __init__(self, ctx: Context, folder: SeedFolder, progress: Progress) -> None:
        self.ctx, self.folder, self.progress = ctx, folder, progress
        self.report = SeedReport()

    def steps(self, with_demo: bool) -> list[_Step]:
        """Return all steps in the order in which one needs the other."""
        digest = self.folder.digest
        catalogue, sets, entries = digest(*CATALOGUE_FILES), digest(SETS_FILE), digest(SERVICES_FILE)
        words = digest(THESAURUS_FILE)
        steps = [
            _Step(CATALOGUE, catalogue, partial(self._catalogue, catalogue)),
            _Step(THESAURUS, words, partial(self._thesaurus, words)),
        ]
        for path in self.folder.registers():
            content = digest(f"registers/{path.name}")
            steps.append(
                _Step(f"register {path.stem}", content, partial(self._register, path=path, digest=content))
            )
        steps.append(_Step(SETS, sets, partial(self._sets, sets)))
        steps.append(_Step(SERVICES, entries, partial(self._services, entries)))
        if with_demo:
            steps.append(_Step(DEMO, GENERATED, self._demo))
        return steps

    def _catalogue(self, digest: str) -> None:
        now = self.ctx.clock()
        with self.ctx.database.writing() as session:
            head.lock(session)
            organisations = catalogue_writes.save_organisations(session, self.folder.organisations())
            theme_fields = catalogue_writes.save_theme_fields(session, self.folder.theme_fields())
            bundles = catalogue_writes.save_bundles(session, self.folder.bundles())
            procedures = catalogue_writes.save_procedures(session, self.folder.procedures())
            linked = catalogue_writes.save_bundle_procedures(session, self.folder.bundle_procedures())
            # Entries carry the names of what they refer to.
            saved = (*organisations.new, *organisations.changed, *bundles.new, *bundles.changed, *procedures)
            if saved or linked:
                reindexing.owe_everything(session, now)
            seed_state.remember(session, {CATALOGUE: digest}, now)
            auditing.record(
                session, SEED_ACTOR, now, "seed.loaded", ("seed", CATALOGUE), organisations=len(organisations.new),
                procedures=len(procedures),
            )  # fmt: skip
        for name, kind in (
            ("organisations", organisations),
            ("theme fields", theme_fields),
            ("bundles", bundles),
        ):
            self.report.written[name] = len(kind.new) + len(kind.changed)
        self.report.written["procedures"] = len(procedures)
        self.progress(CATALOGUE, 1, 1)

    def _thesaurus(self, digest: str) -> None:
        rows = self.folder.thesaurus()
        now = self.ctx.clock()
        with self.ctx.database.writing() as session:
            written, left = load_thesaurus(session, rows, now)
            seed_state.remember(session, {THESAURUS: digest}, now)
            auditing.record(session, SEED_ACTOR, now, "seed.loaded", ("seed", THESAURUS), rows=written)
        self.report.written[THESAURUS] = written
        self.report.left += left
        self.progress(THESAURUS, len(rows), len(rows))

    def _register(self, path: Path, digest: str) -> None:
        name = f"register {path.stem}"
        newest = max((one.territory_on.isoformat() for one in list_registers(self.ctx)), default="")
        if newest > path.stem:
            self.report.left.append(f"{name} (the register of {newest} is newer)")
        else:
            summary = import_register(
                self.ctx,
                path.read_bytes(),
                path.name,
                progress=lambda done, total: self.progress(name, done, total),
                actor=SEED_ACTOR,
            )
            self.report.written[name] = summary.records - summary.unchanged
        self._remember({name: digest})

    def _sets(self, digest: str) -> None:
        rows = self.folder.authority_sets()
        with self.ctx.database.reading() as session:
            known = seed_state.digests(session)
            untouched = [
                row
                for row in rows
                if self._standing_set(session, row["id"])
                in (None, known.get(f"{SETS}/{row['id']}"), _digest_of_set(read_definition(row["id"], row)))
            ]
        self.report.left += [f"{SETS}/{row['id']}" for row in rows if row not in untouched]
        report = set_actions.import_sets(self.ctx, SEED_ACTOR, untouched, dry_run=False)
        if report.rejected:
            raise InvalidInput(
                [
                    replace(error, field=f"{row.id}.{error.field}")
                    for row in report.rows
                    for error in row.errors
                ]
            )
        with self.ctx.database.reading() as session:
            standings = {f"{SETS}/{row['id']}": self._standing_set(session, row["id"]) for row in untouched}
        self.report.written[SETS] = len(untouched)
        self._remember({SETS: digest, **{name: one for name, one in standings.items() if one}})
        self.progress(SETS, len(rows), len(rows))

    def _standing_set(self, session: Session, set_id: str) -> str | None:
        known_at = head.head(session).last_recorded_at or self.ctx.clock()
        definition = authority_sets.definition_at(session, set_id, self.ctx.today(), known_at)
        return _digest_of_set(definition) if definition else None

    def _services(self, digest: str) -> None:
        rows = self.folder.services()
        now = self.ctx.clock()
        with self.ctx.database.writing() as session:
            held = head.lock(session)
            known = seed_state.digests(session)
            stored = services.load(session, [row["id"] for row in rows])
            changes: list[Change] = []
            for row in rows:
                change = Change(
                    read_service(row["id"], row, EntryStatus.PUBLISHED), stored.get(str(row["id"]))
                )
                name, wanted = f"service/{change.wanted.id}", _digest_of_service(change.wanted)
                if change.current is None or known.get(name) == _digest_of_service(change.current):
                    if not change.says_the_same:
                        changes.append(change)
                elif known.get(name) != wanted and not change.says_the_same:
                    self.report.left.append(name)
            keys = known_keys(session, [change.wanted for change in changes])
            errors = [
                replace(error, field=f"{change.wanted.id}.{error.field}")
                for change in changes
                for error in change.rules_broken(keys)
            ]
            if errors:
                raise InvalidInput(errors)
            written = write(session, changes, now, held, Signature.of(SEED_ACTOR, AT_ONCE))
            loaded = {f"service/{service.id}": _digest_of_service(service) for service in written}
            seed_state.remember(session, {SERVICES: digest, **loaded}, now)
            auditing.record(
                session, SEED_ACTOR, now, "seed.loaded", ("seed", SERVICES), services=len(written)
            )
        self.report.written[SERVICES] = len(written)
        self.progress(SERVICES, len(rows), len(rows))

    def _demo(self) -> None:
        self.report.written["demo events"] = demo.generate(
            self.ctx, lambda done, total: self.progress(DEMO, done, total)
        )
        self._remember({DEMO: GENERATED})

    def _remember(self, loaded: Mapping[str, str]) -> None:
        with self.ctx.database.writing() as session:
            seed_state.remember(session, loaded, self.ctx.clock())


def _digest_of_set(definition: SetDefinition) -> str:
    """Digest what a set says; whom its keys meant follows from the registers, nobody wrote that."""
    return _digest({name: value for name, value in asdict(definition).items() if name != "meant"})


def _digest_of_service(service: Service) -> str:
    """Digest what an entry says, without what changes at every write.

    No words are left out as well: digests that were remembered before entries had any still tell who wrote last.
    """
    said = {name: value for name, value in service_as_dict(service).items() if name not in KEPT_BY_THE_SERVER}
    if not service.words:
        del said["words"]
    return _digest(said)


def _digest(value: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()
