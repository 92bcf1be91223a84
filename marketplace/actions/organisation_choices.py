"""Organisations to choose from in a form."""

from marketplace.actions.context import Context
from marketplace.domain.access import Role
from marketplace.domain.membership import ROLES_OF_KIND
from marketplace.store import organisations

MAX_CHOICES = 2000


def publishing_organisations(ctx: Context) -> list[tuple[str, str]]:
    """Return id and name of the organisations that can have entries, by name, at most 2,000."""
    with ctx.database.reading() as session:
        found, _total = organisations.find_organisations(session, None, None, None, MAX_CHOICES, 0)
    return [(one.id, one.name) for one in found if Role.PUBLISHER in ROLES_OF_KIND[one.kind]]


def organisations_of_kind(ctx: Context, kind: str) -> list[tuple[str, str]]:
    """Return id and name of the organisations of a kind, by name, at most 2,000."""
    with ctx.database.reading() as session:
        found, _total = organisations.find_organisations(session, kind, None, None, MAX_CHOICES, 0)
    return [(one.id, one.name) for one in found]
