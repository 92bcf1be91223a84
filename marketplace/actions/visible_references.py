"""What an entry may point to: what exists, as far as whoever writes it may know."""

from sqlalchemy.orm import Session

from marketplace.domain.access import Actor, may_see_revision
from marketplace.domain.lifecycle import EntryStatus
from marketplace.domain.service import Service
from marketplace.domain.service_references import check_references
from marketplace.errors import FieldError
from marketplace.store import services
from marketplace.store.known_keys import known_keys


def broken_references(session: Session, writer: Actor, service: Service) -> list[FieldError]:
    """Return every reference to something that does not exist; another's draft does not, for who may not know of it."""
    return check_references(service, known_keys(session, [service])) + _hidden(session, writer, service)


def _hidden(session: Session, writer: Actor, service: Service) -> list[FieldError]:
    named = {f"requires.{position}": key for position, key in enumerate(service.requires)}
    if service.part_of is not None:
        named["part_of"] = service.part_of
    heads = services.heads(session, named.values())
    return [
        FieldError(field, "reference", f"service {key!r} does not exist")
        for field, key in named.items()
        if (head := heads.get(key)) is not None
        and head.status in (EntryStatus.DRAFT, EntryStatus.IN_REVIEW)
        and not may_see_revision(writer, head.publisher)
    ]
