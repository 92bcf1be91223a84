"""Who is missing: the eligible authorities of a state of which nothing is on record for a service."""

from collections.abc import Sequence
from dataclasses import dataclass

from marketplace.actions.context import Context
from marketplace.actions.paging import Page, PageRequest
from marketplace.actions.standings import StandingsReader
from marketplace.actions.tables import Table, plain_table
from marketplace.domain.authority import Authority
from marketplace.domain.reading import STALE_AFTER_DAYS
from marketplace.domain.standing import UNKNOWN_CODE
from marketplace.errors import NotFound
from marketplace.store import services

COLUMNS = ("service_id", "service_name", "authority_key", "authority_name", "kind", "population")


@dataclass(frozen=True, slots=True)
class MissingAuthorities:
    """Those of ``eligible`` authorities in a state of which nothing is known, by key."""

    service_id: str
    service_name: str
    eligible: int
    missing: Sequence[Authority]

    def page(self, wanted: PageRequest) -> Page[Authority]:
        """Return one page of them."""
        shown = self.missing[wanted.offset : wanted.offset + wanted.page_size]
        return Page(shown, len(self.missing), wanted.page, wanted.page_size)

    def table(self, name: str) -> Table:
        """Return all of them as a table."""
        rows: list[dict[str, object]] = [
            {
                "service_id": self.service_id,
                "service_name": self.service_name,
                "authority_key": one.key,
                "authority_name": one.name,
                "kind": one.kind,
                "population": one.population,
            }
            for one in self.missing
        ]
        return plain_table(name, COLUMNS, rows)


def missing_authorities(ctx: Context, service_id: str, state: str) -> MissingAuthorities:
    """Return who is missing in a state today.

    Raises:
        NotFound: there is no such service that the public knows of.
    """
    with ctx.database.reading() as session:
        reader = StandingsReader.opened(ctx, session, None)
        read = reader.standings(service_id, ctx.today(), STALE_AFTER_DAYS)
        found = services.heads(session, [service_id]).get(service_id)
    if found is None:
        raise NotFound("service", service_id)
    there = [
        (authority, code)
        for authority, code in zip(read.roster.authorities, read.codes.tolist(), strict=True)
        if authority.state == state
    ]
    missing = [authority for authority, code in there if code == UNKNOWN_CODE]
    return MissingAuthorities(service_id, found.name, len(there), missing)
