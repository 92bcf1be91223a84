"""Webhooks: addresses of an organisation's machines that are told of changes. The fields of one, and what is owed.

What is sent follows the Standard Webhooks convention (https://www.standardwebhooks.com).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from marketplace.domain.change import MessageKind
from marketplace.domain.field_reader import FieldReader
from marketplace.domain.network_targets import Network, why_not_host
from marketplace.domain.webhook_attempts import OffReason
from marketplace.errors import FieldError, InvalidInput

MAX_WEBHOOKS = 10
"""How many addresses an organisation has at most."""
MAX_NOTE = 200
TEST = "webhook.test"
"""The kind of the message that only shows that an address takes messages."""
FIELDS = ("url", "note", "kinds", "follows")
KINDS = tuple(kind for kind in MessageKind if not kind.startswith(("figure.", "webhook.", "subscription.")))
"""What an address can be told: figures are worked out for each subscription, and machines ask for them; that an address
was switched off it cannot be told."""


class Follows(StrEnum):
    """Which changes an address is told of: everything public, or what the organisation's subscriptions meet.

    Of the organisation's own matters it is told in both cases.
    """

    EVERYTHING = "everything"
    SUBSCRIPTIONS = "subscriptions"


class DeliveryState(StrEnum):
    """How a delivery stands: owed, taken by the address, given up, or withheld: its owner may not read it any more."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    PARKED = "parked"
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class WebhookFields:
    """What its owner says of an address."""

    url: str
    note: str | None
    kinds: tuple[MessageKind, ...]
    follows: Follows


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """An address. ``former_secret`` signs beside ``secret`` until ``former_until``; ``off_at``: it is told nothing.

    ``failing_since``: the first of the failures that no success has followed.
    """

    id: str
    organisation_id: str
    fields: WebhookFields
    secret: str = field(repr=False)
    former_secret: str | None = field(repr=False, default=None)
    former_until: datetime | None = None
    version: int = 1
    created_at: datetime
    created_by: str
    person_id: str | None = None
    failing_since: datetime | None = None
    off_at: datetime | None = None
    off_reason: OffReason | None = None

    @property
    def host(self) -> str:
        """The host of the address: what logs name, because the rest of an address may hold a secret."""
        return urlsplit(self.fields.url).hostname or ""

    def secrets_at(self, now: datetime) -> tuple[str, ...]:
        """Return the secrets that sign what is sent now, the newest first."""
        if self.former_secret is None or self.former_until is None or self.former_until <= now:
            return (self.secret,)
        return (self.secret, self.former_secret)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt: the answer's ``status``, or the ``error`` where none came; ``answer`` is the answer's beginning."""

    at: datetime
    status: int | None
    error: str | None
    took_ms: int
    answer: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A message owed to an address since ``created_at``; ``body`` is what is sent, ``due_at`` None: nothing is owed."""

    id: int
    webhook_id: str
    message_id: str
    kind: str
    object: str
    position: int | None
    body: Mapping[str, Any]
    created_at: datetime
    due_at: datetime | None
    attempts: int
    delivered_at: datetime | None = None
    parked_at: datetime | None = None
    withheld_at: datetime | None = None

    @property
    def state(self) -> DeliveryState:
        """How it stands."""
        if self.due_at is not None:
            return DeliveryState.WAITING
        if self.withheld_at is not None:
            return DeliveryState.WITHHELD
        return DeliveryState.PARKED if self.delivered_at is None else DeliveryState.DELIVERED


def read_webhook(
    fields: Mapping[str, Any], *, plain_http: bool = False, allowed: Sequence[Network] = ()
) -> WebhookFields:
    """Read an address with what it is told of.

    ``plain_http`` lets http pass, ``allowed`` are networks that are called though they are not public. ``kinds`` left
    out means all of them.

    Raises:
        InvalidInput: an unknown field; an address that is missing, no https, holds a login or a fragment, or names what
            is not called; an unknown kind or none; a note that is too long.
    """
    errors: list[FieldError] = []
    reader = FieldReader(fields, errors)
    reader.only(FIELDS)
    url = reader.text("url", 500, required=True)
    if url is not None:
        _check_address(url, errors, plain_http=plain_http, allowed=allowed)
    note = reader.text("note", MAX_NOTE)
    kinds = _kinds(fields.get("kinds"), errors)
    follows = reader.one_of("follows", Follows, required=True)
    if errors or url is None or follows is None:
        raise InvalidInput(errors)
    return WebhookFields(url, note, kinds, follows)


def _check_address(
    url: str, errors: list[FieldError], *, plain_http: bool, allowed: Sequence[Network]
) -> None:
    def refuse(rule: str, message: str) -> None:
        errors.append(FieldError("url", rule, message))

    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return refuse("format", "is no address")
    if not url.isascii() or not url.isprintable() or " " in url or not parts.hostname or port == 0:
        return refuse("format", "must be an https address of ASCII characters without blanks")
    if parts.scheme != "https" and not (plain_http and parts.scheme == "http"):
        return refuse("https", "must begin with https://")
    if parts.username is not None or parts.password is not None:
        return refuse("login", "must not hold a user or password: messages are signed instead")
    if parts.fragment:
        return refuse("format", "must not hold a fragment (#)")
    why = why_not_host(parts.hostname, allowed)
    return None if why is None else refuse("target", why)


def _kinds(value: object, errors: list[FieldError]) -> tuple[MessageKind, ...]:
    if value is None:
        return KINDS
    if not isinstance(value, list | tuple) or len(value) > len(KINDS):
        errors.append(FieldError("kinds", "type", f"must be a list of at most {len(KINDS)} kinds"))
        return ()
    if not value:
        errors.append(FieldError("kinds", "required", "choose one at least"))
    if any(one not in KINDS for one in value):
        errors.append(FieldError("kinds", "choice", f"must be among {', '.join(KINDS)}"))
        return ()
    return tuple(one for one in KINDS if one in value)
