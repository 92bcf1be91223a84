"""Settings that protect the marketplace and people's data: limits, proxies, how long accounts and the log are kept."""

from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings

MIN_LOG_DAYS = 365
"""The database refuses to delete younger entries of the audit log."""
MIN_CHANGE_DAYS = 100
"""A record is told to turn stale 90 days ahead, once: that this was told has to be known until then."""


class ProtectionSettings(BaseSettings):
    """Limits are counted in each server process; 0 is without limit."""

    trusted_proxies: Annotated[int, Field(ge=0, le=10)] = Field(
        0,
        description="How many reverse proxies stand before the server, each setting X-Forwarded-For and -Proto; "
        "0: the headers are ignored",
    )
    rate_limits: bool = Field(True, description="Refuse who asks too often (429)")
    sign_ins_per_minute: Annotated[int, Field(ge=0)] = Field(
        60, description="Attempts to sign in or to take an invitation, by address"
    )
    refused_tokens_per_minute: Annotated[int, Field(ge=0)] = Field(
        300, description="Requests with a token that is not good, by address"
    )
    needs_per_hour: Annotated[int, Field(ge=0)] = Field(60, description="Needs that one address reports")
    mails_asked_per_hour: Annotated[int, Field(ge=0)] = Field(
        60, description="Subscriptions by mail that one address on the network asks for"
    )
    writes_per_minute: Annotated[int, Field(ge=0)] = Field(
        600, description="Writing requests of one account, token or address"
    )
    searches_per_minute: Annotated[int, Field(ge=0)] = Field(
        1200, description="Searches and suggestions for one account, token or address"
    )
    exports_per_hour: Annotated[int, Field(ge=0)] = Field(
        60, description="Exports of the whole catalogue for one account, token or address"
    )
    audit_retention_days: Annotated[int, Field(ge=MIN_LOG_DAYS)] = Field(
        1095, description="Days that entries of the audit log are kept"
    )
    account_retention_days: Annotated[int, Field(ge=30)] = Field(
        730, description="Days without membership and sign-in after which an account is erased"
    )
    change_retention_days: Annotated[int, Field(ge=MIN_CHANGE_DAYS)] = Field(
        400, description="Days that changes are kept in the feed; a mirror that is further behind begins anew"
    )
    message_retention_days: Annotated[int, Field(ge=7)] = Field(
        180, description="Days that messages are kept in inboxes, and mails that were sent"
    )
