"""Settings of signing in: how long a session lasts, and the OpenID provider that knows people's accounts."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings

from marketplace.domain.openid_account import RoleSource, pairs_of
from marketplace.domain.person import SessionLimits
from marketplace.domain.roles import Role
from marketplace.node_addresses import stays_on_this_machine
from marketplace.setting_values import Unset

_NAME = "MARKETPLACE_OIDC_"
_DAY_MINUTES = 24 * 60


class SignInSettings(BaseSettings):
    """The part of the settings that signing in needs; relations within it are checked here."""

    session_idle_minutes: Annotated[int, Field(gt=0, le=_DAY_MINUTES)] = Field(
        60, description="Minutes without a page after which a session ends"
    )
    session_hours: Annotated[int, Field(gt=0, le=168)] = Field(
        10, description="Hours after which a session ends in any case"
    )
    oidc_issuer: Unset[str] = Field(
        None,
        description="OpenID provider that people sign in at: its issuer exactly as it names itself, https; "
        "unset: nobody can sign in outside demo mode",
    )
    oidc_client_id: Unset[str] = Field(None, description="Id of the marketplace at the OpenID provider")
    oidc_client_secret: Unset[SecretStr] = Field(
        None, description="Secret of the marketplace at the OpenID provider; unset: a public client"
    )
    oidc_scopes: str = Field(
        "openid profile email", description="Scopes asked of the OpenID provider, separated by spaces"
    )
    oidc_organisation_claim: Unset[str] = Field(
        None,
        description="Field of the ID token that names a person's organisations (a dot goes one level down); "
        "unset: people come by invitation only",
    )
    oidc_organisation_map: str = Field(
        "",
        description="What its values mean: value=organisation id, separated by commas; unset: they are ids",
    )
    oidc_roles_claim: Unset[str] = Field(
        None, description="Field of the ID token that names a person's roles in these organisations"
    )
    oidc_role_map: str = Field(
        "", description="What its values mean: value=role, separated by commas; other values mean nothing"
    )

    @field_validator("oidc_issuer")
    @classmethod
    def _encrypted_issuer(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if not parts.hostname or parts.scheme not in ("http", "https") or parts.query or parts.fragment:
            raise ValueError("must be an address like https://login.example.org/realms/name")
        if parts.username or parts.password:
            raise ValueError("holds a login: use MARKETPLACE_OIDC_CLIENT_ID and _CLIENT_SECRET")
        if parts.scheme == "http" and not stays_on_this_machine((value,)):
            raise ValueError("must be https: who can read along could sign in as anybody")
        return value

    @field_validator("oidc_scopes")
    @classmethod
    def _openid_scope(cls, value: str) -> str:
        if "openid" not in value.split():
            raise ValueError("must contain openid")
        return " ".join(value.split())

    @field_validator("oidc_organisation_map", "oidc_role_map")
    @classmethod
    def _readable_map(cls, value: str) -> str:
        pairs_of(value)
        return value

    @field_validator("oidc_role_map")
    @classmethod
    def _known_roles(cls, value: str) -> str:
        unknown = sorted(set(pairs_of(value).values()) - set(Role))
        if unknown:
            raise ValueError(f"{', '.join(unknown)}: no such role, only {', '.join(Role)}")
        return value

    @model_validator(mode="after")
    def _whole_sign_in(self) -> Self:
        if self.session_limits.idle > self.session_limits.whole:
            raise ValueError("MARKETPLACE_SESSION_IDLE_MINUTES is longer than MARKETPLACE_SESSION_HOURS")
        if (self.oidc_issuer is None) != (self.oidc_client_id is None):
            raise ValueError(f"{_NAME}ISSUER and {_NAME}CLIENT_ID belong together: one of them is missing")
        if self.oidc_issuer is None and (self.oidc_client_secret or self.oidc_roles_claim):
            raise ValueError(f"{_NAME}CLIENT_SECRET and {_NAME}ROLES_CLAIM need {_NAME}ISSUER")
        if (self.oidc_organisation_claim is None) != (self.oidc_roles_claim is None):
            raise ValueError(
                f"{_NAME}ORGANISATION_CLAIM and {_NAME}ROLES_CLAIM belong together: one of them is missing"
            )
        if bool(self.oidc_role_map) != (self.oidc_roles_claim is not None):
            raise ValueError(
                f"{_NAME}ROLES_CLAIM and {_NAME}ROLE_MAP belong together: one of them is missing"
            )
        if self.oidc_organisation_map and self.oidc_organisation_claim is None:
            raise ValueError(f"{_NAME}ORGANISATION_MAP needs {_NAME}ORGANISATION_CLAIM")
        return self

    @property
    def session_limits(self) -> SessionLimits:
        """How long sessions last."""
        return SessionLimits(
            timedelta(minutes=self.session_idle_minutes), timedelta(hours=self.session_hours)
        )

    @property
    def has_openid(self) -> bool:
        """Whether people sign in at an OpenID provider."""
        return self.oidc_issuer is not None

    @property
    def role_source(self) -> RoleSource | None:
        """Where the provider says which roles somebody has; None: it does not."""
        if self.oidc_organisation_claim is None or self.oidc_roles_claim is None:
            return None
        roles: Mapping[str, Role] = {
            value: Role(role) for value, role in pairs_of(self.oidc_role_map).items()
        }
        return RoleSource(
            self.oidc_organisation_claim, self.oidc_roles_claim, roles, pairs_of(self.oidc_organisation_map)
        )
