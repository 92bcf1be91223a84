"""Two wrote in one entry at once: which fields each of them changed, and one entry of both. Pure.

Entries are plain JSON in the shape of ``entry_of``. What a form began from goes along with it as a digest of each
field, so that a field that only the other changed is not taken back by whoever comes second.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from marketplace.web.entry_fields import FIELDS, GROUPS

NAMES = (*FIELDS, *GROUPS)
_DIGEST_BYTES = 6

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Contested:
    """A field that stands differently in both versions; the flags say who changed it since the form was opened."""

    field: str
    mine: bool
    theirs: bool


def plain(entry: Entry) -> dict[str, Any]:
    """Return the fields of an entry that its form shows."""
    return {name: entry.get(name) for name in NAMES}


def seen_of(entry: Entry) -> str:
    """Return what tells later which fields were changed: a short digest of each, in the order of the form."""
    return " ".join(_digest(entry.get(name)) for name in NAMES)


def contested(mine: Entry, theirs: Entry, seen: str) -> list[Contested]:
    """Return the fields in which both versions differ; without a usable ``seen`` both count as changed."""
    digests = seen.split(" ")
    began = dict(zip(NAMES, digests, strict=True)) if len(digests) == len(NAMES) else {}
    return [
        Contested(name, _digest(mine.get(name)) != began.get(name), _digest(theirs.get(name)) != began.get(name))
        for name in NAMES
        if mine.get(name) != theirs.get(name)
    ]  # fmt: skip


def merged(mine: Entry, theirs: Entry, taken: Collection[str]) -> dict[str, Any]:
    """Return my version with the named fields as they stand in theirs."""
    return {name: (theirs if name in taken else mine).get(name) for name in NAMES}


def _digest(value: object) -> str:
    said = json.dumps(value, sort_keys=True).encode()
    return blake2b(said, digest_size=_DIGEST_BYTES).hexdigest()
