"""Telling those who follow of what changed: every change once, whatever happens to the worker meanwhile.

A change is owed (``store.change_jobs``) from the transaction that recorded it to the transaction that writes its
messages: killed before, a worker leaves the debt; afterwards there is none. Matching lies between and writes nothing.
What cannot be told is put off alone (``actions.telling_hold``), so that other changes go on.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from marketplace.actions.context import Context
from marketplace.actions.matching import Matched, Matching
from marketplace.actions.message_writing import MessageWriting
from marketplace.actions.telling_hold import HELD_FOR, Hold
from marketplace.actions.webhook_owing import ProfileOf, make_deliveries
from marketplace.store import change_jobs, changes

BATCH = 100
"""So many changes a worker takes at once."""
MESSAGES_AT_ONCE = 10_000
"""With so many messages a transaction ends; those of one change are never parted."""


@dataclass(frozen=True, slots=True)
class Told:
    """How many messages were made of how many changes; ``busy``: more changes may be due."""

    messages: int
    changes: int
    busy: bool


NOTHING = Told(0, 0, busy=False)


def tell_pending(ctx: Context) -> Told:
    """Tell of the next changes that are due, in order; several workers may do so at once."""
    now = ctx.clock()
    with ctx.database.reading() as session:
        if not change_jobs.is_due(session, now):
            return NOTHING
    with ctx.database.writing() as session:
        jobs = change_jobs.due(session, now, BATCH)
        if not jobs:
            return NOTHING
        until = now + HELD_FOR
        change_jobs.take(session, jobs, until)
    messages = told = 0
    with Hold(ctx, jobs, until), ctx.database.reading() as session:
        matching = Matching(ctx, session, changes.at_positions(session, [one.position for one in jobs]))
        for batch in _batches(matching.matched()):
            made = _write(ctx, batch, now, matching.profile_of)
            messages, told = messages + made.messages, told + made.changes
    return Told(messages, told, busy=True)


def _write(ctx: Context, batch: Sequence[Matched], now: datetime, profile_of: ProfileOf) -> Told:
    """Write the messages of the changes that nobody else has told meanwhile, and end their jobs with them."""
    with ctx.database.writing() as session:
        ended = change_jobs.end(session, [one.change.position for one in batch])
        left = [one for one in batch if one.change.position in ended]
        planned = [message for one in left for message in one.messages]
        writing = MessageWriting(session, planned, now, mailed=ctx.settings.mail_is_set_up)
        made = sum(writing.write(one.messages, one.change) for one in left)
        make_deliveries(session, [told for one in left for told in one.tellings], now, profile_of)
    return Told(made, len(left), busy=True)


def _batches(matched: Iterator[Matched]) -> Iterator[list[Matched]]:
    batch: list[Matched] = []
    size = 0
    for one in matched:
        batch.append(one)
        size += len(one.messages)
        if size >= MESSAGES_AT_ONCE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
