"""Which addresses of a network the marketplace calls on somebody's behalf: public ones, and what a setting allows."""

import re
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address
LOOPBACK = "127.0.0.1"
MAX_HOST = 253
_NAME = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)*[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?")
_NAT64 = ip_network("64:ff9b::/96")


def networks(text: str) -> tuple[Network, ...]:
    """Read networks separated by commas, as ``10.0.0.0/8,fd00::/8``.

    Raises:
        ValueError: one of them is no network, or its address has bits beyond its length.
    """
    return tuple(ip_network(one.strip()) for one in text.split(",") if one.strip())


def why_not(address: str, allowed: Sequence[Network] = ()) -> str | None:
    """Return why an address is not called, None where it may be.

    Only what is routed publicly is called (IANA's registries of special addresses, RFC 6890), and neither multicast nor
    addresses that carry an IPv4 address within (mapped, 6to4, Teredo, NAT64): a network would unwrap them behind the
    check. ``allowed`` names networks that are called all the same.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return f"{address!r} is no IP address"
    if any(found.version == one.version and found in one for one in allowed):
        return None
    what = _special(found)
    return None if what is None else f"{address} is {what}: such targets are not called"


def _special(address: Address) -> str | None:
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped or address.sixtofour or address.teredo or address in _NAT64:
            return "an IPv4 address in IPv6 clothes"
        if address.is_site_local:
            return "a private address"
    for is_so, what in (
        (address.is_loopback, "a loopback address"),
        (address.is_link_local, "a link-local address"),
        (address.is_multicast, "a multicast address"),
        (address.is_unspecified, "no address of a machine"),
        (address.is_private, "a private address"),
        (address.is_reserved or not address.is_global, "a reserved address"),
    ):
        if is_so:
            return what
    return None


def why_not_host(host: str, allowed: Sequence[Network] = ()) -> str | None:
    """Return why a host in an address is not called, as far as that shows without looking its name up.

    Names are plain DNS names whose last part begins with a letter: ``2130706433`` and ``0x7f.1`` would be read as IP
    addresses by some libraries.
    """
    bare = host.removeprefix("[").removesuffix("]")
    if ":" in bare or re.fullmatch(r"[0-9.]+", bare):
        return why_not(bare, allowed)
    name = bare.lower().removesuffix(".")
    if len(name) > MAX_HOST or not _NAME.fullmatch(name):
        return f"{host[:80]!r} is no name of a host"
    if name == "localhost" or name.endswith(".localhost"):
        return why_not(LOOPBACK, allowed)
    return None
