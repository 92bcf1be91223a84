"""Looking after the index: sending what is owed, rebuilding, checking, going back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from marketplace.actions import auditing
from marketplace.actions.context import Context
from marketplace.domain.access import Actor, Role
from marketplace.errors import SearchUnavailable
from marketplace.search import check as checking
from marketplace.search import source, sync
from marketplace.search.check import CheckReport
from marketplace.search.document import Document
from marketplace.search.engines.base import EngineStatus, RebuildReport
from marketplace.store import outbox
from marketplace.store.outbox import Debt, OutboxState

WORKER = Actor.of("worker", "marketplace-operator", Role.OPERATOR)
BATCH = 500
_CLAIM_MARGIN = timedelta(seconds=5)
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class SendReport:
    """What one attempt did: debts settled, debts that stay, and the first reason why (None: nothing failed)."""

    settled: int
    deferred: int
    error: str | None = None


@dataclass(frozen=True, slots=True)
class SearchStatus:
    """The engine, and what it is owed (None for an engine that follows the changes by itself)."""

    engine: EngineStatus
    outbox: OutboxState | None
    lag_seconds: float | None


@dataclass(frozen=True, slots=True)
class IndexCheck:
    """How the index compares with the database, and how much was owed at that time: a debt explains a drift."""

    engine: str
    report: CheckReport
    owed: int


def send_pending(ctx: Context, limit: int = BATCH) -> SendReport:
    """Send up to ``limit`` due debts to the engine.

    Claim, read, send, settle: three short transactions and no lock while Elasticsearch works. Whoever dies between
    them leaves the claim behind, and the debts are due again when it runs out. An engine that follows the changes is
    owed nothing: its debts are removed, all at once.
    """
    if ctx.engine.follows_changes:
        with ctx.database.writing() as session:
            return SendReport(outbox.settle_all(session), 0)
    claimed_until = ctx.clock() + timedelta(seconds=ctx.settings.elasticsearch_bulk_timeout) + _CLAIM_MARGIN
    with ctx.database.writing() as session:
        debts = outbox.claim(session, ctx.clock(), limit, claimed_until)
    if not debts:
        return SendReport(0, 0)
    documents = _documents(ctx, debts)
    try:
        verdict = sync.judge(debts, ctx.engine.put(documents), ctx.clock())
    except SearchUnavailable as error:
        verdict = sync.all_failed(debts, error.message, ctx.clock())
    with ctx.database.writing() as session:
        settled = outbox.settle(session, verdict.settled, ctx.clock())
        for one in verdict.deferred:
            outbox.put_off(session, one.debt, one.attempts, one.due_at, one.error)
    error_text = next((one.error for one in verdict.deferred if one.error), None)
    return SendReport(settled, len(debts) - settled, error_text)


def status(ctx: Context) -> SearchStatus:
    """Say how the engine does and what it is owed; answers also while the engine does not."""
    engine = ctx.engine.status()
    if ctx.engine.follows_changes:
        return SearchStatus(engine, None, None)
    with ctx.database.reading() as session:
        owed = outbox.state(session)
    lag = None if owed.oldest is None else max(0.0, (ctx.clock() - owed.oldest).total_seconds())
    return SearchStatus(engine, owed, lag)


def check(ctx: Context) -> IndexCheck:
    """Compare the index with the database. Repairs nothing.

    Raises:
        SearchUnavailable: the engine does not answer or has no index.
    """
    held = list(ctx.engine.held())
    with ctx.database.reading() as session:
        report = checking.compare(source.expected(session), held)
        owed = 0 if ctx.engine.follows_changes else outbox.state(session).size
    return IndexCheck(ctx.engine.name, report, owed)


def rebuild(
    ctx: Context, progress: Progress, *, take_over: bool = False, actor: Actor = auditing.COMMAND_LINE
) -> RebuildReport:
    """Make the index anew; readers change over once it agrees with the database, and the old one is kept.

    Raises:
        Conflict: another rebuild is under way, or the new index does not agree with the database.
        SearchUnavailable: the engine does not answer.
    """
    report = ctx.engine.rebuild(ctx.database, ctx.clock(), progress, take_over=take_over)
    return _recorded(ctx, actor, "search.rebuilt", report)


def rollback(ctx: Context, actor: Actor = auditing.COMMAND_LINE) -> RebuildReport:
    """Let readers use the index again that the last rebuild replaced, brought up to date.

    Raises:
        Conflict: none is kept, or it was made by another version of the software.
        SearchUnavailable: the engine does not answer.
    """
    return _recorded(ctx, actor, "search.rolled_back", ctx.engine.rollback(ctx.database))


def prepare(ctx: Context) -> None:
    """Get the engine ready at the start of a process.

    Raises:
        Conflict: the index was made by another version of the software; the message names the mending command.
    """
    ctx.engine.prepare()


def build_first(ctx: Context) -> RebuildReport | None:
    """Build the index where the engine has none yet; None where it has one or does not answer."""
    if ctx.engine.status().unbuilt:
        return rebuild(ctx, lambda _done, _total: None, actor=WORKER)
    return None


def _recorded(ctx: Context, actor: Actor, act: str, report: RebuildReport) -> RebuildReport:
    with ctx.database.writing() as session:
        auditing.record(
            session, actor, ctx.clock(), act, ("search_index", report.index), documents=report.documents
        )
    return report


def _documents(ctx: Context, debts: list[Debt]) -> list[Document]:
    entries = [(debt.collection, debt.entry_id) for debt in debts]
    with ctx.database.reading() as session:
        found = source.documents(session, entries)
    return [
        found.get(
            (debt.collection, debt.entry_id),
            Document(collection=debt.collection, id=debt.entry_id, version=debt.version, withdrawn=True),
        )
        for debt in debts
    ]
