"""What is in the index: one document a findable entry, a tombstone for every other. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from marketplace.domain.catalogue import Procedure
from marketplace.domain.folding import fold
from marketplace.domain.lifecycle import is_findable
from marketplace.domain.service import Service
from marketplace.search.german import stems
from marketplace.search.keys import term_of_ozg_id, terms_of_leika_key

COLLECTIONS = ("services", "procedures")
FACETS: Mapping[str, tuple[str, ...]] = {
    "services": ("lead_state", "theme_field", "kind", "authority_set"),
    "procedures": ("theme_field",),
}
"""The facets of each collection."""
EVERY_DOCUMENT = "_"
"""A term in every text field of every document: thus both engines count the same documents as having the field (they
differ in whether documents without it count for the rarity of a word). No word of a text can be this term."""


@dataclass(frozen=True, slots=True)
class Labels:
    """Names of what entries refer to, by id."""

    bundles: Mapping[str, str]
    procedures: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An entry as search sees it, in plain text.

    ``related`` are names of what it refers to, ``keys`` its terms from ``search.keys``, ``facets`` its values by facet
    (none where unknown), ``version`` the row's. A ``withdrawn`` one is a tombstone: it keeps the version and nothing
    else, so that an older version that arrives late cannot bring the entry back.
    """

    collection: str
    id: str
    version: int
    name: str = ""
    summary: str = ""
    body: str = ""
    related: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    withdrawn: bool = False

    @property
    def sort_name(self) -> str:
        """By what a list of everything is ordered."""
        return fold(self.name)


def document_of_service(service: Service, labels: Labels) -> Document:
    """Return the document of a service; a tombstone unless it is published."""
    if not is_findable(service.status):
        return Document(collection="services", id=service.id, version=service.version, withdrawn=True)
    return Document(
        collection="services",
        id=service.id,
        version=service.version,
        name=service.name,
        summary=service.summary,
        body=service.description,
        related=(
            *_names(service.ozg_ids, labels.bundles),
            *_names(service.leika_keys, labels.procedures),
        ),
        keys=_keys(service.leika_keys, service.ozg_ids),
        facets={
            "lead_state": _value(service.lead_state),
            "theme_field": _value(service.theme_field),
            "kind": (service.kind.value,),
            "authority_set": _value(service.authority_set),
        },
    )


def document_of_procedure(procedure: Procedure, ozg_ids: Sequence[str], labels: Labels) -> Document:
    """Return the document of a procedure; ``ozg_ids`` are the bundles that hold it."""
    return Document(
        collection="procedures",
        id=procedure.leika_key,
        version=procedure.version,
        name=procedure.name,
        body=procedure.life_situation or "",
        related=_names(ozg_ids, labels.bundles),
        keys=_keys((procedure.leika_key,), ozg_ids),
        facets={"theme_field": _value(procedure.theme_field)},
    )


def text_fields(document: Document) -> dict[str, str]:
    """Return the analysed text fields of a document: stems and keys with blanks between them."""
    texts = {
        "name": document.name,
        "summary": document.summary,
        "body": document.body,
        "related": "\n".join(document.related),
    }
    analysed = {name: " ".join([EVERY_DOCUMENT, *stems(text)]) for name, text in texts.items()}
    return {**analysed, "keys": " ".join(document.keys)}


def _names(ids: Sequence[str], names: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(names[one] for one in ids if one in names)


def _keys(leika_keys: Sequence[str], ozg_ids: Sequence[str]) -> tuple[str, ...]:
    terms = [term for key in leika_keys for term in terms_of_leika_key(key)]
    return tuple(dict.fromkeys([*terms, *map(term_of_ozg_id, ozg_ids)]))


def _value(value: str | None) -> tuple[str, ...]:
    return () if value is None else (value,)
