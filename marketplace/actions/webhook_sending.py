"""Sending what is owed to webhooks: in the worker, never in a request; at least once, of each object in order."""

import random
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import timedelta
from time import monotonic

import orjson
import structlog

from marketplace.actions.context import Context
from marketplace.actions.webhook_rights import Claimed, judge
from marketplace.actions.webhook_switching import switch_off
from marketplace.domain.webhook import TEST, Attempt, Delivery, Webhook
from marketplace.domain.webhook_attempts import NextStep, Outcome, next_step
from marketplace.notify import guarded_http
from marketplace.notify.guarded_http import Guard, NotSent, Resolve
from marketplace.notify.webhook_signing import signed_headers
from marketplace.store import webhook_deliveries, webhooks

ADDRESSES, OF_EACH = 16, 2
"""So many addresses are sent to at once, and so many messages to each."""
REFILLED_FOR_S = 4.0
"""So many seconds of a step those addresses that took their messages are sent the next ones, while slow ones go on: who
answers late holds nobody else up, and a worker that is told to stop still ends its step in time.
"""
LEASE_MARGIN = timedelta(seconds=60)
MAX_KEPT = 500
"""So many characters of an answer are kept."""
FAULT = Outcome(0)
"""An attempt that failed on our side: nothing is known of the address, which need not rest."""
log = structlog.get_logger(__name__)


def deliver_pending(
    ctx: Context,
    resolve: Resolve = guarded_http.addresses_of,
    draw: Callable[[], float] = random.random,
) -> bool:
    """Send what is due; return whether there was something, so that more may be due at once.

    Each attempt is noted when it ends. A worker that is killed meanwhile leaves what it had not noted due again a
    minute after the time limit: the receiver knows by the id what it has already.
    """
    ends, sent_any = monotonic() + REFILLED_FOR_S, False
    running: dict[Future[tuple[Attempt, Outcome]], Delivery] = {}
    with ThreadPoolExecutor(max_workers=ADDRESSES * OF_EACH, thread_name_prefix="webhook") as pool:
        while True:
            if not sent_any or monotonic() < ends:
                for webhook, one in _claimed(ctx, {one.webhook_id for one in running.values()}):
                    running[pool.submit(_send, ctx, webhook, one, resolve)] = one
            if not running:
                return sent_any
            sent_any = True
            for sent in wait(running, return_when=FIRST_COMPLETED).done:
                delivery, fault = running.pop(sent), sent.exception()
                if isinstance(fault, Exception):
                    # One message that cannot be sent must not keep others from being noted, nor be tried for ever.
                    log.error("webhook_attempt_failed", message=delivery.message_id, exc_info=fault)
                    _settle(ctx, delivery, _faulty(ctx, fault), FAULT, draw())
                else:
                    _settle(ctx, delivery, *sent.result(), draw())


def _claimed(ctx: Context, busy: Collection[str]) -> Sequence[Claimed]:
    """Take what is due to addresses that nothing is on its way to, without what their owners may not read any more."""
    now, free = ctx.clock(), ADDRESSES - len(busy)
    if free <= 0:
        return ()
    until = now + timedelta(seconds=ctx.settings.webhook_timeout) + LEASE_MARGIN
    while True:
        with ctx.database.reading() as session:
            if not webhook_deliveries.is_due(session, now, busy):
                return ()
        with ctx.database.writing() as session:
            taken = webhook_deliveries.claim(session, now, until, free, OF_EACH, busy)
            found = webhooks.by_ids(session, {one.webhook_id for one in taken})
        claimed = [(found[one.webhook_id], one) for one in taken]
        allowed = _allowed(ctx, claimed)
        # Where nothing is left of what was taken, what comes after it is looked at at once.
        if allowed or not claimed:
            return allowed


def _allowed(ctx: Context, claimed: Sequence[Claimed]) -> Sequence[Claimed]:
    """Return what may be sent, and note of the rest that it is withheld."""
    if not claimed:
        return ()
    with ctx.database.reading() as session:
        judged = judge(ctx, session, claimed)
    bodies = {one.id: one.body for _, one in claimed}
    reworded = [one for _, one in judged.allowed if one.body != bodies[one.id]]
    if judged.withheld or reworded:
        with ctx.database.writing() as session:
            webhook_deliveries.withhold(session, judged.withheld, ctx.clock())
            for one in reworded:
                webhook_deliveries.reword(session, one)
    for one in judged.withheld:
        log.info("webhook_withheld", webhook=one.webhook_id, message=one.message_id)
    return judged.allowed


def _send(ctx: Context, webhook: Webhook, delivery: Delivery, resolve: Resolve) -> tuple[Attempt, Outcome]:
    settings = ctx.settings
    guard = Guard(
        allowed=settings.webhook_networks,
        plain_http=settings.webhook_plain_http,
        limit_s=settings.webhook_timeout,
        ca_certs=settings.webhook_ca_certs,
    )
    at, began = ctx.clock(), monotonic()
    body = orjson.dumps(delivery.body, option=orjson.OPT_SORT_KEYS)
    headers = signed_headers(delivery.message_id, at, body, webhook.secrets_at(at))
    outcome, error, said = Outcome(None), None, None
    try:
        answer = guarded_http.post(webhook.fields.url, body, headers, guard, resolve)
        outcome = Outcome(answer.status, answer.retry_after)
        said = answer.beginning.decode("utf-8", "replace").replace("\0", "")[:MAX_KEPT] or None
    except NotSent as why:
        error = str(why)[:300]
    took_ms = round((monotonic() - began) * 1000)
    attempt = Attempt(at=at, status=outcome.status, error=error, took_ms=took_ms, answer=said)
    return attempt, outcome


def _faulty(ctx: Context, fault: Exception) -> Attempt:
    return Attempt(
        at=ctx.clock(), status=None, error=f"fault: {type(fault).__name__}", took_ms=0, answer=None
    )


def _settle(ctx: Context, delivery: Delivery, attempt: Attempt, outcome: Outcome, jitter: float) -> None:
    now, is_test = ctx.clock(), delivery.kind == TEST
    with ctx.database.writing() as session:
        webhook = webhooks.by_ids(session, [delivery.webhook_id], for_update=True).get(delivery.webhook_id)
        if webhook is None:
            return
        off_after = timedelta(days=ctx.settings.webhook_off_after_days)
        step = next_step(outcome, delivery.attempts + 1, now, jitter, webhook.failing_since, off_after)
        if is_test and not outcome.taken:
            step = NextStep(taken=False, due_at=None, off_reason=step.off_reason)
        webhook_deliveries.settle(session, delivery, attempt, step)
        if step.taken:
            webhooks.note_success(session, webhook.id)
            if webhook.failing_since is not None:
                webhook_deliveries.wake(session, webhook.id, now, now + LEASE_MARGIN * 2)
        elif not is_test:
            webhooks.note_failure(session, webhook.id, now)
        if step.rest_until is not None:
            webhook_deliveries.rest(session, webhook.id, step.rest_until)
        if step.off_reason is not None:
            switch_off(ctx, session, webhook, step.off_reason)
    if not step.taken:
        log.info(
            "webhook_not_taken", webhook=webhook.id, host=webhook.host, message=delivery.message_id,
            status=attempt.status, reason=attempt.error, off=step.off_reason,
        )  # fmt: skip
