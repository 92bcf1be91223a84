"""Writing one catalogue entry: put and patch, each in one transaction with the debt to the search engines."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from marketplace.actions.context import Context
from marketplace.actions.rights import acting, require
from marketplace.actions.service_changes import Change, write
from marketplace.domain.access import Action, Actor, may_write_service
from marketplace.domain.service import Service
from marketplace.domain.service_json import service_as_dict
from marketplace.domain.service_rules import read_service
from marketplace.errors import InvalidInput, NotFound, VersionMismatch, VersionRequired
from marketplace.store import head, services
from marketplace.store.known_keys import known_keys

ANY_VERSION = -1
"""Instead of an expected version: write whatever the stored one is (HTTP's ``If-Match: *``)."""


@dataclass(frozen=True, slots=True)
class Written:
    """An entry as it stands after a write; ``changed`` is False where it said the same before."""

    service: Service
    created: bool
    changed: bool


def put_service(
    ctx: Context,
    actor: Actor | None,
    service_id: str,
    fields: Mapping[str, Any],
    expected_version: int | None,
) -> Written:
    """Add or replace an entry. What ``fields`` leave out becomes unknown, except the status, which stays.

    ``expected_version`` is the version that the writer saw, None for a new entry.

    Raises:
        Unauthenticated, Forbidden: the actor may not write entries, or not this one.
        InvalidInput: fields that break a rule or point to what does not exist.
        VersionRequired: the entry exists and no version was named.
        VersionMismatch: the stored version is another one, or there is no such entry any more.
    """
    writer = acting(actor, Action.WRITE_SERVICE)
    wanted = read_service(service_id, fields)
    with ctx.database.writing() as session:
        current = services.load(session, [service_id]).get(service_id)
        if current is not None and fields.get("status") is None:
            wanted = replace(wanted, status=current.status)
        return _write_one(ctx, session, writer, Change(wanted, current), expected_version)


def patch_service(
    ctx: Context,
    actor: Actor | None,
    service_id: str,
    fields: Mapping[str, Any],
    expected_version: int | None,
) -> Written:
    """Replace the named fields of an entry and leave the others; null makes a field unknown.

    Raises:
        NotFound: there is no such entry.
        and as ``put_service``.
    """
    writer = acting(actor, Action.WRITE_SERVICE)
    with ctx.database.writing() as session:
        current = services.load(session, [service_id]).get(service_id)
        if current is None:
            raise NotFound("service", service_id)
        require(may_write_service(writer, current.publisher))
        wanted = read_service(service_id, {**service_as_dict(current), **fields}, current.status)
        return _write_one(ctx, session, writer, Change(wanted, current), expected_version)


def _write_one(
    ctx: Context, session: Session, writer: Actor, change: Change, expected_version: int | None
) -> Written:
    wanted, current = change.wanted, change.current
    if current is not None:
        require(may_write_service(writer, current.publisher))
    require(may_write_service(writer, wanted.publisher))
    _check_version(wanted.id, current, expected_version)
    held = head.lock(session) if change.touches_relations else None
    errors = change.rules_broken(known_keys(session, [wanted]))
    if errors:
        raise InvalidInput(errors)
    if current is not None and change.says_the_same:
        return Written(current, created=False, changed=False)
    (written,) = write(session, [change], ctx.clock(), held)
    return Written(written, created=current is None, changed=True)


def _check_version(service_id: str, current: Service | None, expected: int | None) -> None:
    if current is None:
        if expected is not None:
            raise VersionMismatch(f"service {service_id!r} does not exist")
    elif expected is None:
        raise VersionRequired(
            f"service {service_id!r} exists: name the version that the change was made from"
        )
    elif expected not in (ANY_VERSION, current.version):
        raise VersionMismatch(f"service {service_id!r} is at version {current.version}, not {expected}")
