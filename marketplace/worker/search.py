"""The worker's step that sends a search engine outside what it is owed, and builds its first index."""

from time import monotonic

import structlog

from marketplace.actions import search_index
from marketplace.actions.context import Context
from marketplace.errors import Conflict, SearchUnavailable

LOOK_S = 10.0
"""How often a worker looks whether the index is still there."""
log = structlog.get_logger(__name__)


class SearchDebts:
    """Sends one batch a turn. ``once``: what could not be sent is an error."""

    def __init__(self, *, once: bool) -> None:
        self._once = once
        self._looked_at: float | None = None

    def __call__(self, ctx: Context) -> bool:
        """Send one batch; return whether there may be more that is due at once.

        Raises:
            SearchUnavailable: ``once``, and the engine did not answer.
        """
        if self._looked_at is None or monotonic() - self._looked_at > LOOK_S:
            _build_first(ctx)
            self._looked_at = monotonic()
        report = search_index.send_pending(ctx)
        if report.settled:
            log.info("search_sent", settled=report.settled)
        if report.error:
            log.warning("search_not_sent", deferred=report.deferred, reason=report.error)
            if self._once:
                raise SearchUnavailable(f"{report.deferred} entries could not be sent: {report.error}")
            _build_first(ctx)
            return False
        return report.settled > 0 or report.deferred > 0


def _build_first(ctx: Context) -> None:
    try:
        built = search_index.build_first(ctx)
    except (Conflict, SearchUnavailable) as error:
        log.warning("search_index_not_built", reason=error.message)
        return
    if built:
        log.info("search_index_built", index=built.index, documents=built.documents)
