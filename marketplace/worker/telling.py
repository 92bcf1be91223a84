"""The worker's step that makes messages of changes."""

import structlog

from marketplace.actions.context import Context
from marketplace.actions.telling import tell_pending

log = structlog.get_logger(__name__)


def tell(ctx: Context) -> bool:
    """Tell of the next changes; return whether there may be more."""
    told = tell_pending(ctx)
    if told.changes:
        log.info("changes_told", changes=told.changes, messages=told.messages)
    return told.busy
