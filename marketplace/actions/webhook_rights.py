"""Whether an organisation may still read what is owed to its webhook: asked before each attempt, as when it is told.

Between a change and the last attempt a day may pass: an entry is withdrawn, a delegation ends.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from marketplace.actions.context import Context
from marketplace.actions.tellings import Tellings
from marketplace.domain.change import MessageKind, ObjectKind
from marketplace.domain.followed import KINDS_OF, FollowedKind
from marketplace.domain.message_rights import is_public
from marketplace.domain.telling import Telling
from marketplace.domain.webhook import TEST, Delivery, Webhook
from marketplace.domain.webhook_content import body_of, own_content_for
from marketplace.store import changes, services

Claimed = tuple[Webhook, Delivery]
_OWN = frozenset(map(str, KINDS_OF[FollowedKind.OWN]))


@dataclass(frozen=True, slots=True)
class Judged:
    """What may be sent, each in the words of now, and what may not be read any more."""

    allowed: Sequence[Claimed]
    withheld: Sequence[Delivery]


def judge(ctx: Context, session: Session, claimed: Sequence[Claimed]) -> Judged:
    """Sort claimed deliveries by whether their owners may read them now.

    What is about an entry is for nobody once the public does not see it; an own matter is for whose it still is, with
    those of its statements that are. A test tells of nothing.
    """
    names = {one.id: one.object.partition(":")[::2] for _, one in claimed}
    asked = {object_id for kind, object_id in names.values() if kind == ObjectKind.SERVICE}
    entries = services.heads(session, asked) if asked else {}
    own = _own_tellings(ctx, session, [one for _, one in claimed if one.kind in _OWN])
    allowed: list[Claimed] = []
    withheld: list[Delivery] = []
    for webhook, one in claimed:
        kind, object_id = names[one.id]
        entry = entries.get(object_id)
        if one.kind == TEST:
            allowed.append((webhook, one))
        elif not is_public(MessageKind(one.kind), kind, entry.status if entry else None):
            withheld.append(one)
        elif one.kind not in _OWN:
            allowed.append((webhook, one))
        elif (told := _in_words_of_now(webhook, one, own.get((one.position, one.kind)))) is not None:
            allowed.append((webhook, told))
        else:
            withheld.append(one)
    return Judged(allowed, withheld)


def _own_tellings(
    ctx: Context, session: Session, deliveries: Sequence[Delivery]
) -> dict[tuple[int | None, str], Telling]:
    positions = sorted({one.position for one in deliveries if one.position is not None})
    if not positions:
        return {}
    found = changes.at_positions(session, positions)
    tellings = Tellings(ctx, session, found)
    return {(told.position, str(told.kind)): told for one in found for told in tellings.of(one)}


def _in_words_of_now(webhook: Webhook, delivery: Delivery, telling: Telling | None) -> Delivery | None:
    """Return an own matter as it is told now; None: it is not the owner's any more, or settled, or forgotten."""
    content = None if telling is None else own_content_for(webhook, telling)
    return None if telling is None or content is None else replace(delivery, body=body_of(telling, content))
