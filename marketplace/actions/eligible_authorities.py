"""Who is eligible for a service, one by one and with the reason: the denominator laid open."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from marketplace.actions.context import Context
from marketplace.actions.eligible import Eligibility, counted_for
from marketplace.actions.paging import Page, PageRequest
from marketplace.actions.reading import knowledge, read_known_at
from marketplace.actions.regions import require_state
from marketplace.domain.authority import Authority, Why, why_member
from marketplace.store import head, services


@dataclass(frozen=True, slots=True)
class EligibleAuthority:
    """An eligible authority and why it is one."""

    authority: Authority
    why: Why


@dataclass(frozen=True, slots=True)
class EligibleAuthorities:
    """A page of the eligible authorities by key, with how many there are by state.

    ``authority_set`` is None, and nobody listed, where it is unknown who executes the service; ``reason`` says why
    the members execute the tasks of the set. ``own_reason`` is why the entry names this set, ``is_assumed`` whether
    that is an assumption. Both are the catalogue's as it stands, without a second time: nothing is said of a set that
    the entry does not name any more.
    """

    page: Page[EligibleAuthority]
    by_state: Mapping[str, int]
    authority_set: str | None
    reason: str | None
    is_assumed: bool
    own_reason: str | None
    as_of: date
    known_at: datetime
    territory_on: date | None


def eligible_authorities(
    ctx: Context,
    service_id: str,
    page: PageRequest,
    *,
    as_of: date | None = None,
    known_at: str | datetime | None = None,
    state: str | None = None,
) -> EligibleAuthorities:
    """Return who is eligible for a service on a day, as known at an instant.

    Raises:
        NotFound: there is no such service.
        InvalidInput: a ``known_at`` or a ``state`` that is none.
    """
    day, asked = as_of or ctx.today(), read_known_at(ctx, known_at)
    with ctx.database.reading() as session:
        at = knowledge(ctx, head.head(session), asked)
        counted = counted_for(session, service_id, day, at)
        eligible = Eligibility(session, day, at).of(counted.facts)
        entry = services.load(session, [service_id]).get(service_id)
    require_state(eligible.territory, state)
    members = list((eligible.members or {}).values())
    by_state = dict(sorted(Counter(member.state for member in members).items()))
    wanted = [member for member in members if state in (None, member.state)]
    definition = eligible.definition
    if entry is not None and entry.authority_set != counted.facts.authority_set:
        entry = None
    shown = [
        EligibleAuthority(member, why_member(definition, member))
        for member in wanted[page.offset : page.offset + page.page_size]
        if definition is not None
    ]
    return EligibleAuthorities(
        page=Page(shown, len(wanted), page.page, page.page_size),
        by_state=by_state,
        authority_set=definition.id if definition else None,
        reason=definition.reason if definition else None,
        is_assumed=entry is not None and entry.authority_set_assumed,
        own_reason=entry.authority_set_reason if entry else None,
        as_of=day,
        known_at=at,
        territory_on=eligible.territory.on,
    )
