"""What an organisation's admins read of the audit log: acts of its people and machines, and acts on it."""

from collections.abc import Mapping
from dataclasses import dataclass

from marketplace.actions.administering import administered
from marketplace.actions.context import Context
from marketplace.actions.paging import Page, PageRequest
from marketplace.domain.access import Action, Actor
from marketplace.domain.audit import AuditEntry
from marketplace.domain.catalogue import Organisation
from marketplace.store import audit, memberships, mergers
from marketplace.store.audit import AuditQuery

NAMING = ("person", "made_by")
"""The details of an entry that name a person by the id."""


@dataclass(frozen=True, slots=True)
class OrganisationLog:
    """One page of the log, newest first; ``names`` are those of the people whom entries are about, by their ids."""

    organisation: Organisation
    entries: Page[AuditEntry]
    names: Mapping[str, str]


def log_of(ctx: Context, actor: Actor | None, organisation_id: str, page: PageRequest) -> OrganisationLog:
    """Return what was done for and to an organisation, and those that went into it.

    Raises:
        Unauthenticated, Forbidden: the actor reads no log.
        NotFound: no organisation by this id whose log the actor may read.
    """
    with ctx.database.reading() as session:
        _who, organisation = administered(session, actor, Action.READ_OWN_LOG, organisation_id)
        query = AuditQuery(concerning={organisation_id, *mergers.predecessors(session, organisation_id)})
        found, total = audit.find(session, query, page.page_size, page.offset)
        entries = [entry for _id, entry in found]
        people = {str(one.detail[name]) for one in entries for name in NAMING if name in one.detail}
        people |= {one.object_id for one in entries if one.object_kind == "person"}
        names = memberships.names_of(session, people)
    return OrganisationLog(organisation, Page(entries, total, page.page, page.page_size), names)
