"""People of a small catalogue's organisations, with the roles that they have there."""

from sqlalchemy import insert

from marketplace.actions.context import Context
from marketplace.domain.access import Actor, Role
from marketplace.store import memberships, organisations
from marketplace.store.tables import PersonRow


def add_person(ctx: Context, person_id: str, organisation_id: str | None = None, *roles: Role) -> None:
    """Add somebody, as a member where an organisation is named."""
    now = ctx.clock()
    with ctx.database.writing() as session:
        session.execute(
            insert(PersonRow).values(
                id=person_id,
                name=person_id.capitalize(),
                email=f"{person_id}@example.org",
                is_demo=False,
                created_at=now,
            )
        )
        if organisation_id is not None:
            memberships.give(session, organisation_id, person_id, roles, now, "a test")


def acting_as(ctx: Context, person_id: str, organisation_id: str) -> Actor:
    """Who a person is when acting for an organisation now."""
    with ctx.database.reading() as session:
        roles = memberships.roles_of(session, organisation_id, person_id)
        keys = organisations.region_keys(session, organisation_id)
    return Actor(person_id.capitalize(), organisation_id, roles, keys, person_id)
