"""Recording as changes, each once, that records turn stale soon, so that whose matter they are can confirm them."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from marketplace.actions import changing
from marketplace.actions.authority_naming import Naming
from marketplace.actions.context import Context
from marketplace.domain.change import ChangeKind, NewChange, ObjectKind
from marketplace.domain.own_records import SOON
from marketplace.store import stale_records
from marketplace.store.stale_records import StaleSoon

AT_ONCE = 500
"""So many changes a transaction records: an import of years ago turns stale on one day."""


def record_stale_soon(ctx: Context) -> int:
    """Record which records turn stale in the next 90 days, those that were not recorded yet; return how many.

    A record that was confirmed meanwhile turns stale later and is told again then.
    """
    today = ctx.today()
    with ctx.database.reading() as session:
        due = stale_records.turning_stale(session, today, today + SOON)
        known = stale_records.known_keys(session, (_key(one) for one in due))
        fresh = [one for one in due if _key(one) not in known]
        told = list(_changes(ctx, session, fresh)) if fresh else []
    for start in range(0, len(told), AT_ONCE):
        with ctx.database.writing() as session:
            changing.record(session, None, ctx.clock(), told[start : start + AT_ONCE])
    return len(told)


def _changes(ctx: Context, session: Session, due: list[StaleSoon]) -> Iterator[NewChange]:
    """Yield the changes; of authorities that stand no more nobody could confirm anything."""
    naming = Naming.today(ctx, session)
    names = {region.authority_id: (region.key, region.name) for region in naming.land}
    names |= {one.id: (one.key, one.name) for one in naming.named.values()}
    for one in due:
        if one.authority_id in names:
            yield _change(one, *names[one.authority_id])


def _change(one: StaleSoon, authority_key: str, authority_name: str) -> NewChange:
    content = {
        "name": one.service_name, "authority_id": one.authority_id, "authority_key": authority_key,
        "authority_name": authority_name, "stale_on": one.stale_on.isoformat(), "event": one.event_id,
    }  # fmt: skip
    return NewChange(ChangeKind.RECORD_STALE_SOON, ObjectKind.SERVICE, one.service_id, content, _key(one))


def _key(one: StaleSoon) -> str:
    """Return what the change is written once by; after a reform two authorities can stand on one event."""
    return f"stale:{one.event_id}:{one.stale_on.isoformat()}:{one.authority_id}"
