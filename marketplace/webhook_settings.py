"""Settings of webhooks: which targets are called, how long an address may take and how long it may fail."""

from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings

from marketplace.domain.network_targets import Network, networks
from marketplace.setting_values import Certificates, Unset


class WebhookSettings(BaseSettings):
    """What is sent to the addresses that organisations name."""

    webhook_private_targets: str = Field(
        "",
        description="Networks that webhooks may reach though they are not public, as 10.0.0.0/8,fd00::/8; "
        "empty: public addresses only",
    )
    webhook_plain_http: bool = Field(False, description="Let webhooks be http:// addresses; for tests only")
    webhook_ca_certs: Unset[Certificates] = Field(
        None,
        description="File of certificates (PEM) that the certificates of webhooks are checked against, beside the "
        "usual authorities",
    )
    webhook_timeout: Annotated[float, Field(gt=0, le=30)] = Field(
        10.0, description="Seconds an address has to take a message, from looking its name up to the answer"
    )
    webhook_off_after_days: Annotated[float, Field(gt=0, le=90)] = Field(
        5.0, description="Days of nothing but failures after which a webhook is switched off"
    )
    webhook_log_days: Annotated[int, Field(ge=1)] = Field(
        30, description="Days that deliveries to webhooks and their attempts are kept"
    )

    @field_validator("webhook_private_targets")
    @classmethod
    def _readable_networks(cls, value: str) -> str:
        networks(value)
        return value

    @property
    def webhook_networks(self) -> tuple[Network, ...]:
        """The networks that are called though they are not public."""
        return networks(self.webhook_private_targets)
