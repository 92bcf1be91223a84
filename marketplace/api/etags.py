"""Strong entity tags (RFC 9110): of a representation's bytes; with the version before it for those that are written.

A service's tag is ``"<version>-public"`` or ``"<version>-signed-in"``, because contacts and prices are in the latter
only, and goes on with a digest of what is announced beside it (a planned withdrawal); a working revision's is its
content; an authority set's is its version and its bytes, because it counts its members of today. A write compares the
version alone: who reads publicly and then signs in has seen the same version.
"""

import re
from collections.abc import Callable, Collection
from hashlib import blake2b

from flask import Response, request

from marketplace.actions.entry_in_work import ANY
from marketplace.actions.services import ANY_VERSION
from marketplace.domain.access import Actor
from marketplace.errors import VersionMismatch

_VERSION_TAG = re.compile(r"([0-9]{1,9})(?:-[a-z0-9-]{1,64})?")
MAX_TAGS = 20


def tag_of_bytes(content: bytes) -> str:
    """Return the tag of a representation (without quotes)."""
    return blake2b(content, digest_size=16).hexdigest()


def tag_of_version(version: int, actor: Actor | None, beside: object = None) -> str:
    """Return the tag of an entry's version as this reader sees it (without quotes).

    ``beside``: what is shown with it and changes without it.
    """
    tag = f"{version}-{'public' if actor is None else 'signed-in'}"
    return tag if beside is None else f"{tag}-{blake2b(repr(beside).encode(), digest_size=4).hexdigest()}"


def is_unchanged(tag: str) -> bool:
    """Tell whether the caller holds this representation (``If-None-Match``)."""
    header = request.headers.get("If-None-Match")
    if header is None or request.method not in ("GET", "HEAD"):
        return False
    return request.if_none_match.contains_weak(tag)


def not_modified(tag: str) -> Response:
    """Make the answer to a caller who holds the representation."""
    response = Response(status=304)
    response.set_etag(tag)
    del response.headers["Content-Type"]
    return response


def expected_tags(kind: str) -> Collection[str] | None:
    """Return the tags of what a write was made from (``*``: whatever stands), None where nothing was named.

    Args:
        kind: what is written, for messages.

    Raises:
        VersionMismatch: the header names no strong tag.
    """
    if request.headers.get("If-Match") is None:
        return None
    given = request.if_match
    if given.star_tag:
        return ANY
    tags = [tag for tag in list(given.as_set(include_weak=False))[:MAX_TAGS] if tag]
    if not tags:
        raise VersionMismatch(f"If-Match names no version of the {kind}; send the ETag of its GET answer")
    return tags


def is_to_be_new() -> bool:
    """Tell whether a write is for what must not exist yet (``If-None-Match: *``)."""
    return request.if_none_match.star_tag


def expected_version(current: Callable[[], int | None], kind: str) -> int | None:
    """Return the version a write was made from, None where nothing was named: the action decides if it must be.

    Args:
        current: reads the stored version, None when there is no entry; asked only where several tags are given.
        kind: what is written, for messages.

    Raises:
        VersionMismatch: the header names no version, or none that is stored.
    """
    if request.headers.get("If-Match") is None:
        return None
    given = request.if_match
    if given.star_tag:
        return ANY_VERSION
    tags = list(given.as_set(include_weak=False))[:MAX_TAGS]
    versions = {int(match[1]) for tag in tags if tag and (match := _VERSION_TAG.fullmatch(tag))}
    if not versions:
        raise VersionMismatch(f"If-Match names no version of the {kind}; send the ETag of its GET answer")
    if len(versions) == 1:
        return versions.pop()
    stored = current()
    return stored if stored in versions else min(versions)
