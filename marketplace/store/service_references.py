"""Which entries refer to another one: as their whole, or as something they require."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from marketplace.domain.service import Service
from marketplace.store import services
from marketplace.store.ordering import by_code_point
from marketplace.store.tables import ServiceRequirementRow, ServiceRow


def referring(session: Session, service_id: str) -> dict[str, Service]:
    """Return the entries, whatever their status, that are parts of an entry or require it, by id."""
    requiring = select(ServiceRequirementRow.service_id).where(
        ServiceRequirementRow.required_id == service_id
    )
    query = (
        select(ServiceRow.id)
        .where(or_(ServiceRow.part_of == service_id, ServiceRow.id.in_(requiring)))
        .order_by(by_code_point(session, ServiceRow.id))
    )
    return services.load(session, list(session.scalars(query)))
