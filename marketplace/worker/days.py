"""What each day asks for: what is due is withdrawn, figures move on, what nears its end is told, the old forgotten."""

from dataclasses import asdict
from datetime import date

import structlog

from marketplace.actions import projection_check, withdrawing
from marketplace.actions.context import Context
from marketplace.actions.invalid_subscriptions import judge_subscriptions
from marketplace.actions.message_retention import forget_told
from marketplace.actions.stale_records import record_stale_soon

log = structlog.get_logger(__name__)


class Days:
    """The step that is taken once a day, and again where it failed."""

    def __init__(self) -> None:
        self._done_on: date | None = None

    def __call__(self, ctx: Context) -> bool:
        """Do what the day asks for, unless that is done."""
        today = ctx.today()
        if self._done_on == today:
            return False
        withdrawn = withdrawing.withdraw_due(ctx)
        if withdrawn:
            log.info("services_withdrawn", services=withdrawn)
        done = projection_check.tick(ctx)
        if done.projected or done.rolled:
            log.info("statistics_ticked", projected=done.projected, rolled=done.rolled)
        stale = record_stale_soon(ctx)
        if stale:
            log.info("records_turn_stale_soon", records=stale)
        invalid = judge_subscriptions(ctx)
        if invalid:
            log.info("subscriptions_invalid", messages=invalid)
        forgotten = asdict(forget_told(ctx))
        if any(forgotten.values()):
            log.info("told_forgotten", **forgotten)
        self._done_on = today
        return False
