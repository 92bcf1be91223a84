"""Mail addresses: what is taken as one."""

import re

import idna

from marketplace.errors import InvalidInput

MAX_ADDRESS = 254
"""Longest address that fits a path of SMTP (RFC 5321, 4.5.3.1.3), in characters."""
MAX_LOCAL = 64
_LOCAL = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*", re.IGNORECASE | re.ASCII
)
"""ASCII: else "ſ" and "ı" would be letters too when case is ignored, and no mail can be written to them."""
_OTHER_LETTERS = re.compile(r"[^\W\d_\x00-\x7f]")
_ENCODED = "=?"
"""Where an encoded word begins (RFC 2047): programs decode it, and then it is another address."""
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE | re.ASCII)


def read_address(text: object, field: str = "email") -> str:
    """Return an address in small letters, a domain with umlauts or ß in its ASCII form (IDNA 2008, mapped by UTS 46).

    Quoted local parts and address literals are not taken: nobody has such an address, and they are good at smuggling.
    Before the @ only ASCII is taken: other letters reach only servers that all speak SMTPUTF8 (RFC 6531).

    Raises:
        InvalidInput: none was given, or this is none; by the rule ``ascii`` where only letters before the @ are in the
            way.
    """
    given = text.strip() if isinstance(text, str) else ""
    if not given:
        raise InvalidInput.one(field, "required", "is missing")
    local, at, domain = given.rpartition("@")
    ascii_domain = _ascii_domain(domain)
    whole = f"{local}@{ascii_domain}"
    fits = at and ascii_domain and len(whole) <= MAX_ADDRESS and len(local) <= MAX_LOCAL
    if fits and not local.isascii() and _LOCAL.fullmatch(_OTHER_LETTERS.sub("a", local)):
        message = "before the @ only the letters a to z can be written to, no umlauts or others"
        raise InvalidInput.one(field, "ascii", message)
    if not fits or _ENCODED in local or not _LOCAL.fullmatch(local):
        raise InvalidInput.one(field, "format", "must be an e-mail address")
    return whole.lower()


def _ascii_domain(domain: str) -> str | None:
    if len(domain) > MAX_ADDRESS:
        return None
    try:
        labels = idna.encode(domain, uts46=True).decode("ascii").split(".")
    except UnicodeError:
        return None
    return ".".join(labels) if len(labels) > 1 and all(_LABEL.fullmatch(one) for one in labels) else None


def address_or_none(text: str | None) -> str | None:
    """Return an address as mails are sent to it, None where none can be: accounts bring what nobody has checked."""
    try:
        return read_address(text)
    except InvalidInput:
        return None
