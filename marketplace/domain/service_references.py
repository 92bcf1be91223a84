"""Whether what an entry points to exists, and whether entries hang together without a circle."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from marketplace.domain.service import Service
from marketplace.errors import FieldError


@dataclass(frozen=True, slots=True)
class KnownKeys:
    """What exists. ``parents`` says of every entry what it is a part of, ``requirements`` what it requires."""

    theme_fields: Collection[str] = ()
    bundles: Collection[str] = ()
    procedures: Collection[str] = ()
    authority_sets: Collection[str] = ()
    organisations: Collection[str] = ()
    parents: Mapping[str, str | None] = field(default_factory=dict)
    requirements: Mapping[str, Sequence[str]] = field(default_factory=dict)


def check_references(service: Service, known: KnownKeys) -> list[FieldError]:
    """Return every reference of an entry to something that does not exist or must not be pointed to.

    ``known.parents`` and ``known.requirements`` may hold the entry itself as it was; its own word counts.
    """
    named: list[tuple[str, str | None, Collection[str], str]] = [
        ("theme_field", service.theme_field, known.theme_fields, "theme field"),
        ("authority_set", service.authority_set, known.authority_sets, "authority set"),
        ("publisher", service.publisher, known.organisations, "organisation"),
        ("part_of", service.part_of, known.parents, "service"),
    ]
    for name, keys, where, what in (
        ("ozg_ids", service.ozg_ids, known.bundles, "bundle"),
        ("leika_keys", service.leika_keys, known.procedures, "procedure"),
        ("requires", service.requires, known.parents, "service"),
    ):
        named += [(f"{name}.{position}", key, where, what) for position, key in enumerate(keys)]
    named += [
        (f"offers.{position}.supplier", offer.supplier, known.organisations, "organisation")
        for position, offer in enumerate(service.offers)
    ]
    errors = [
        FieldError(field_name, "reference", f"{what} {key!r} does not exist")
        for field_name, key, where, what in named
        if key is not None and key not in where
    ]
    return errors + _check_parts(service, known) + _check_circle(service, known)


def _check_parts(service: Service, known: KnownKeys) -> list[FieldError]:
    if service.part_of is None:
        return []
    whole = known.parents.get(service.part_of)
    if whole is not None:
        return [FieldError("part_of", "depth", f"{service.part_of} is itself a part of {whole}")]
    own_part = next(
        (part for part, of in known.parents.items() if of == service.id and part != service.id), None
    )
    if own_part is not None:
        return [FieldError("part_of", "depth", f"{own_part} is a part of {service.id}: parts have no parts")]
    return []


def _check_circle(service: Service, known: KnownKeys) -> list[FieldError]:
    for position, first in enumerate(service.requires):
        seen: set[str] = set()
        waiting = [first]
        while waiting:
            one = waiting.pop()
            if one == service.id:
                return [FieldError(f"requires.{position}", "circle", f"{first} requires {service.id} itself")]
            if one not in seen:
                seen.add(one)
                waiting.extend(known.requirements.get(one, ()))
    return []
