"""One authority as it stands on a day, and what sources say of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from marketplace.actions.context import Context
from marketplace.actions.former_keys import regions_of_key
from marketplace.actions.reading import knowledge, read_known_at
from marketplace.domain.authority import Authority, authority_of, named_authority_of
from marketplace.errors import NotFound
from marketplace.store import authorities, authority_attributes, head
from marketplace.store.authority_attributes import Attribute
from marketplace.store.territory import territory_at


@dataclass(frozen=True, slots=True)
class AuthorityDetail:
    """An authority with its attributes as known at an instant; ``territory_on`` is the day of the register."""

    authority: Authority
    has_own_key: bool
    attributes: Sequence[Attribute]
    as_of: date
    known_at: datetime
    territory_on: date | None


def get_authority(
    ctx: Context, key: str, *, as_of: date | None = None, known_at: str | datetime | None = None
) -> AuthorityDetail:
    """Return an authority by its own key, or by the key, AGS or ARS of its region.

    Raises:
        NotFound: no authority has that key on that day, nor has one that stood then had it on another day.
        InvalidInput: a ``known_at`` that is none.
    """
    day, asked = as_of or ctx.today(), read_known_at(ctx, known_at)
    with ctx.database.reading() as session:
        at = knowledge(ctx, head.head(session), asked)
        land = territory_at(session, day, at)
        named = {one.key: one for one in authorities.named_authorities(session, land)}
        if key in named:
            authority: Authority | None = named_authority_of(named[key], land)
        else:
            meant = regions_of_key(session, key, land, at, "authority")
            authority = next((one for one in (authority_of(r, land) for r in meant) if one is not None), None)
        if authority is None:
            raise NotFound("authority", key)
        attributes = authority_attributes.of_authorities(session, [authority.id], at)
    return AuthorityDetail(authority, key in named, attributes, day, at, land.on)
