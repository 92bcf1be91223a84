"""What an answer may be kept under: as long as it does not change, nothing that lists and figures show has changed."""

from datetime import date

from marketplace.actions.context import Context
from marketplace.store import marks

Marks = tuple[int, int, date]


def current_marks(ctx: Context) -> Marks:
    """Return the ledger's version, the catalogue's newest change, and today in Germany."""
    return (*marks.marks(ctx.database), ctx.today())
