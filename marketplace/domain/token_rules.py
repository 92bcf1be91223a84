"""What a machine's token may be: a name, a role, what it is good for, until when."""

from collections.abc import Sequence
from dataclasses import dataclass

from marketplace.domain.access import ALLOWED, NEEDED_SCOPE
from marketplace.domain.field_reader import FieldReader
from marketplace.domain.roles import Role, TokenScope
from marketplace.errors import FieldError, InvalidInput

MAX_NAME = 120
MAX_DAYS = 3650


@dataclass(frozen=True, slots=True)
class TokenWish:
    """A token as it is wanted; ``days`` until it expires, None: never."""

    role: Role
    scopes: tuple[TokenScope, ...]
    name: str | None
    days: int | None


def usable_scopes(role: Role) -> list[TokenScope]:
    """Return the scopes that a token of a role can use, in the order of ``TokenScope``."""
    usable = {NEEDED_SCOPE[action] for action, roles in ALLOWED.items() if role in roles}
    return [scope for scope in TokenScope if scope in usable]


def read_wish(
    role: str, scopes: Sequence[str] | None, name: str | None, days: int | None, *, named: bool = False
) -> TokenWish:
    """Read what token is wanted; ``scopes`` None: all that the role can use. ``named``: it needs a name.

    Raises:
        InvalidInput: an unknown role or scope, a scope that the role cannot use, none at all, a name that is missing
            or too long, days out of 1 to 3650.
    """
    errors: list[FieldError] = []
    wanted = FieldReader({"role": role}, errors).one_of("role", Role, required=True)
    called = FieldReader({"name": name}, errors).text("name", MAX_NAME, required=named)
    if days is not None and not 1 <= days <= MAX_DAYS:
        errors.append(FieldError("days", "range", f"must be 1 to {MAX_DAYS}"))
    good_for = () if wanted is None else _scopes(wanted, scopes, errors)
    if errors or wanted is None:
        raise InvalidInput(errors)
    return TokenWish(wanted, good_for, called, days)


def _scopes(role: Role, scopes: Sequence[str] | None, errors: list[FieldError]) -> tuple[TokenScope, ...]:
    usable = usable_scopes(role)
    if scopes is None:
        return tuple(usable)
    if not scopes:
        errors.append(FieldError("scopes", "required", "choose one at least"))
    if any(scope not in set(TokenScope) for scope in scopes):
        errors.append(FieldError("scopes", "choice", f"must be among {', '.join(TokenScope)}"))
        return ()
    useless = [scope for scope in scopes if scope not in usable]
    if useless:
        errors.append(
            FieldError("scopes", "role", f"{role} cannot use {', '.join(useless)}, only: {', '.join(usable)}")
        )
    return tuple(scope for scope in usable if scope in scopes)
