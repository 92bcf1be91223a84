"""Settings from the environment, typed and checked at start.

Each is read from ``MARKETPLACE_`` + its name in capitals. ``marketplace settings`` lists all of them with meaning,
value (secrets masked) and origin.
"""

import difflib
import os
import secrets
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import SettingsConfigDict

from marketplace.errors import FieldError, InvalidInput
from marketplace.node_addresses import is_encrypted, split_addresses, stays_on_this_machine
from marketplace.protection_settings import ProtectionSettings
from marketplace.setting_values import Certificates, Unset
from marketplace.sign_in_settings import SignInSettings
from marketplace.smtp_settings import SmtpSettings
from marketplace.webhook_settings import WebhookSettings

PREFIX = "MARKETPLACE_"
TEST_PREFIX = f"{PREFIX}TEST_"
"""Of what only the tests read."""
MIN_SECRET_LENGTH = 32
LIKELY_MISSPELT = 0.8
"""How alike a variable and a setting are (difflib's ratio) to take the one for a misspelling of the other."""


class Settings(SignInSettings, SmtpSettings, WebhookSettings, ProtectionSettings):
    """All settings. Relations between them are checked too."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    database_url: str = Field(
        "sqlite:///marketplace.sqlite",
        description="Database: sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME",
    )
    elasticsearch_url: Unset[str] = Field(
        None,
        description="Elasticsearch, https://HOST:PORT (nodes of one cluster, separated by commas); "
        "unset: the embedded engine in RAM",
    )
    elasticsearch_index: str = Field("marketplace", description="Prefix of the aliases and indices")
    elasticsearch_user: Unset[str] = Field(None, description="User for Elasticsearch")
    elasticsearch_password: Unset[SecretStr] = Field(None, description="Password of that user")
    elasticsearch_api_key: Unset[SecretStr] = Field(
        None, description="API key for Elasticsearch (its encoded form), instead of user and password"
    )
    elasticsearch_ca_certs: Unset[Certificates] = Field(
        None,
        description="File of certificates (PEM) that Elasticsearch's certificate is checked against; "
        "unset: the usual authorities",
    )
    elasticsearch_plain_login: bool = Field(
        False,
        description="Send the login unencrypted to nodes on other machines; only in a network that nobody else is in",
    )
    elasticsearch_timeout: Annotated[float, Field(gt=0, le=10)] = Field(
        1.0, description="Seconds a page waits for Elasticsearch, retries included"
    )
    elasticsearch_bulk_timeout: Annotated[float, Field(gt=0, le=300)] = Field(
        30.0, description="Seconds the worker waits for Elasticsearch"
    )
    secret_key: Unset[SecretStr] = Field(
        None, description=f"Key that signs sessions, at least {MIN_SECRET_LENGTH} characters; "
        "unset: a new one at every start, only in demo mode",
    )  # fmt: skip
    base_url: str = Field(
        "http://127.0.0.1:8000", description="Address under which people reach the marketplace"
    )
    demo: bool = Field(
        False, description="Demo mode: ready roles to sign in without a password, banner on every page"
    )
    max_request_bytes: Annotated[int, Field(gt=0)] = Field(
        10_000_000, description="Largest request body in bytes"
    )
    log_format: str = Field("console", description="console or json")
    operator_name: str | None = Field(None, description="Impressum: who runs this marketplace")
    operator_address: str | None = Field(None, description="Impressum: postal address")
    operator_email: str | None = Field(None, description="Impressum: e-mail address")
    operator_phone: str | None = Field(None, description="Impressum: telephone")
    operator_representative: str | None = Field(None, description="Impressum: authorised representative")
    privacy_contact: str | None = Field(None, description="Datenschutz: data protection officer")
    privacy_authority: str | None = Field(None, description="Datenschutz: supervisory authority")
    accessibility_email: str | None = Field(
        None, description="Erklärung zur Barrierefreiheit: where barriers are reported"
    )
    accessibility_authority: str | None = Field(
        None, description="Erklärung zur Barrierefreiheit: enforcement body"
    )

    @field_validator("elasticsearch_url")
    @classmethod
    def _addresses_of_nodes(cls, value: str | None) -> str | None:
        return None if value is None else ",".join(split_addresses(value))

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if not value.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
            raise ValueError("must begin with sqlite:/// or postgresql://")
        return value

    @field_validator("base_url")
    @classmethod
    def _http_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("must be an http or https address")
        return value.rstrip("/")

    @field_validator("log_format")
    @classmethod
    def _known_log_format(cls, value: str) -> str:
        if value not in ("console", "json"):
            raise ValueError("must be console or json")
        return value

    @model_validator(mode="after")
    def _relations(self) -> Self:
        key = self.secret_key.get_secret_value() if self.secret_key else None
        if key is not None and len(key) < MIN_SECRET_LENGTH:
            raise ValueError(f"{PREFIX}SECRET_KEY needs at least {MIN_SECRET_LENGTH} characters")
        if self.elasticsearch_timeout > self.elasticsearch_bulk_timeout:
            raise ValueError(
                f"{PREFIX}ELASTICSEARCH_TIMEOUT is longer than {PREFIX}ELASTICSEARCH_BULK_TIMEOUT"
            )
        self._check_login()
        return self

    def _check_login(self) -> None:
        name = f"{PREFIX}ELASTICSEARCH_"
        if (self.elasticsearch_user is None) != (self.elasticsearch_password is None):
            raise ValueError(f"{name}USER and {name}PASSWORD belong together: one of them is missing")
        if self.elasticsearch_api_key and self.elasticsearch_user:
            raise ValueError(f"{name}API_KEY and {name}USER are two logins: set one of them")
        nodes = self.elasticsearch_nodes
        if not nodes:
            return
        if self.elasticsearch_ca_certs and not is_encrypted(nodes):
            raise ValueError(f"{name}CA_CERTS is for https, but {name}URL is http")
        in_the_open = not is_encrypted(nodes) and not stays_on_this_machine(nodes)
        login = self.elasticsearch_api_key or self.elasticsearch_user
        if login and in_the_open and not self.elasticsearch_plain_login:
            raise ValueError(
                f"{name}URL is http on another machine: the login would be sent unencrypted. Use https, or set "
                f"{name}PLAIN_LOGIN=true where nobody else is in that network"
            )

    @property
    def elasticsearch_nodes(self) -> tuple[str, ...]:
        """The addresses of Elasticsearch's nodes, none where the engine in RAM is used."""
        return tuple(self.elasticsearch_url.split(",")) if self.elasticsearch_url else ()

    @property
    def signing_key(self) -> str:
        """The key that signs sessions; in demo mode a new one where none is set.

        Raises:
            InvalidInput: none is set outside demo mode. Only what serves pages needs it, so only that asks for it.
        """
        if self.secret_key is not None:
            return self.secret_key.get_secret_value()
        if not self.demo:
            raise InvalidInput.one(f"{PREFIX}SECRET_KEY", "required", "is needed to serve outside demo mode")
        return secrets.token_hex(MIN_SECRET_LENGTH)


