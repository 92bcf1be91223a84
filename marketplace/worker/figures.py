"""The worker's step that tells of followed figures."""

import structlog

from marketplace.actions.context import Context
from marketplace.actions.followed_figures import FigureMark, figure_mark, tell_figures

log = structlog.get_logger(__name__)


class Figures:
    """Looks at followed figures whenever the day or anything that they are made of has moved."""

    def __init__(self) -> None:
        self._told_at: FigureMark | None = None

    def __call__(self, ctx: Context) -> bool:
        """Tell what is news of figures; nothing more is due at once."""
        mark = figure_mark(ctx)
        if mark == self._told_at:
            return False
        messages = tell_figures(ctx, self._told_at)
        if messages:
            log.info("figures_told", messages=messages)
        self._told_at = mark
        return False
