"""The authorities that stand today, by key: name, region and identities; and what some were called on other days."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

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


def names_on(ctx: Context, keys: Iterable[str], days: Iterable[date], known_at: datetime) -> dict[str, str]:
    """Return the names of authorities by key, on the last of some days on which they stood; who stood on none is left out."""
    names: dict[str, str] = {}
    wanted = set(keys)
    with ctx.database.reading() as session:
        for day in days:
            land = territory_at(session, day, known_at)
            names |= {key: land.by_key[key].name for key in wanted if key in land.by_key}
            names |= {one.key: one.name for one in named_authorities(session, land) if one.key in wanted}
    return names
