"""Taking an entry out of the catalogue: at once or on a day ahead, with a reason and what follows it."""

from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy.orm import Session

from marketplace.actions import auditing, changing
from marketplace.actions.context import Context
from marketplace.actions.entry_in_work import ANY, Expected, check_expected, locked, sees
from marketplace.actions.rights import acting, require
from marketplace.actions.service_changes import Change, write
from marketplace.actions.service_keeping import Signature
from marketplace.actions.typed_text import text_of
from marketplace.domain import dates
from marketplace.domain.access import Action, Actor, Role, may_write_service
from marketplace.domain.lifecycle import EntryStatus
from marketplace.domain.revision import Withdrawal, was_published
from marketplace.domain.service import Service
from marketplace.domain.service_rules import MAX_REASON
from marketplace.errors import Conflict, InvalidInput, NotFound
from marketplace.store import head, services, withdrawals

MAX_YEARS_AHEAD = 5
SCHEDULE = Actor.of("schedule", "marketplace-operator", Role.OPERATOR)
"""Who executes what people planned, when its day has come."""


def withdraw(
    ctx: Context,
    actor: Actor | None,
    service_id: str,
    on: date,
    reason: str | None,
    successor_id: str | None,
    expected: Expected = ANY,
) -> Withdrawal:
    """Withdraw a published entry from the day ``on`` on; a day ahead is planned, and planning anew replaces the plan.

    Raises:
        NotFound: there is no such entry, or this is not for the actor to know.
        Unauthenticated, Forbidden: the actor may not write it.
        VersionMismatch: somebody wrote in between.
        Conflict: it is not published.
        InvalidInput: no reason; a day before the entry was made or more than five years ahead; a successor that is
            not published, the entry itself, or followed by it.
    """
    writer = acting(actor, Action.WRITE_SERVICE)
    why = text_of("reason", reason, MAX_REASON, required=True) or ""
    with ctx.database.writing() as session:
        service, held = _published(session, writer, service_id, expected)
        today = ctx.today()
        _check_day(on, today, service)
        if successor_id is not None:
            _check_successor(session, service_id, successor_id)
        now = ctx.clock()
        decided = Withdrawal(service_id, on, why, successor_id, decided_at=now, decided_by=writer.name)
        withdrawals.save(session, decided)
        planned = on > today
        if planned:
            changing.record_withdrawal(session, writer, now, service, decided)
        else:
            _execute(ctx, session, writer, service, decided, held)
        auditing.record(
            session, writer, now, "service.withdrawal_planned" if planned else "service.withdrawn",
            ("service", service_id), on=on.isoformat(), successor=successor_id,
        )  # fmt: skip
    return decided


def cancel_withdrawal(ctx: Context, actor: Actor | None, service_id: str, expected: Expected = ANY) -> None:
    """Take a planned withdrawal back.

    Raises:
        Conflict: none is planned.
        and as ``withdraw``.
    """
    writer = acting(actor, Action.WRITE_SERVICE)
    with ctx.database.writing() as session:
        service, _ = _published(session, writer, service_id, expected)
        if withdrawals.withdrawal_of(session, service_id) is None:
            raise Conflict("No withdrawal is planned for this entry.")
        withdrawals.remove(session, [service_id])
        changing.record_withdrawal(session, writer, ctx.clock(), service, None)
        auditing.record(session, writer, ctx.clock(), "service.withdrawal_cancelled", ("service", service_id))


def withdraw_due(ctx: Context) -> int:
    """Execute the planned withdrawals whose day has come, and return how many; twice is as good as once."""
    with ctx.database.reading() as session:
        if not withdrawals.due(session, ctx.today()):
            return 0
    with ctx.database.writing() as session:
        held = head.lock(session)
        due = withdrawals.due(session, ctx.today())
        standing = services.load(session, [one.service_id for one in due])
        for decided in due:
            _execute(ctx, session, SCHEDULE, standing[decided.service_id], decided, held)
            auditing.record(
                session, SCHEDULE, ctx.clock(), "service.withdrawn", ("service", decided.service_id),
                on=decided.on.isoformat(), successor=decided.successor, planned=True,
            )  # fmt: skip
    return len(due)


def _published(
    session: Session, writer: Actor, service_id: str, expected: Expected
) -> tuple[Service, head.Head]:
    held = head.lock(session)
    found = locked(session, service_id)
    if found is None or not (was_published(found.service) or sees(writer, found.service)):
        raise NotFound("service", service_id)
    require(may_write_service(writer, found.service.publisher))
    check_expected(found, expected, of_the_entry=True)
    if found.service.status is not EntryStatus.PUBLISHED:
        raise Conflict(f"Only a published entry is withdrawn; this one is {found.service.status}.")
    return found.service, held


def _execute(
    ctx: Context, session: Session, writer: Actor, service: Service, decided: Withdrawal, held: head.Head
) -> None:
    signature = Signature(
        edited_by=decided.decided_by,
        approved_by=writer.name,
        organisation_id=service.publisher,
        note=decided.reason,
        own_review=True,
        done_by=writer,
    )
    change = Change(replace(service, status=EntryStatus.WITHDRAWN), service)
    write(session, [change], ctx.clock(), held, signature)


def _check_day(on: date, today: date, service: Service) -> None:
    if service.created_at is not None and on < dates.today(service.created_at):
        raise InvalidInput.one("on", "range", "lies before the entry was made")
    if on > today + timedelta(days=366 * MAX_YEARS_AHEAD):
        raise InvalidInput.one("on", "range", f"lies more than {MAX_YEARS_AHEAD} years ahead")


def _check_successor(session: Session, service_id: str, successor_id: str) -> None:
    if successor_id == service_id:
        raise InvalidInput.one("successor", "itself", "an entry does not follow itself")
    if services.status_of(session, successor_id) is not EntryStatus.PUBLISHED:
        raise InvalidInput.one("successor", "reference", f"{successor_id!r} is no published entry")
    following = withdrawals.successors(session)
    seen: set[str] = set()
    one: str | None = successor_id
    while one is not None and one not in seen:
        if one == service_id:
            raise InvalidInput.one(
                "successor", "circle", f"{successor_id} is followed by {service_id} itself"
            )
        seen.add(one)
        one = following.get(one)
