"""What each day asks for: what is due is withdrawn, figures move on, what nears its end is told, the old forgotten."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import date

import structlog

from marketplace.actions import projection_check, withdrawing
from marketplace.actions.context import Context
from marketplace.actions.invalid_subscriptions import judge_subscriptions
from marketplace.actions.message_retention import forget_told
from marketplace.actions.stale_records import record_stale_soon
from marketplace.worker.lane import Step

log = structlog.get_logger(__name__)


class Daily:
    """A step that is taken once a day, and again where it failed."""

    def __init__(self, do: Callable[[Context], None]) -> None:
        self._do = do
        self._done_on: date | None = None

    def __call__(self, ctx: Context) -> bool:
        """Do what the day asks for, unless that is done; nothing more is due at once."""
        today = ctx.today()
        if self._done_on != today:
            self._do(ctx)
            self._done_on = today
        return False


def steps_of_the_day() -> dict[str, Step]:
    """Return what each day asks for, in its order; one that fails holds up none that follows."""
    return {
        "withdrawals": Daily(_withdraw),
        "statistics": Daily(_tick),
        "stale_records": Daily(_find_stale),
        "subscriptions": Daily(_judge),
        "retention": Daily(_forget),
    }


def _withdraw(ctx: Context) -> None:
    withdrawn = withdrawing.withdraw_due(ctx)
    if withdrawn:
        log.info("services_withdrawn", services=withdrawn)


def _tick(ctx: Context) -> None:
    done = projection_check.tick(ctx)
    if done.projected or done.rolled:
        log.info("statistics_ticked", projected=done.projected, rolled=done.rolled)


def _find_stale(ctx: Context) -> None:
    stale = record_stale_soon(ctx)
    if stale:
        log.info("records_turn_stale_soon", records=stale)


def _judge(ctx: Context) -> None:
    invalid = judge_subscriptions(ctx)
    if invalid:
        log.info("subscriptions_invalid", messages=invalid)


def _forget(ctx: Context) -> None:
    forgotten = asdict(forget_told(ctx))
    if any(forgotten.values()):
        log.info("told_forgotten", **forgotten)
