"""Everything that can go wrong in the domain's own words, without HTTP.

::

    MarketplaceError
    ├── InvalidInput        a field breaks a rule            (API: 422)
    ├── NotFound            nothing by that key              (API: 404)
    ├── Gone                was there, was withdrawn         (API: 410)
    ├── Forbidden           known who, not allowed           (API: 403)
    ├── Unauthenticated     not known who                    (API: 401)
    ├── Conflict            contradicts what is stored       (API: 409)
    ├── VersionMismatch     somebody wrote in between        (API: 412)
    ├── VersionRequired     a write without the version      (API: 428)
    ├── TooManyRequests     asked too often                  (API: 429)
    ├── SearchUnavailable   the engine does not answer       (API: 503)
    └── SignInUnavailable   the OpenID provider does not     (pages only: 503)

``api.problems`` and ``web.errors`` each translate them once; nobody else does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class FieldError:
    """One broken rule: the field's name (dotted for nested ones), the rule's short name, a readable message."""

    field: str
    rule: str
    message: str


class MarketplaceError(Exception):
    """Base of all domain errors. ``message`` is readable by the person who caused it."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InvalidInput(MarketplaceError):
    """One or more fields break a rule; ``errors`` names each of them."""

    def __init__(self, errors: Sequence[FieldError], message: str | None = None) -> None:
        self.errors = tuple(errors)
        super().__init__(message or "; ".join(f"{e.field}: {e.message}" for e in self.errors))

    @classmethod
    def one(cls, field: str, rule: str, message: str) -> "InvalidInput":
        """Build the error for a single field."""
        return cls([FieldError(field, rule, message)])


class NotFound(MarketplaceError):
    """There is nothing of that kind by that key; ``hint`` goes on where the sentence ends."""

    def __init__(self, kind: str, key: str, hint: str = "") -> None:
        super().__init__(f"{kind} {key!r} does not exist{hint}")
        self.kind, self.key = kind, key


class Gone(MarketplaceError):
    """It existed and was withdrawn: on which day, what follows it, and whether it went into that."""

    def __init__(
        self,
        message: str,
        *,
        withdrawn_on: date | None = None,
        successor: str | None = None,
        merged: bool = False,
    ) -> None:
        super().__init__(message)
        self.withdrawn_on, self.successor, self.merged = withdrawn_on, successor, merged


class Forbidden(MarketplaceError):
    """The actor is known and may not do this; the message is the reason."""


class Unauthenticated(MarketplaceError):
    """The action needs somebody signed in or a token."""


class Conflict(MarketplaceError):
    """The request contradicts what is stored."""


class VersionMismatch(MarketplaceError):
    """The version the writer saw is not the stored one any more."""


class VersionRequired(MarketplaceError):
    """A write to something that exists must name the version it was made from."""


class TooManyRequests(MarketplaceError):
    """Somebody asks more often than the settings allow; ``retry_after`` is in seconds."""

    def __init__(self, message: str, retry_after: int = 60) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class SearchUnavailable(MarketplaceError):
    """The search engine does not answer; ``retry_after`` is in seconds."""

    def __init__(self, message: str, retry_after: int = 10) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class SignInUnavailable(MarketplaceError):
    """The OpenID provider does not answer, or not as one; tokens and open sessions go on."""
