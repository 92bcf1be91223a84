"""What an authority without a regional key must look like, and what is said of authorities to group them by."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from marketplace.domain.authority_rules import AUTHORITY_KEY
from marketplace.domain.field_reader import FieldReader
from marketplace.domain.regions import RegionKind
from marketplace.errors import FieldError, InvalidInput

KIND = re.compile(r"[a-z][a-z0-9_]{1,39}")
MAX_KEY, MAX_NAME, MAX_VALUE, MAX_SOURCE = 80, 300, 200, 300
KEY_FORM = "1 to 80 of letters, digits and . _ : -, with a letter among them: digits alone are a region's key"
AUTHORITY_FIELDS = ("key", "name", "kind", "region")
ATTRIBUTE_FIELDS = ("authority_key", "name", "value", "source")


class AttributeName(StrEnum):
    """What may be said of an authority: who runs its computers, and which specialist systems it works with."""

    IT_PROVIDER = "it_provider"
    SPECIALIST_SYSTEM = "specialist_system"


@dataclass(frozen=True, slots=True)
class AuthorityDraft:
    """An authority without a regional key as it is submitted; ``region`` is not looked up yet."""

    key: str
    name: str
    kind: str
    region: str


@dataclass(frozen=True, slots=True)
class AttributeDraft:
    """One value that a source gives for an authority; None: the source has none any more."""

    authority_key: str
    name: AttributeName
    value: str | None
    source: str


def read_authority(raw: Mapping[str, Any]) -> AuthorityDraft:
    """Read a row of a file of authorities.

    Raises:
        InvalidInput: naming every field that breaks a rule.
    """
    errors: list[FieldError] = []
    reader = FieldReader(raw, errors)
    reader.only(AUTHORITY_FIELDS)
    key = reader.text("key", MAX_KEY, required=True)
    if key is not None and (not AUTHORITY_KEY.fullmatch(key) or key.isdigit()):
        reader.refuse("key", "format", f"must be {KEY_FORM}")
    name = reader.text("name", MAX_NAME, required=True)
    kind = reader.text("kind", 40, required=True)
    if kind is not None and not KIND.fullmatch(kind):
        reader.refuse("kind", "format", "must be 2 to 40 of a-z, 0-9 and _, as in jobcenter")
    elif kind in set(RegionKind):
        reader.refuse("kind", "choice", f"{kind} is the kind of a region's own administration")
    region = reader.text("region", 20, required=True)
    if errors:
        raise InvalidInput(errors)
    return AuthorityDraft(key or "", name or "", kind or "", region or "")


def read_attribute(raw: Mapping[str, Any]) -> AttributeDraft:
    """Read a row of a file of attributes.

    Raises:
        InvalidInput: naming every field that breaks a rule.
    """
    errors: list[FieldError] = []
    reader = FieldReader(raw, errors)
    reader.only(ATTRIBUTE_FIELDS)
    key = reader.text("authority_key", MAX_KEY, required=True)
    name = reader.one_of("name", AttributeName, required=True)
    value = reader.text("value", MAX_VALUE)
    source = reader.text("source", MAX_SOURCE, required=True)
    if errors or name is None:
        raise InvalidInput(errors)
    return AttributeDraft(key or "", name, value, source or "")
