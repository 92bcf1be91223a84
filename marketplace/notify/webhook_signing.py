"""Signatures of what webhooks are sent, by the Standard Webhooks convention (https://www.standardwebhooks.com).

HMAC-SHA256 over id, timestamp and body, joined by full stops. While a secret is rotated there are several signatures,
separated by blanks: a receiver accepts whichever it can check.
"""

import base64
import hmac
import secrets as random_secrets
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

MARK = "whsec_"
"""What every secret begins with, so that scanners of repositories and logs find one that leaked."""
SECRET_BYTES = 32


def new_secret() -> str:
    """Make a secret of 32 random bytes."""
    return MARK + base64.b64encode(random_secrets.token_bytes(SECRET_BYTES)).decode()


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """Sign a body; ``timestamp`` is in seconds since 1970."""
    key = base64.b64decode(secret.removeprefix(MARK))
    signed = b".".join((message_id.encode(), str(timestamp).encode(), body))
    return f"v1,{base64.b64encode(hmac.new(key, signed, sha256).digest()).decode()}"


def signed_headers(message_id: str, sent_at: datetime, body: bytes, secrets: Sequence[str]) -> dict[str, str]:
    """Return the headers that name and sign a message, by every secret that is good now."""
    timestamp = int(sent_at.timestamp())
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signature(one, message_id, timestamp, body) for one in secrets),
    }
