"""An account at an OpenID provider: what the provider says of it, and which roles that means here.

Source: OpenID Connect Core 1.0, sections 2 and 5.1 (https://openid.net/specs/openid-connect-core-1_0.html).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from marketplace.domain.roles import Role
from marketplace.errors import InvalidInput

MAX_ISSUER, MAX_SUBJECT, MAX_NAME, MAX_EMAIL = 300, 255, 200, 254
MAX_VALUES = 200
"""So many values of one field are read, and no more."""


@dataclass(frozen=True, slots=True)
class RoleSource:
    """Where a provider's statement names organisations and roles; a dot in a field goes one level down.

    ``organisations`` and ``roles`` say what a value there means; an empty mapping of organisations: their ids.
    """

    organisation_field: str
    roles_field: str
    roles: Mapping[str, Role]
    organisations: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class OpenIdAccount:
    """Who somebody is at the provider. ``roles``: which ones in which organisation; None: the provider gives none."""

    issuer: str
    subject: str
    name: str
    email: str | None
    roles: Mapping[str, frozenset[Role]] | None


def pairs_of(text: str) -> dict[str, str]:
    """Read a setting "value=meaning, value=meaning".

    Raises:
        ValueError: a part that is no such pair, or a value that stands there twice.
    """
    pairs: dict[str, str] = {}
    for part in (one.strip() for one in text.split(",") if one.strip()):
        # The last one parts: a group's name may be a path with "=" in it, a meaning never is.
        value, parted, meaning = (piece.strip() for piece in part.rpartition("="))
        if not parted or not value or not meaning:
            raise ValueError(f"{part!r} is no pair value=meaning")
        if value in pairs:
            raise ValueError(f"{value!r} stands there twice")
        pairs[value] = meaning
    return pairs


def account_of(statement: Mapping[str, object], source: RoleSource | None) -> OpenIdAccount:
    """Read what an ID token says, whose signature and audience were checked before.

    Names are cut to what is stored, control characters become spaces; an e-mail address that the provider says is
    not verified is left out.

    Raises:
        InvalidInput: issuer or subject are missing or too long.
    """
    issuer, subject = _text(statement.get("iss")), _text(statement.get("sub"))
    if issuer is None or len(issuer) > MAX_ISSUER:
        raise InvalidInput.one("iss", "format", "the provider names no usable issuer")
    if subject is None or len(subject) > MAX_SUBJECT:
        raise InvalidInput.one("sub", "format", "the provider names no usable subject")
    names = (_text(statement.get(field)) for field in ("name", "preferred_username"))
    email = _text(statement.get("email"))
    if email is not None and (statement.get("email_verified") is False or len(email) > MAX_EMAIL):
        email = None
    name = next((name for name in names if name), None) or email or subject
    return OpenIdAccount(
        issuer, subject, name[:MAX_NAME], email, None if source is None else _roles(statement, source)
    )


def _roles(statement: Mapping[str, object], source: RoleSource) -> dict[str, frozenset[Role]]:
    roles = frozenset(
        source.roles[value] for value in _values(statement, source.roles_field) if value in source.roles
    )
    named = _values(statement, source.organisation_field)
    organisations = (
        [source.organisations[value] for value in named if value in source.organisations]
        if source.organisations
        else named
    )
    return {organisation: roles for organisation in organisations if roles}


def _values(statement: Mapping[str, object], field: str) -> list[str]:
    found: object = statement
    for step in [field] if field in statement else field.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    several = found if isinstance(found, list) else [found]
    return [value for value in several[:MAX_VALUES] if isinstance(value, str)]


def _text(value: object) -> str | None:
    if not isinstance(value, str):
        return None
    plain = "".join(letter if letter.isprintable() else " " for letter in value)
    return " ".join(plain.split()) or None
