"""What the audit log says of an act: who, for whom, what, when, and whether it was refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from marketplace.domain.roles import Actor

MAX_ACTOR, MAX_OBJECT, MAX_REASON = 200, 120, 500


class Outcome(StrEnum):
    """What became of an act."""

    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One act. ``detail`` says in few plain values what changed; never a secret, a contact or a typed text."""

    at: datetime
    actor: str
    act: str
    object_kind: str
    object_id: str
    person_id: str | None = None
    organisation_id: str | None = None
    on_behalf_of: str | None = None
    outcome: Outcome = Outcome.DONE
    reason: str | None = None
    detail: Mapping[str, object] = field(default_factory=dict)
    request_id: str | None = None


def entry_of(
    actor: Actor | None,
    at: datetime,
    act: str,
    about: tuple[str, str],
    *,
    detail: Mapping[str, object] | None = None,
    on_behalf_of: str | None = None,
    refused: str | None = None,
    request_id: str | None = None,
) -> AuditEntry:
    """Make the entry of an act. ``about`` is kind and id of its object; ``refused``: why it was not done."""
    kind, key = about
    return AuditEntry(
        at=at,
        actor=(actor.name if actor else "public")[:MAX_ACTOR],
        act=act,
        object_kind=kind,
        object_id=key[:MAX_OBJECT],
        person_id=actor.person_id if actor else None,
        organisation_id=(actor.organisation_id or None) if actor else None,
        on_behalf_of=on_behalf_of,
        outcome=Outcome.DONE if refused is None else Outcome.REFUSED,
        reason=None if refused is None else refused[:MAX_REASON],
        detail=dict(detail or {}),
        request_id=request_id,
    )
