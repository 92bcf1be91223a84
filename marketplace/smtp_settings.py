"""Settings of mail: the server that takes it, and who it is from. Without them there are no mails at all."""

from typing import Annotated, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings

from marketplace.domain.mail_address import address_or_none
from marketplace.node_addresses import stays_on_this_machine
from marketplace.setting_values import Certificates, Unset

_NAME = "MARKETPLACE_SMTP_"
_STARTTLS_PORT, _TLS_PORT = 587, 465


class SmtpSettings(BaseSettings):
    """The part of the settings that mail needs; relations within it are checked here."""

    smtp_host: Unset[str] = Field(
        None, description="Mail server that takes mails (SMTP submission); unset: there are no mails"
    )
    smtp_port: Annotated[int, Field(gt=0, le=65535)] = Field(
        _STARTTLS_PORT, description="Its port, 587 for STARTTLS or 465 for TLS from the first byte"
    )
    smtp_starttls: bool = Field(
        True, description="Encrypt the connection (STARTTLS) and send nothing to a server that cannot"
    )
    smtp_tls: bool = Field(
        False, description="Speak TLS from the first byte (port 465) instead of asking for it by STARTTLS"
    )
    smtp_user: Unset[str] = Field(None, description="User for the mail server")
    smtp_password: Unset[SecretStr] = Field(None, description="Password of that user")
    smtp_ca_certs: Unset[Certificates] = Field(
        None,
        description="File of certificates (PEM) that the mail server's certificate is checked against; "
        "unset: the usual authorities",
    )
    smtp_sender: Unset[str] = Field(
        None, description="Address that mails are from, as marktplatz@example.org"
    )
    smtp_timeout: Annotated[float, Field(gt=0, le=60)] = Field(
        10.0, description="Seconds the worker waits for each answer of the mail server"
    )

    @field_validator("smtp_host")
    @classmethod
    def _bare_host(cls, value: str | None) -> str | None:
        if value is not None and (not value.isprintable() or set(value) & set(" /@")):
            raise ValueError("must be the name or address of a machine, as mail.example.org")
        return value

    @field_validator("smtp_sender")
    @classmethod
    def _address_of_sender(cls, value: str | None) -> str | None:
        address = address_or_none(value)
        if value is not None and address is None:
            raise ValueError("must be an e-mail address")
        return address

    @field_validator("smtp_user", "smtp_password")
    @classmethod
    def _sendable_login(cls, value: str | SecretStr | None) -> str | SecretStr | None:
        text = value.get_secret_value() if isinstance(value, SecretStr) else value
        if text is not None and not text.isascii():
            raise ValueError("must be ASCII: Python's SMTP client sends no other login")
        return value

    @model_validator(mode="after")
    def _whole_mail(self) -> Self:
        if (self.smtp_host is None) != (self.smtp_sender is None):
            raise ValueError(f"{_NAME}HOST and {_NAME}SENDER belong together: one of them is missing")
        if (self.smtp_user is None) != (self.smtp_password is None):
            raise ValueError(f"{_NAME}USER and {_NAME}PASSWORD belong together: one of them is missing")
        if self.smtp_host is None and self.smtp_user is not None:
            raise ValueError(f"{_NAME}USER needs {_NAME}HOST")
        self._one_encryption()
        if self.smtp_ca_certs is not None and not self._is_encrypted():
            raise ValueError(f"{_NAME}CA_CERTS is for an encrypted connection, but {_NAME}STARTTLS is false")
        if self.smtp_user is not None and not self._is_encrypted() and not self._server_is_here():
            raise ValueError(
                f"{_NAME}STARTTLS is false: the login would be sent unencrypted to another machine"
            )
        return self

    def _one_encryption(self) -> None:
        """Refuse what would wait in vain: each of the two ports is for one way to encrypt (RFC 8314, 3.3)."""
        if self.smtp_tls and self.smtp_starttls and "smtp_starttls" in self.model_fields_set:
            raise ValueError(f"{_NAME}TLS and {_NAME}STARTTLS exclude each other: both are true")
        if self.smtp_tls and self.smtp_port == _STARTTLS_PORT:
            raise ValueError(
                f"{_NAME}TLS is true, but {_NAME}PORT {_STARTTLS_PORT} is for STARTTLS: TLS from the first byte is "
                f"spoken at port {_TLS_PORT}"
            )
        if not self.smtp_tls and self.smtp_port == _TLS_PORT:
            raise ValueError(
                f"{_NAME}PORT {_TLS_PORT} is for TLS from the first byte: set {_NAME}TLS to true"
            )

    def _is_encrypted(self) -> bool:
        return self.smtp_tls or self.smtp_starttls

    def _server_is_here(self) -> bool:
        host = self.smtp_host or ""
        return stays_on_this_machine((f"smtp://[{host}]" if ":" in host else f"smtp://{host}",))

    @property
    def mail_is_set_up(self) -> bool:
        """Whether there are mails: pages offer the way only then."""
        return self.smtp_host is not None
