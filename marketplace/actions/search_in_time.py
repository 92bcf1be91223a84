"""What a page can do without when the time for it has run out."""

from collections.abc import Callable
from typing import TypeVar

import structlog

from marketplace.errors import SearchUnavailable

Found = TypeVar("Found")
log = structlog.get_logger(__name__)


def if_in_time(ask: Callable[[], Found], otherwise: Found) -> Found:
    """Ask what stands beside an answer that is there already; ``otherwise`` stands there when the engine gives none."""
    try:
        return ask()
    except SearchUnavailable as error:
        log.warning("search_cut_short", reason=error.message)
        return otherwise
