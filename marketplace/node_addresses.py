"""Addresses of Elasticsearch's nodes and what may be sent to them, checked at start."""

import ipaddress
import ssl
from pathlib import Path
from urllib.parse import SplitResult, urlsplit


def split_addresses(text: str) -> tuple[str, ...]:
    """Return the addresses of a setting, separated by commas.

    Raises:
        ValueError: an address without scheme, host or port, one that holds a login, query or fragment, the same twice,
            or http beside https.
    """
    addresses = tuple(one.strip().rstrip("/") for one in text.split(",") if one.strip())
    if not addresses:
        raise ValueError("names no address")
    parts = [_split(one) for one in addresses]
    if len(set(addresses)) < len(addresses):
        raise ValueError("names an address twice")
    if len({one.scheme for one in parts}) > 1:
        raise ValueError("must be all http or all https: a login would go over both")
    return addresses


def is_encrypted(addresses: tuple[str, ...]) -> bool:
    """Return whether all nodes are asked over TLS."""
    return all(urlsplit(one).scheme == "https" for one in addresses)


def stays_on_this_machine(addresses: tuple[str, ...]) -> bool:
    """Return whether what is sent to these addresses never leaves the machine: a loopback address or localhost."""
    return all(_is_loopback(urlsplit(one).hostname or "") for one in addresses)


def check_certificates(path: Path) -> None:
    """Check that a file holds certificates that TLS can trust.

    Raises:
        ValueError: no such file, not readable, or no certificates in PEM form in it.
    """
    if not path.is_file():
        raise ValueError(f"{path} is no file")
    try:
        found = ssl.create_default_context(cafile=path)
    except OSError as error:
        raise ValueError(f"{path} holds no certificates in PEM form, or cannot be read: {error}") from error
    if not found.cert_store_stats()["x509"]:
        raise ValueError(f"{path} holds no certificates in PEM form")


def _split(address: str) -> SplitResult:
    wanted = "must look like https://host:9200, several separated by commas"
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise ValueError(f"{wanted}: {error}") from error
    if parts.username or parts.password:
        raise ValueError("holds a login: use MARKETPLACE_ELASTICSEARCH_USER and _PASSWORD, or _API_KEY")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{wanted}; {address!r} is no http or https address")
    if port is None:
        raise ValueError(f"{wanted}; {address!r} names no port")
    if parts.query or parts.fragment:
        raise ValueError(f"{wanted}; {address!r} has a query or fragment")
    return parts


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