def load_settings() -> Settings:
    """Read the environment.

    Raises:
        InvalidInput: naming every variable that is missing or wrong, or nearly a setting: a misspelt address of the
            database would otherwise leave the default in force.
    """
    misspelt = [(name, meant) for name in sorted(os.environ) if (meant := _meant(name))]
    if misspelt:
        raise InvalidInput(
            [FieldError(name, "unknown", f"is no setting, did you mean {m}") for name, m in misspelt]
        )
    try:
        return Settings()
    except ValidationError as error:
        raise InvalidInput([_field_error(e["loc"], e["type"], e["msg"]) for e in error.errors()]) from error


def _meant(variable: str) -> str | None:
    """Return the setting that a variable nearly names.

    Others that begin alike are left alone: an orchestrator may set some for a service of this name.
    """
    # pydantic reads variables in any case of letters.
    name = variable.upper()
    settings = [field.upper() for field in Settings.model_fields]
    if not name.startswith(PREFIX) or name.startswith(TEST_PREFIX) or name.removeprefix(PREFIX) in settings:
        return None
    close = difflib.get_close_matches(name.removeprefix(PREFIX), settings, n=1, cutoff=LIKELY_MISSPELT)
    return f"{PREFIX}{close[0]}" if close else None


def _field_error(loc: tuple[int | str, ...], rule: str, message: str) -> FieldError:
    field = PREFIX + "_".join(str(part).upper() for part in loc) if loc else "settings"
    return FieldError(field, rule, message.removeprefix("Value error, "))
