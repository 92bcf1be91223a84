"""Mails: gathering the messages that are due into one mail a follower, and handing mails to the mail server."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from time import monotonic
from urllib.parse import urlsplit

import structlog
from sqlalchemy.orm import Session

from marketplace.actions.context import Context
from marketplace.actions.mail_letters import Prepared, prepare, reachable
from marketplace.domain.mail import DOWN_PAUSE, Attempt, Outcome, reach_after, standing_after
from marketplace.notify.smtp import Connection, MailServer
from marketplace.settings import Settings
from marketplace.store import followers, mail_reach, mails, notifications
from marketplace.store.database import serialise
from marketplace.store.mails import NEWS, Mail

FOLLOWERS_AT_ONCE = 200
MESSAGES_AT_ONCE = 5000
MESSAGES_IN_MAIL = 100
"""More of one follower go into further mails."""
TOO_LATE = timedelta(days=3)
"""After so long a message that could not be mailed stays in the inbox only: nobody wants weeks of mails at once."""
BATCH = 20
CLAIMED_FOR = timedelta(minutes=10)

log = structlog.get_logger(__name__)


def make_due(ctx: Context) -> bool:
    """Owe a mail to each follower who has messages that are due; return whether there may be more of them.

    Who wants no mails, whose address is unknown or refuses them, has the messages in the inbox alone. Nothing is done
    where no mail server is set up.
    """
    now = ctx.clock()
    if not ctx.settings.mail_is_set_up:
        return False
    with ctx.database.reading() as session:
        if not mails.followers_due(session, now, 1):
            return False
    with ctx.database.writing() as session:
        serialise(session, "mail")
        ids = mails.followers_due(session, now, FOLLOWERS_AT_ONCE)
        due = mails.messages_due(session, ids, now, MESSAGES_AT_ONCE)
        _owe(session, due, now)
    return bool(due)


def _owe(session: Session, due: Sequence[tuple[str, int, datetime]], now: datetime) -> None:
    known = followers.load_many(session, {follower_id for follower_id, _, _ in due})
    # Who stops following meanwhile is not waited for by a mail that nobody would get.
    held, _ = notifications.hold(session, known, ())
    reached = reachable(session, [one for one in known.values() if one.id in held])
    told = [one for one in due if one[0] in reached and now - one[2] <= TOO_LATE]
    mails.leave_out(session, sorted({one[1] for one in due} - {one[1] for one in told}))
    made = 0
    for follower_id, ids in _in_mails(told):
        # A message goes into one mail only, so its first one names a mail.
        mail_id = mails.make(session, follower_id, f"{NEWS}:{ids[0]}", NEWS, None, now)
        if mail_id is not None:
            mails.put_into(session, mail_id, ids)
            made += 1
    log.info("mails_made", mails=made, messages=len(told), left_out=len(due) - len(told))


def _in_mails(told: Sequence[tuple[str, int, datetime]]) -> Iterator[tuple[str, list[int]]]:
    for follower_id, messages in groupby(told, lambda one: one[0]):
        ids = [message_id for _, message_id, _ in messages]
        for start in range(0, len(ids), MESSAGES_IN_MAIL):
            yield follower_id, ids[start : start + MESSAGES_IN_MAIL]


def send_pending(ctx: Context) -> bool:
    """Hand one batch of due mails to the mail server; return whether there may be more that can be sent now.

    Each is settled in a transaction of its own as soon as the server has answered: killed in between, one mail at most
    is sent twice, with the same Message-ID. Rights are asked anew, and a mail without content is not sent.
    """
    server = mail_server(ctx.settings)
    if server is None:
        return False
    now = ctx.clock()
    with ctx.database.reading() as session:
        if not mails.is_any_due(session, now):
            return False
    with ctx.database.writing() as session:
        claimed = mails.claim(session, now, BATCH, now + CLAIMED_FOR)
    with ctx.database.reading() as session:
        prepared = prepare(ctx, session, claimed)
    return _send_all(ctx, server, claimed, prepared)


def _send_all(
    ctx: Context, server: MailServer, claimed: Sequence[Mail], prepared: dict[int, Prepared]
) -> bool:
    until = monotonic() + CLAIMED_FOR.total_seconds() / 2
    sent = 0
    with Connection(server) as connection:
        for number, mail in enumerate(claimed, start=1):
            ready = prepared.get(mail.id)
            if ready is None:
                _drop(ctx, mail)
                continue
            attempt = connection.send(ready.address, ready.written)
            _settle(ctx, mail, attempt)
            sent += attempt.outcome is Outcome.TAKEN
            is_slow = monotonic() > until
            if attempt.outcome is Outcome.DOWN or is_slow:
                _put_off(ctx, claimed[number:], timedelta(0) if is_slow else DOWN_PAUSE)
                break
    if sent:
        log.info("mails_sent", mails=sent)
    return sent > 0


def _drop(ctx: Context, mail: Mail) -> None:
    with ctx.database.writing() as session:
        mails.drop(session, mail.id)


def _put_off(ctx: Context, rest: Sequence[Mail], pause: timedelta) -> None:
    now = ctx.clock()
    with ctx.database.writing() as session:
        mails.put_off(session, [mail.id for mail in rest], now, now + pause)


def _settle(ctx: Context, mail: Mail, attempt: Attempt) -> None:
    now = ctx.clock()
    with ctx.database.writing() as session:
        standing = standing_after(mail.attempts, attempt, now)
        mails.settle(session, mail.id, standing)
        follower = followers.follower(session, mail.follower_id)
        if follower is not None:
            is_parked = standing.parked_at is not None
            reach = reach_after(follower.failures, attempt, is_parked=is_parked)
            if reach.failures != follower.failures or reach.paused_because:
                mail_reach.write_reach(session, follower.id, reach.failures, reach.paused_because, now)
    if attempt.outcome is not Outcome.TAKEN:
        log.warning("mail_not_sent", mail=mail.id, outcome=attempt.outcome.value, attempts=standing.attempts)


def mail_server(settings: Settings) -> MailServer | None:
    """Return where mails are handed in, None where no mail server is set up."""
    if settings.smtp_host is None or settings.smtp_sender is None:
        return None
    password = settings.smtp_password
    return MailServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        starttls=settings.smtp_starttls and not settings.smtp_tls,
        tls=settings.smtp_tls,
        user=settings.smtp_user,
        password=password.get_secret_value() if password else None,
        ca_certs=settings.smtp_ca_certs,
        sender=settings.smtp_sender,
        name=urlsplit(settings.base_url).hostname or "localhost",
        timeout_s=settings.smtp_timeout,
    )
