"""What of an entry is for signed-in members of public bodies only: contacts and prices."""

from dataclasses import replace

from marketplace.domain.service import Service


def for_everybody(service: Service) -> Service:
    """Return an entry as everybody may see it."""
    return replace(
        service,
        contacts=(),
        offers=tuple(replace(offer, price=None, price_source=None) for offer in service.offers),
        sources={name: found for name, found in service.sources.items() if name != "contacts"},
    )
