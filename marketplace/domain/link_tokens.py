"""Tokens in the links of mails: whoever holds one may end what it names, and nothing else.

``<follower>.<what>.<signature>``: the signature is HMAC-SHA256 by the follower's own secret, so a token ends with its
follower, and none can be made from another one.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass

EVERYTHING = "all"
"""What the token names that is good for all mails to an address."""
MAX_TOKEN = 200
_PURPOSE = b"unsubscribe"
_FORM = re.compile(r"([A-Za-z0-9-]{1,36})\.([A-Za-z0-9-]{1,36})\.([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True)
class NamedInToken:
    """What a token says, before its signature was checked."""

    follower_id: str
    what: str
    signature: str

    @property
    def is_everything(self) -> bool:
        """Whether it is good for all mails to the follower."""
        return self.what == EVERYTHING


def make_token(follower_id: str, what: str, secret: str) -> str:
    """Return the token for one subscription (its id) or ``EVERYTHING`` of a follower."""
    return f"{follower_id}.{what}.{_signature(follower_id, what, secret)}"


def read_token(token: str) -> NamedInToken | None:
    """Return what a token says, None where it does not have the form of one."""
    found = _FORM.fullmatch(token) if len(token) <= MAX_TOKEN else None
    return None if found is None else NamedInToken(*found.groups())


def is_genuine(named: NamedInToken, secret: str) -> bool:
    """Tell whether the follower with this secret was given the token; takes as long for a good one as for a bad one."""
    made = _signature(named.follower_id, named.what, secret)
    return hmac.compare_digest(made, named.signature)


def _signature(follower_id: str, what: str, secret: str) -> str:
    message = b"\n".join((_PURPOSE, follower_id.encode(), what.encode()))
    digest = hmac.digest(secret.encode(), message, hashlib.sha256)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
