"""What the operator's desk shows: how much of everything there is, what waits, and how the search index does."""

from dataclasses import dataclass
from datetime import timedelta

from marketplace.actions import search_index
from marketplace.actions.context import Context
from marketplace.actions.rights import acting
from marketplace.actions.search_index import SearchStatus
from marketplace.actions.worker_status import WorkerStatus, status_in
from marketplace.domain.access import Action, Actor
from marketplace.store import head, operator_counts, successions
from marketplace.store.operator_counts import Counts

REFUSED_WITHIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class OperatorDesk:
    """The numbers of the desk; ``open_successions`` are regions that ended and nobody has decided on."""

    counts: Counts
    open_successions: int
    search: SearchStatus
    worker: WorkerStatus
    schema_version: str
    audit_retention_days: int


def operator_desk(ctx: Context, actor: Actor | None) -> OperatorDesk:
    """Return how everything stands.

    Raises:
        Unauthenticated, Forbidden: the actor does not run the marketplace.
    """
    acting(actor, Action.OPERATE)
    now = ctx.clock()
    with ctx.database.reading() as session:
        counts = operator_counts.counts(session, now, ctx.today(), now - REFUSED_WITHIN)
        left = successions.ended_undecided(session, head.known_now(session, now))
        version, worker = operator_counts.schema_version(session), status_in(ctx, session)
    return OperatorDesk(
        counts, len(left), search_index.status(ctx), worker, version, ctx.settings.audit_retention_days
    )
