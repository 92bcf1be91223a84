"""The authorities that stand today, by key: name, region and identities."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from marketplace.actions.acting_for import body_of
from marketplace.actions.context import Context
from marketplace.domain.authority import NamedAuthority
from marketplace.domain.regions import Territory
from marketplace.store import head
from marketplace.store.authorities import named_authorities
from marketplace.store.territory import territory_at


@dataclass(frozen=True, slots=True)
class Naming:
    """Today's territory and the authorities with keys of their own."""

    land: Territory
    named: Mapping[str, NamedAuthority]

    @classmethod
    def today(cls, ctx: Context, session: Session) -> "Naming":
        """Read them."""
        land = territory_at(session, ctx.today(), head.known_now(session, ctx.clock()))
        return cls(land, {one.key: one for one in named_authorities(session, land)})

    def name(self, key: str) -> str | None:
        """Return the name of the authority that a key, AGS or ARS means, None where there is none today."""
        if (named := self.named.get(key)) is not None:
            return named.name
        region = self.land.by_key.get(body_of(key, self.land)[0])
        return None if region is None else region.name

    def region_key(self, key: str) -> str | None:
        """Return the key of the region that an authority is placed in."""
        if (named := self.named.get(key)) is not None:
            return named.region_key
        region = self.land.by_key.get(key)
        return None if region is None else region.key

    def identities(self, key: str) -> list[int]:
        """Return the identities in the ledger of the body that has a key: a kreisfreie Stadt has two."""
        if (named := self.named.get(key)) is not None:
            return [named.id]
        found = (self.land.by_key.get(one) for one in body_of(key, self.land))
        return [r.authority_id for r in found if r is not None and r.authority_id is not None]
