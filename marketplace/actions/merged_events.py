"""The ledger's part of a merge: events of the lost entry are voided, and those that go over are said again of the kept one.

A repeated event stands in the voice of the first (``docs/decisions/0013``) with its own days; only when it was learned of
the kept entry is new, so that every earlier ``known_at`` reads as before.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from marketplace.actions import changing, projection
from marketplace.actions.projection import Spoke
from marketplace.domain import sources
from marketplace.domain.access import Actor
from marketplace.domain.adoption import Event, Proof, Scope, Status
from marketplace.domain.merging import MergePlan
from marketplace.store import head, ledger, repeats
from marketplace.store.head import Head
from marketplace.store.ledger import StoredEvent

_SAME = (
    "service_id", "authority_id", "authority_key", "scope", "except_keys", "except_ids", "effective_on", "asserted_by",
    "organisation_id", "on_behalf_of",
)  # fmt: skip


def move_events(
    session: Session,
    merged_by: Actor,
    plan: MergePlan,
    kept_id: str,
    offer_ids: Mapping[str, str],
    held: Head,
    now: datetime,
) -> None:
    """Append what a merge says, under the ledger lock that ``held`` took, and project it; it moves the head on.

    ``offer_ids`` are the ids that the lost entry's offers have among those of the kept one.
    """
    voided = (*plan.voided_of_kept, *plan.voided_of_lost)
    if not voided:
        return
    moved = _still_open(session, plan.moved)
    # Before the source was reserved, others could record under it: what they named stays theirs.
    taken = {ref for _, ref in repeats.by_refs(session, {sources.MERGE: {str(one.id) for one in moved}})}
    stored = ledger.by_ids(session, (event.id for event in (*voided, *moved)))
    recorded_at = head.advance(session, held, now, events=len(voided) + len(moved))
    told = {"actor": merged_by.name, "recorded_at": recorded_at, "backfilled_at": None}
    ids: dict[int, int] = {}
    rows = [
        {**_void(stored[event.id]), **told, "id": number}
        for number, event in enumerate(voided, held.last_event_id + 1)
    ]
    for number, event in enumerate(moved, held.last_event_id + 1 + len(voided)):
        ids[event.id] = number
        rows.append({**_again(stored[event.id], kept_id, offer_ids, ids, taken), **told, "id": number})
    ledger.append(session, rows)
    touched: dict[str, set[Spoke]] = defaultdict(set)
    for row in rows:
        touched[row["service_id"]].add((row["authority_id"], row["scope"] == Scope.BELOW))
    projection.follow_events(session, held, projection.moment(held, recorded_at), touched)
    changing.record_adoptions(session, merged_by, now, changing.ids_by_service(rows))


def _still_open(session: Session, moved: Sequence[Event]) -> Sequence[Event]:
    """Leave out claims whose answer does not go over, because the kept entry has it: they would wait once more."""
    answered = ledger.answers_to(session, (event.id for event in moved if event.is_claim))
    ids = {event.id for event in moved}
    return [event for event in moved if answered.get(event.id, event.id) in ids]


def _void(event: StoredEvent) -> dict[str, Any]:
    """Return the correction that takes an event out: about the same service, authority and scope, in the same voice."""
    return {
        **dict.fromkeys(StoredEvent.__dataclass_fields__),
        **{name: getattr(event, name) for name in _SAME},
        "status": str(Status.VOID),
        "proof": str(Proof.NONE),
        "corrects": event.id,
        "source": sources.DEMO if event.is_demo else sources.MERGE,
    }


def _again(
    event: StoredEvent,
    kept_id: str,
    offer_ids: Mapping[str, str],
    ids: Mapping[int, int],
    taken: Collection[str],
) -> dict[str, Any]:
    """Return an event said again of the kept entry; ``ids`` are the new ids of those before it.

    Its ``ref`` is the id of the event that is repeated, unless that is ``taken``.
    What is of the demo stays of the demo, so that it can be taken away.
    """
    return {
        **asdict(event),
        "service_id": kept_id,
        "offer_id": offer_ids.get(event.offer_id, event.offer_id) if event.offer_id else None,
        "corrects": None,
        "answers": ids.get(event.answers) if event.answers else None,
        "source": sources.DEMO if event.is_demo else sources.MERGE,
        "ref": None if event.is_demo or str(event.id) in taken else str(event.id),
    }
