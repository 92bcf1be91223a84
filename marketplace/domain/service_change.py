"""What the public is to learn of a written entry: published, revised, with a new offer, withdrawn - or nothing."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from marketplace.domain.change import ChangeKind, NewChange, ObjectKind
from marketplace.domain.lifecycle import EntryStatus
from marketplace.domain.restricted import for_everybody
from marketplace.domain.service import Service
from marketplace.domain.service_difference import COMPARED
from marketplace.domain.service_json import service_as_dict

CONTACTS, PRICES = "contacts", "prices"
WEIGHTY = frozenset({"offers", PRICES, "requires", "authority_set", "authority_set_reason", "activation"})
"""What matters to who uses a service: offers, prices, contract terms, what it requires, the legal basis, who executes it."""
MAX_LISTED = 200
"""So many keys of an entry (bundles, procedures) a change names at most."""


def change_of(before: Service | None, service: Service) -> NewChange | None:
    """Return the change that a write of an entry means for the public; None: it saw and sees nothing of it.

    What stays unpublished, and what says the same as before, is no change. A withdrawn entry that is published again
    is published.
    """
    was_public = before is not None and before.status is EntryStatus.PUBLISHED
    if service.status is EntryStatus.PUBLISHED:
        if not was_public or before is None:
            return _about(
                ChangeKind.SERVICE_PUBLISHED, service, before=None, entry_kind=str(service.kind),
                summary=service.summary,
            )  # fmt: skip
        fields, restricted = changed_fields(before, service), restricted_fields(before, service)
        if not fields and not restricted:
            return None
        offers = new_offers(before, service)
        kind = ChangeKind.OFFER_ADDED if offers else ChangeKind.SERVICE_REVISED
        return _about(
            kind, service, before=before.version, fields=fields, restricted=restricted, offers=offers,
            weighty=not WEIGHTY.isdisjoint((*fields, *restricted)),
        )  # fmt: skip
    if service.status is EntryStatus.WITHDRAWN and was_public and before is not None:
        return _about(ChangeKind.SERVICE_WITHDRAWN, service, before=before.version, weighty=True)
    return None


def withdrawal_change(
    kind: ChangeKind, service: Service, on: date | None, reason: str | None, successor: tuple[str, str] | None
) -> NewChange:
    """Return the change of a withdrawal that was planned, cancelled or done; ``successor`` is id and name."""
    told: dict[str, Any] = {"weighty": True}
    if on is not None:
        told |= {"on": on.isoformat(), "reason": reason}
    if successor is not None:
        told |= {"successor": successor[0], "successor_name": successor[1]}
    return _about(kind, service, **told)


def changed_fields(before: Service, service: Service) -> list[str]:
    """Return the names of the fields that say something else to everybody, in the order of the form."""
    old, new = service_as_dict(for_everybody(before)), service_as_dict(for_everybody(service))
    return [name for name in COMPARED if old.get(name) != new.get(name)]


def restricted_fields(before: Service, service: Service) -> list[str]:
    """Return what changed for members of public bodies alone: contacts, prices."""
    old, new = _prices(before), _prices(service)
    found = [CONTACTS] if before.contacts != service.contacts else []
    return found + ([PRICES] if any(old[one] != new[one] for one in old.keys() & new.keys()) else [])


def new_offers(before: Service, service: Service) -> list[str]:
    """Return the ids of the offers that were not there before."""
    there = {offer.id for offer in before.offers}
    return [offer.id for offer in service.offers if offer.id not in there]


def _prices(service: Service) -> dict[str, tuple[str | None, str | None]]:
    return {offer.id: (offer.price, offer.price_source) for offer in service.offers}


def _about(kind: ChangeKind, service: Service, **told: Any) -> NewChange:
    content: Mapping[str, Any] = {
        "name": service.name,
        "version": service.version,
        "publisher": service.publisher,
        "theme_field": service.theme_field,
        "ozg_ids": list(service.ozg_ids[:MAX_LISTED]),
        "leika_keys": list(service.leika_keys[:MAX_LISTED]),
        **told,
    }
    return NewChange(kind, ObjectKind.SERVICE, service.id, content)
