"""Publishing: what a decision on rights costs, and the history of an entry that was published 200 times."""

from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from marketplace.actions.context import Context
from marketplace.actions.paging import PageRequest
from marketplace.actions.revisions import ANY, patch_revision, read_revision
from marketplace.actions.service_history import changes_of, version_heads, version_of, versions
from marketplace.actions.service_writing import patch_service, put_service
from marketplace.domain.access import Action, Actor, Role, decide, may_record, may_review, may_write_service
from marketplace.domain.adoption import Scope
from marketplace.web.entry_history import PAGE_SIZE
from tests import shelf
from tests.benchmarks.bench_figures import milliseconds
from tests.conftest import Clock
from tests.shelf import NORTH, OPERATOR, entry

VERSIONS = 200
DECISIONS = 20_000
WANTED_US, WANTED_MS = 20, 20
LONG = "Paare melden ihre Eheschließung beim Standesamt an. Das Standesamt prüft die Angaben. " * 40


def test_decisions() -> None:
    """Printed: microseconds for each kind of decision; wanted are 20 at most."""
    clerk = Actor.of("clerk", "stadt", Role.AUTHORITY, "091610000000")
    reviewer = Actor.of("second", "nordwerk", Role.REVIEWER)
    kinds: dict[str, Callable[[], object]] = {
        "role and action": lambda: decide(NORTH, Action.WRITE_SERVICE),
        "write an entry": lambda: may_write_service(NORTH, "nordwerk"),
        "review a revision": lambda: may_review(reviewer, "nordwerk", ("north",), own_review=False),
        "record an event": lambda: may_record(clerk, "nordwerk", "091610000000", "091610000000", Scope.OWN),
        "refused": lambda: may_write_service(NORTH, "suedwerk"),
    }
    print(f"\nmicroseconds a decision (wanted: at most {WANTED_US})")
    for name, decision in kinds.items():
        begun = perf_counter()
        for _ in range(DECISIONS):
            decision()
        print(f"  {name:20} {(perf_counter() - begun) / DECISIONS * 1e6:.2f}")


def test_history(context: Context, clock: Clock) -> None:
    """Printed: milliseconds for who, when, why of 200 versions (wanted: 20), for what the page compares, for all whole."""
    shelf.fill(context)
    put_service(context, OPERATOR, "ehe-online", entry(description=LONG), None)
    for version in range(1, VERSIONS):
        clock.tick(hours=1)
        patch_service(context, OPERATOR, "ehe-online", {"summary": f"Fassung {version}."}, version)
    assert len(versions(context, "ehe-online", NORTH)) == VERSIONS
    patch_revision(context, NORTH, "ehe-online", {"name": "Neu"}, ANY)
    kinds: dict[str, Callable[[], object]] = {
        f"{VERSIONS} versions": lambda: version_heads(context, "ehe-online", NORTH, PageRequest(1, VERSIONS)),
        f"{PAGE_SIZE} compared": lambda: versions(context, "ehe-online", NORTH, PAGE_SIZE + 1),
        f"{VERSIONS} whole": lambda: versions(context, "ehe-online", NORTH),
        "one version": lambda: version_of(context, "ehe-online", 100, None),
        "as of a day": lambda: version_of(context, "ehe-online", clock().date(), None),
        "a difference": lambda: changes_of(context, "ehe-online", 100, None),
        "what is in work": lambda: read_revision(context, NORTH, "ehe-online"),
    }
    print(f"\nmedian milliseconds, {Path(str(context.database.engine.url.database)).suffix or 'postgresql'}"
          f" (wanted: at most {WANTED_MS} for all versions)")  # fmt: skip
    for name, read in kinds.items():
        print(f"  {name:20} {milliseconds(read, 30):.2f}")
