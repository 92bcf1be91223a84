"""What administrations have to offer online, and the organisations around it: the catalogues beside the services."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

OBJECT_DIGITS = 8
"""A LeiKa key begins with the Leistungsobjekt: 99, group (3), object (3); then follow Verrichtung (3) and its details."""


class OrganisationKind(StrEnum):
    """What an organisation is here for."""

    PROVIDER = "provider"
    AUTHORITY = "authority"
    ASSOCIATION = "association"
    COORDINATION = "coordination"
    POLICY = "policy"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class ThemeField:
    """One of the 14 theme fields; ``lead_states`` hold its Federführung, ``evidence`` is ``seen`` or ``remembered``."""

    id: str
    name: str
    lead_states: tuple[str, ...]
    ministry: str | None
    evidence: str
    source: str | None


@dataclass(frozen=True, slots=True)
class Bundle:
    """An OZG bundle as of ``snapshot_on``; ``words`` are what people call it (FIM: Begriff im Kontext)."""

    ozg_id: str
    name: str
    theme_field: str | None
    life_situation: str | None
    snapshot_on: date
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Procedure:
    """A LeiKa entry as of ``snapshot_on``; ``flags`` name the lists it stands on, ``words`` what people call it."""

    leika_key: str
    version: int
    name: str
    typisierung: str | None
    theme_field: str | None
    life_situation: str | None
    flags: tuple[Mapping[str, Any], ...]
    snapshot_on: date
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Organisation:
    """Who publishes, supplies, adopts or coordinates. ``region_key`` binds its roles to an authority or a state.

    ``own_review``: who wrote a revision may approve it too as long as nobody else
    of the organisation may review; the log then says so.
    """

    id: str
    name: str
    kind: OrganisationKind
    state: str | None = None
    region_key: str | None = None
    url: str | None = None
    source: str | None = None
    own_review: bool = False


def object_of(leika_key: str) -> str:
    """Return the Leistungsobjekt that a procedure belongs to: the first eight digits of its key."""
    return leika_key[:OBJECT_DIGITS]
