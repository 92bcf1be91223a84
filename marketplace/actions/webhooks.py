"""Webhooks of an organisation: its admins name addresses, rotate secrets, switch on and off."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from marketplace.actions.administering import administered, changed
from marketplace.actions.auditing import record
from marketplace.actions.context import Context
from marketplace.actions.service_writing import ANY_VERSION
from marketplace.domain.access import Action, Actor
from marketplace.domain.catalogue import Organisation
from marketplace.domain.webhook import MAX_WEBHOOKS, Webhook, WebhookFields, read_webhook
from marketplace.domain.webhook_attempts import OffReason
from marketplace.errors import Conflict, NotFound, VersionMismatch, VersionRequired
from marketplace.notify.webhook_signing import MARK, new_secret
from marketplace.store import webhook_deliveries, webhooks
from marketplace.store.webhook_deliveries import Owed

ABOUT = "organisation"
BOTH_SIGN = timedelta(days=1)
"""How long the former secret signs beside a new one: so long receivers have to change over."""


@dataclass(frozen=True, slots=True)
class ShownWebhook:
    """An address with what is owed to it; its secrets stay inside."""

    webhook: Webhook
    owed: Owed
    masked_secret: str
    former_until: datetime | None


@dataclass(frozen=True, slots=True)
class NewSecret:
    """A secret at the only moment when it is shown."""

    shown: ShownWebhook
    secret: str


def organisation_of(ctx: Context, actor: Actor | None, organisation_id: str) -> Organisation:
    """Return an organisation whose webhooks the actor manages; errors as ``list_webhooks``."""
    with ctx.database.reading() as session:
        return administered(session, actor, Action.MANAGE_WEBHOOKS, organisation_id)[1]


def list_webhooks(
    ctx: Context, actor: Actor | None, organisation_id: str
) -> tuple[Organisation, list[ShownWebhook]]:
    """Return an organisation with its addresses, the oldest first.

    Raises:
        Unauthenticated, Forbidden: the actor manages no webhooks.
        NotFound: no organisation by this id whose webhooks the actor manages.
    """
    with ctx.database.reading() as session:
        _who, organisation = administered(session, actor, Action.MANAGE_WEBHOOKS, organisation_id)
        found = webhooks.of_organisation(session, organisation_id)
        owed = webhook_deliveries.counts(session, [one.id for one in found])
    return organisation, [_shown(ctx, one, owed[one.id]) for one in found]


def get_webhook(ctx: Context, actor: Actor | None, organisation_id: str, webhook_id: str) -> ShownWebhook:
    """Return one address.

    Raises:
        Unauthenticated, Forbidden, NotFound: as ``list_webhooks``; NotFound too where it has no such address.
    """
    with ctx.database.reading() as session:
        administered(session, actor, Action.MANAGE_WEBHOOKS, organisation_id)
        return _shown_of(ctx, session, _found(session, organisation_id, webhook_id))


def add_webhook(
    ctx: Context, actor: Actor | None, organisation_id: str, fields: Mapping[str, Any]
) -> NewSecret:
    """Add an address; its secret is told here and never again.

    Raises:
        Unauthenticated, Forbidden, NotFound: as ``list_webhooks``.
        InvalidInput: see ``domain.webhook.read_webhook``.
        Conflict: the organisation has 10 addresses, or went into another one.
    """
    now, secret = ctx.clock(), new_secret()
    read = _read(ctx, fields)
    with ctx.database.writing() as session:
        who, _organisation = changed(session, actor, Action.MANAGE_WEBHOOKS, organisation_id)
        if webhooks.count(session, organisation_id) >= MAX_WEBHOOKS:
            raise Conflict(f"{organisation_id} has {MAX_WEBHOOKS} webhooks: remove one first")
        added = Webhook(
            id=str(uuid4()), organisation_id=organisation_id, fields=read, secret=secret, created_at=now,
            created_by=who.name, person_id=who.person_id or who.behind,
        )  # fmt: skip
        webhooks.add(session, added)
        _log(session, who, now, "webhook.added", added)
        return NewSecret(_shown_of(ctx, session, added), secret)


def change_webhook(
    ctx: Context,
    actor: Actor | None,
    organisation_id: str,
    webhook_id: str,
    fields: Mapping[str, Any],
    expected_version: int | None,
) -> ShownWebhook:
    """Change what an address says; fields that are left out stay.

    Raises:
        Unauthenticated, Forbidden, NotFound, InvalidInput, Conflict: as ``add_webhook`` and ``get_webhook``.
        VersionRequired, VersionMismatch: the version it was made from is not named, or not the stored one.
    """

    def change(webhook: Webhook) -> Webhook:
        _check_version(webhook, expected_version)
        return replace(webhook, fields=_read(ctx, {**_as_fields(webhook.fields), **fields}))

    return _change(ctx, actor, organisation_id, webhook_id, "webhook.changed", change)


def remove_webhook(
    ctx: Context, actor: Actor | None, organisation_id: str, webhook_id: str, expected_version: int | None
) -> None:
    """Remove an address with its log; what is owed to it is not sent any more.

    Raises:
        Unauthenticated, Forbidden, NotFound, VersionRequired, VersionMismatch: as ``change_webhook``.
    """
    with ctx.database.writing() as session:
        who, _organisation = administered(session, actor, Action.MANAGE_WEBHOOKS, organisation_id)
        found = _found(session, organisation_id, webhook_id, for_update=True)
        _check_version(found, expected_version)
        webhooks.remove(session, webhook_id)
        _log(session, who, ctx.clock(), "webhook.removed", found)


def rotate_secret(ctx: Context, actor: Actor | None, organisation_id: str, webhook_id: str) -> NewSecret:
    """Give an address a new secret, told here and never again; the former one signs too for a day.

    Raises:
        Unauthenticated, Forbidden, NotFound, Conflict: as ``change_webhook``.
    """
    secret, until = new_secret(), ctx.clock() + BOTH_SIGN

    def rotate(webhook: Webhook) -> Webhook:
        return replace(webhook, secret=secret, former_secret=webhook.secret, former_until=until)

    shown = _change(ctx, actor, organisation_id, webhook_id, "webhook.secret_rotated", rotate)
    return NewSecret(shown, secret)


def switch(
    ctx: Context, actor: Actor | None, organisation_id: str, webhook_id: str, *, on: bool
) -> ShownWebhook:
    """Switch an address on, which forgets its failures, or off, which gives up what is owed to it.

    Raises:
        Unauthenticated, Forbidden, NotFound, Conflict: as ``change_webhook``; Conflict too where it is so already.
    """
    now = ctx.clock()

    def turn(webhook: Webhook) -> Webhook:
        if (webhook.off_at is None) == on:
            raise Conflict(f"webhook {webhook.id} is switched {'on' if on else 'off'} already")
        if on:
            return replace(webhook, off_at=None, off_reason=None, failing_since=None)
        return replace(webhook, off_at=now, off_reason=OffReason.BY_HAND)

    act = "webhook.switched_on" if on else "webhook.switched_off"
    return _change(ctx, actor, organisation_id, webhook_id, act, turn)


def switch_off_all(session: Session, who: Actor, organisation_id: str, now: datetime) -> int:
    """Switch every address of an organisation off that goes into another one, in the caller's transaction.

    Return how many were on.
    """
    turned = 0
    for one in webhooks.of_organisation(session, organisation_id):
        webhook_deliveries.park_all(session, one.id, now)
        if webhooks.switch_off(session, one.id, now, OffReason.MERGED):
            _log(session, who, now, "webhook.switched_off", one, why=str(OffReason.MERGED))
            turned += 1
    return turned


def _change(
    ctx: Context,
    actor: Actor | None,
    organisation_id: str,
    webhook_id: str,
    act: str,
    change: Callable[[Webhook], Webhook],
) -> ShownWebhook:
    now = ctx.clock()
    with ctx.database.writing() as session:
        who, _organisation = changed(session, actor, Action.MANAGE_WEBHOOKS, organisation_id)
        stored = _found(session, organisation_id, webhook_id, for_update=True)
        saved = replace(change(stored), version=stored.version + 1)
        webhooks.save(session, saved)
        if saved.off_at is not None and stored.off_at is None:
            webhook_deliveries.park_all(session, webhook_id, now)
        why = {} if saved.off_reason is None else {"why": str(saved.off_reason)}
        _log(session, who, now, act, saved, **why)
        return _shown_of(ctx, session, saved)


def _found(session: Session, organisation_id: str, webhook_id: str, *, for_update: bool = False) -> Webhook:
    found = webhooks.one(session, organisation_id, webhook_id, for_update=for_update)
    if found is None:
        raise NotFound("webhook", webhook_id)
    return found


def _read(ctx: Context, fields: Mapping[str, Any]) -> WebhookFields:
    settings = ctx.settings
    return read_webhook(fields, plain_http=settings.webhook_plain_http, allowed=settings.webhook_networks)


def _as_fields(fields: WebhookFields) -> dict[str, Any]:
    kinds = [str(kind) for kind in fields.kinds]
    return {"url": fields.url, "note": fields.note, "kinds": kinds, "follows": str(fields.follows)}


def _check_version(stored: Webhook, expected: int | None) -> None:
    if expected is None:
        raise VersionRequired(f"name the version of webhook {stored.id} that the change was made from")
    if expected not in (ANY_VERSION, stored.version):
        raise VersionMismatch(f"webhook {stored.id} is at version {stored.version}, not {expected}")


def _shown_of(ctx: Context, session: Session, webhook: Webhook) -> ShownWebhook:
    return _shown(ctx, webhook, webhook_deliveries.counts(session, [webhook.id])[webhook.id])


def _shown(ctx: Context, webhook: Webhook, owed: Owed) -> ShownWebhook:
    both = len(webhook.secrets_at(ctx.clock())) > 1
    return ShownWebhook(webhook, owed, f"{MARK}…", webhook.former_until if both else None)


def _log(session: Session, who: Actor, now: datetime, act: str, webhook: Webhook, **more: str) -> None:
    record(
        session, who, now, act, (ABOUT, webhook.organisation_id), webhook=webhook.id, host=webhook.host, **more
    )  # fmt: skip
