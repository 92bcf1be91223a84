"""What a process reads before it is asked, so that its first visitors need not wait for it."""

from marketplace.actions.context import Context
from marketplace.actions.patience import database_answering
from marketplace.actions.reuse_overview import reuse_overview
from marketplace.actions.standings import StandingsReader
from marketplace.domain.standings import ROSTER_GROUPINGS


def read_search(ctx: Context) -> None:
    """Read what search and suggestions are made of.

    Raises:
        SearchUnavailable: the engine does not answer.
        Conflict: the database does not answer.
    """
    with database_answering():
        ctx.engine.reader().state.suggestions.find("wo")


def read_figures(ctx: Context) -> None:
    """Count all services of today, and group the authorities that are eligible for them by whatever may be asked for.

    Raises:
        Conflict: the database does not answer.
    """
    with database_answering():
        reuse_overview(ctx)
        with ctx.database.reading() as session:
            structure = StandingsReader.opened(ctx, session, None).structure
            today = (structure.segment_on(session, entry, ctx.today()) for entry in structure.entries)
            rosters = {id(segment.roster): segment.roster for segment in today}
    for roster in rosters.values():
        for by in ROSTER_GROUPINGS:
            roster.grouping(by)
