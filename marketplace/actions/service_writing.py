"""Writing an entry at once, without a revision and its review: for operators, whose imports come by machine."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from marketplace.actions import auditing
from marketplace.actions.context import Context
from marketplace.actions.entry_in_work import ANY, Expected, InWork, check_expected
from marketplace.actions.rights import acting, require
from marketplace.actions.service_changes import Change, write
from marketplace.actions.service_keeping import Signature
from marketplace.domain.access import Action, Actor, Decision, may_write_service
from marketplace.domain.service import Service
from marketplace.domain.service_json import service_as_dict
from marketplace.domain.service_rules import read_service
from marketplace.errors import InvalidInput, NotFound, VersionMismatch
from marketplace.store import head, revisions, services
from marketplace.store.known_keys import known_keys

ANY_VERSION = -1
"""Instead of an expected version: write whatever the stored one is (HTTP's ``If-Match: *``)."""
AT_ONCE = "import"
"""What the history says of a version that was published without a review."""


@dataclass(frozen=True, slots=True)
class Written:
    """An entry as it stands after a write; ``changed`` is False where it said the same before."""

    service: Service
    created: bool
    changed: bool


def put_service(
    ctx: Context, actor: Actor | None, service_id: str, fields: Mapping[str, Any], expected: Expected | int
) -> Written:
    """Add or replace an entry. What ``fields`` leave out becomes unknown, except the status, which stays.

    ``expected`` is the version that the writer saw (``ANY_VERSION``: whatever stands) or tags of what is in work
    (``entry_in_work.Expected``), None for a new entry.

    Raises:
        Unauthenticated, Forbidden: the actor is no operator.
        InvalidInput: fields that break a rule or point to what does not exist.
        VersionRequired: the entry exists and no version was named.
        VersionMismatch: the stored version is another one, or there is no such entry any more.
    """
    writer = operator_of(actor)
    wanted = read_service(service_id, fields)
    with ctx.database.writing() as session:
        held = head.lock(session)
        current = services.load(session, [service_id]).get(service_id)
        if current is not None and fields.get("status") is None:
            wanted = replace(wanted, status=current.status)
        return _write_one(ctx, session, writer, Change(wanted, current), expected, held)


def patch_service(
    ctx: Context, actor: Actor | None, service_id: str, fields: Mapping[str, Any], expected: Expected | int
) -> Written:
    """Replace the named fields of an entry and leave the others; null makes a field unknown.

    Raises:
        NotFound: there is no such entry.
        and as ``put_service``.
    """
    writer = operator_of(actor)
    with ctx.database.writing() as session:
        held = head.lock(session)
        current = services.load(session, [service_id]).get(service_id)
        if current is None:
            raise NotFound("service", service_id)
        wanted = read_service(service_id, {**service_as_dict(current), **fields}, current.status)
        return _write_one(ctx, session, writer, Change(wanted, current), expected, held)


def operator_of(actor: Actor | None) -> Actor:
    """Return who writes at once.

    Raises:
        Unauthenticated, Forbidden: nobody, or not an operator.
    """
    writer = acting(actor, Action.WRITE_SERVICE)
    require(Decision(writer.is_operator, "Publishing needs a review: submit what you wrote for review."))
    return writer


def _write_one(
    ctx: Context, session: Session, writer: Actor, change: Change, expected: Expected | int, held: head.Head
) -> Written:
    wanted, current = change.wanted, change.current
    require(may_write_service(writer, wanted.publisher))
    _check_expected(session, wanted.id, current, expected)
    errors = change.rules_broken(known_keys(session, [wanted]))
    if errors:
        raise InvalidInput(errors)
    if current is not None and change.says_the_same:
        return Written(current, created=False, changed=False)
    now = ctx.clock()
    (written,) = write(session, [change], now, held, Signature.of(writer, AT_ONCE))
    auditing.record(
        session, writer, now, "service.written", ("service", written.id), version=written.version,
        status=str(written.status), own_review=True,
    )  # fmt: skip
    return Written(written, created=current is None, changed=True)


def _check_expected(
    session: Session, service_id: str, current: Service | None, expected: Expected | int
) -> None:
    if current is None:
        if expected is not None:
            raise VersionMismatch(f"service {service_id!r} does not exist")
        return
    found = InWork(current, revisions.revision_of(session, current))
    if isinstance(expected, int):
        expected = ANY if expected == ANY_VERSION else str(expected)
    check_expected(found, expected, of_the_entry=True)
