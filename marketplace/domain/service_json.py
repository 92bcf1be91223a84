"""An entry as plain JSON values, in the shape of the API and of import and export files, and back."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from marketplace.domain.lifecycle import EntryStatus
from marketplace.domain.reading import Activation
from marketplace.domain.service import (
    Contact,
    Maturity,
    Offer,
    Origin,
    Route,
    Service,
    ServiceKind,
    Source,
    Stage,
)


def service_as_dict(service: Service) -> dict[str, Any]:
    """Return every field of an entry; dates as ISO text, instants with offset, unknown ones as None or empty."""
    maturity = service.maturity
    return {
        "id": service.id,
        "name": service.name,
        "summary": service.summary,
        "description": service.description,
        "words": list(service.words),
        "kind": service.kind.value,
        "lead_state": service.lead_state,
        "partner_states": list(service.partner_states),
        "theme_field": service.theme_field,
        "ozg_ids": list(service.ozg_ids),
        "leika_keys": list(service.leika_keys),
        "authority_set": service.authority_set,
        "authority_set_reason": service.authority_set_reason,
        "authority_set_assumed": service.authority_set_assumed,
        "activation": service.activation.value,
        "part_of": service.part_of,
        "stage": service.stage.value if service.stage else None,
        "origin": service.origin.value if service.origin else None,
        "publisher": service.publisher,
        "url": service.url,
        "requires": list(service.requires),
        "maturity": {"model": maturity.model, "level": maturity.level} if maturity else None,
        "available_from": service.available_from.isoformat() if service.available_from else None,
        "offers": [offer_as_dict(offer) for offer in service.offers],
        "contacts": [contact_as_dict(contact) for contact in service.contacts],
        "sources": {name: [source_as_dict(one) for one in found] for name, found in service.sources.items()},
        "status": service.status.value,
        "version": service.version,
        "created_at": service.created_at.isoformat() if service.created_at else None,
        "updated_at": service.updated_at.isoformat() if service.updated_at else None,
    }


def offer_as_dict(offer: Offer) -> dict[str, Any]:
    """Return the fields of an offer."""
    return {
        "id": offer.id,
        "route": offer.route.value,
        "supplier": offer.supplier,
        "contract_form": offer.contract_form,
        "contract_term": offer.contract_term,
        "hosting": offer.hosting,
        "licence": offer.licence,
        "price": offer.price,
        "price_source": offer.price_source,
        "url": offer.url,
    }


def contact_as_dict(contact: Contact) -> dict[str, Any]:
    """Return the fields of a contact."""
    return {"name": contact.name, "email": contact.email, "phone": contact.phone}


def source_as_dict(source: Source) -> dict[str, Any]:
    """Return the fields of a source."""
    return {"url": source.url, "title": source.title, "date": source.date, "note": source.note}


def service_from_dict(said: Mapping[str, Any]) -> Service:
    """Return the entry that ``service_as_dict`` wrote; what was kept is not judged again by the rules of today.

    Raises:
        KeyError, ValueError: the values were not written by it.
    """
    maturity, available_from = said["maturity"], said["available_from"]
    texts = {name: said[name] for name in _AS_THEY_ARE}
    return Service(
        **texts,
        # What was kept before entries had words of their own names none.
        words=tuple(said.get("words", ())),
        kind=ServiceKind(said["kind"]),
        partner_states=tuple(said["partner_states"]),
        ozg_ids=tuple(said["ozg_ids"]),
        leika_keys=tuple(said["leika_keys"]),
        activation=Activation(said["activation"]),
        stage=Stage(said["stage"]) if said["stage"] else None,
        origin=Origin(said["origin"]) if said["origin"] else None,
        requires=tuple(said["requires"]),
        maturity=Maturity(maturity["model"], maturity["level"]) if maturity else None,
        available_from=date.fromisoformat(available_from) if available_from else None,
        offers=tuple(Offer(**{**one, "route": Route(one["route"])}) for one in said["offers"]),
        contacts=tuple(Contact(**one) for one in said["contacts"]),
        sources={name: tuple(Source(**one) for one in found) for name, found in said["sources"].items()},
        status=EntryStatus(said["status"]),
        version=said["version"],
        created_at=_instant(said["created_at"]),
        updated_at=_instant(said["updated_at"]),
    )


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


_AS_THEY_ARE = (
    "id", "name", "summary", "description", "lead_state", "theme_field", "authority_set", "authority_set_reason",
    "authority_set_assumed", "part_of", "publisher", "url",
)  # fmt: skip
