"""What the audit log says of events of the ledger: one entry a batch and authority that somebody else acted for."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from marketplace.actions import auditing
from marketplace.domain.access import Actor


def record_events(
    session: Session,
    actor: Actor,
    now: datetime,
    rows: Sequence[Mapping[str, Any]],
    plain: Mapping[str, int] | None = None,
) -> None:
    """Append what was recorded, in the transaction of the events.

    ``rows`` are rows of the ledger; ``plain`` how many others, of which nobody acted for somebody else, were written
    with them, by service.
    """
    by_voice: dict[str | None, Counter[str]] = {None: Counter(plain or {})}
    for row in rows:
        by_voice.setdefault(row["on_behalf_of"], Counter())[row["service_id"]] += 1
    for on_behalf_of, services in by_voice.items():
        if services:
            named = auditing.few(services.keys())
            about = ("service", named[0]) if len(services) == 1 else ("batch", "adoption-events")
            auditing.record(
                session, actor, now, "adoptions.recorded", about, on_behalf_of=on_behalf_of,
                events=services.total(), services=named,
            )  # fmt: skip
