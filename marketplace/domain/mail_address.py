"""Mail addresses: what is taken as one."""

import re

from marketplace.errors import InvalidInput

MAX_ADDRESS = 254
"""Longest address that fits a path of SMTP (RFC 5321, 4.5.3.1.3), in characters."""
MAX_LOCAL = 64
_LOCAL = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*", re.IGNORECASE | re.ASCII
)
"""ASCII: else "ſ" and "ı" would be letters too when case is ignored, and no mail can be written to them."""
_ENCODED = "=?"
"""Where an encoded word begins (RFC 2047): programs decode it, and then it is another address."""
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE | re.ASCII)


def read_address(text: object, field: str = "email") -> str:
    """Return an address in small letters, a domain with umlauts in its ASCII form (IDNA).

    Quoted local parts and address literals are not taken: nobody has such an address, and they are good at smuggling.

    Raises:
        InvalidInput: none was given, or this is none.
    """
    given = text.strip() if isinstance(text, str) else ""
    if not given:
        raise InvalidInput.one(field, "required", "is missing")
    local, at, domain = given.rpartition("@")
    try:
        ascii_domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        ascii_domain = ""
    labels = ascii_domain.split(".")
    whole = f"{local}@{ascii_domain}"
    fits = at and len(whole) <= MAX_ADDRESS and len(local) <= MAX_LOCAL and len(labels) > 1
    if (
        not fits
        or _ENCODED in local
        or not _LOCAL.fullmatch(local)
        or not all(_LABEL.fullmatch(one) for one in labels)
    ):
        raise InvalidInput.one(field, "format", "must be an e-mail address")
    return whole.lower()


def address_or_none(text: str | None) -> str | None:
    """Return an address as mails are sent to it, None where none can be: accounts bring what nobody has checked."""
    try:
        return read_address(text)
    except InvalidInput:
        return None
