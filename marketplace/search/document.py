"""What is in the index: one document a findable entry, a tombstone for every other. Pure.

An entry of the collection ``procedures`` is a Leistungsobjekt: all procedures whose keys begin with the same eight
digits ("Hundesteuer", "Hundesteuer Anmeldung"). Readers see it once and unfold it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from marketplace.domain.catalogue import Bundle, Procedure, object_of
from marketplace.domain.folding import fold
from marketplace.domain.lifecycle import is_findable
from marketplace.domain.service import Service
from marketplace.search.keys import NOT_A_PART, term_of_ozg_id, terms_of_leika_key

COLLECTIONS = ("services", "procedures")
FACETS: Mapping[str, tuple[str, ...]] = {
    "services": ("lead_state", "theme_field", "kind", "authority_set"),
    "procedures": ("theme_field",),
}
"""The facets of each collection."""


@dataclass(frozen=True, slots=True)
class References:
    """What entries refer to, by id: bundles, procedures, names of organisations."""

    bundles: Mapping[str, Bundle]
    procedures: Mapping[str, Procedure]
    organisations: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An entry as search sees it, in plain text.

    ``words`` are what people call it, ``related`` names of what it refers to, ``inherited`` everyday words of these;
    ``keys`` its terms from ``search.keys``, ``facets`` its values by facet (none where unknown), ``version`` the row's.
    A ``withdrawn`` one is a tombstone: it keeps the version and nothing else, so that an older version that arrives
    late cannot bring the entry back.
    """

    collection: str
    id: str
    version: int
    name: str = ""
    words: tuple[str, ...] = ()
    summary: str = ""
    body: str = ""
    related: tuple[str, ...] = ()
    inherited: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    withdrawn: bool = False

    @property
    def sort_name(self) -> str:
        """By what a list of everything is ordered."""
        return fold(self.name)


def document_of_service(service: Service, references: References) -> Document:
    """Return the document of a service; a tombstone unless it is published."""
    if not is_findable(service.status):
        return Document(collection="services", id=service.id, version=service.version, withdrawn=True)
    bundles = [references.bundles[one] for one in service.ozg_ids if one in references.bundles]
    procedures = [references.procedures[one] for one in service.leika_keys if one in references.procedures]
    publisher = references.organisations.get(service.publisher or "")
    return Document(
        collection="services",
        id=service.id,
        version=service.version,
        name=service.name,
        words=service.words,
        summary=service.summary,
        body=service.description,
        related=_once(
            [one.name for one in bundles], [one.name for one in procedures], [publisher] if publisher else []
        ),
        inherited=_once(*(one.words for one in bundles), *(one.words for one in procedures)),
        keys=(*_keys(service.leika_keys, service.ozg_ids), *(() if service.part_of else (NOT_A_PART,))),
        facets={
            "lead_state": _value(service.lead_state),
            "theme_field": _value(service.theme_field),
            "kind": (service.kind.value,),
            "authority_set": _value(service.authority_set),
        },
    )


def document_of_object(members: Sequence[Procedure], bundles: Sequence[Bundle]) -> Document:
    """Return the document of a Leistungsobjekt from its procedures, by key, and the bundles that hold them.

    Its version is the sum of its procedures' versions: none is ever taken away and each only rises.
    """
    keys = [one.leika_key for one in members]
    return Document(
        collection="procedures",
        id=object_of(keys[0]),
        version=sum(one.version for one in members),
        name=members[0].name,
        words=_once(*(one.words for one in members)),
        summary="\n".join(one.name for one in members),
        related=_once(
            [one.name for one in bundles], [one.life_situation for one in bundles if one.life_situation]
        ),
        inherited=_once(*(one.words for one in bundles)),
        keys=_keys(keys, [one.ozg_id for one in bundles]),
        facets={"theme_field": _once([one.theme_field for one in members if one.theme_field])},
    )


def _once(*groups: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for group in groups for one in group))


def _keys(leika_keys: Sequence[str], ozg_ids: Sequence[str]) -> tuple[str, ...]:
    terms = [term for key in leika_keys for term in terms_of_leika_key(key)]
    return tuple(dict.fromkeys([*terms, *map(term_of_ozg_id, ozg_ids)]))


def _value(value: str | None) -> tuple[str, ...]:
    return () if value is None else (value,)
