"""What of an entry is for signed-in public bodies only."""

from marketplace.domain.access import Action, Actor, decide
from marketplace.domain.restricted import for_everybody
from marketplace.domain.service import Service


def redacted(service: Service, actor: Actor | None) -> Service:
    """Return an entry without what is for signed-in public bodies only: prices and contacts."""
    if decide(actor, Action.READ_RESTRICTED).allowed:
        return service
    if not service.contacts and all(offer.price is None for offer in service.offers):
        return service
    return for_everybody(service)
