"""From a change to what can be told of it: kind, topics, weight."""

from collections.abc import Iterator, Mapping
from typing import Any

from marketplace.domain.change import Change, ChangeKind, MessageKind
from marketplace.domain.regions import FEDERATION_KEY, keys_above
from marketplace.domain.subscription import FollowedKind
from marketplace.domain.telling import Telling, Topic

OF_SERVICES = frozenset(
    {
        ChangeKind.SERVICE_PUBLISHED,
        ChangeKind.SERVICE_REVISED,
        ChangeKind.OFFER_ADDED,
        ChangeKind.WITHDRAWAL_PLANNED,
        ChangeKind.WITHDRAWAL_CANCELLED,
        ChangeKind.SERVICE_WITHDRAWN,
    }
)
"""Changes whose content says by which ways the entry is followed."""


def telling_of(change: Change) -> Telling | None:
    """Return what a change alone says enough for; None for those that the ledger or the register completes."""
    if change.kind in OF_SERVICES:
        topics = service_topics(change.object_id, change.content)
    elif change.kind is ChangeKind.NEED_REPORTED:
        topics = frozenset(_topics_of_need(change))
    elif change.kind is ChangeKind.REGION_REFORMED:
        topics = frozenset(_topics_of_reform(change))
    elif change.kind is ChangeKind.RULE_PUBLISHED:
        topics = frozenset()  # Figures name their rule: whoever matches asks for theirs.
    else:
        return None
    return telling_with(change, MessageKind(change.kind), topics)


def telling_with(
    change: Change, kind: MessageKind, topics: frozenset[Topic], content: Mapping[str, Any] | None = None,
    **further: Any,
) -> Telling:  # fmt: skip
    """Return a telling of a change; ``further`` are the other fields of ``Telling``."""
    told = change.content if content is None else content
    return Telling(
        kind=kind,
        position=change.position,
        object_kind=str(change.object_kind),
        object_id=change.object_id,
        recorded_at=change.recorded_at,
        content=told,
        topics=topics,
        weighty=bool(told.get("weighty", False)),
        person_id=change.person_id,
        organisation_id=change.organisation_id,
        **further,
    )


def service_topics(service_id: str, content: Mapping[str, Any]) -> frozenset[Topic]:
    """Return by which subscriptions an entry is followed, by what a change says of it."""
    found: list[Topic] = [(FollowedKind.SERVICE, service_id)]
    for followed, name in ((FollowedKind.PUBLISHER, "publisher"), (FollowedKind.THEME_FIELD, "theme_field")):
        if content.get(name):
            found.append((followed, content[name]))
    for followed, name in ((FollowedKind.BUNDLE, "ozg_ids"), (FollowedKind.PROCEDURE, "leika_keys")):
        found += [(followed, key) for key in content.get(name, ())]
    return frozenset(found)


def _topics_of_need(change: Change) -> Iterator[Topic]:
    yield FollowedKind.THEME_FIELD, change.object_id
    if key := change.content.get("region_key"):
        yield from region_topics(key)


def _topics_of_reform(change: Change) -> Iterator[Topic]:
    content = change.content
    others = [one["key"] for name in ("successors", "predecessors") for one in content.get(name, ())]
    for key in (change.object_id, content.get("former_key"), *others):
        if key:
            yield from region_topics(key)


def region_topics(key: str) -> Iterator[Topic]:
    """Return the regions that something about one of them touches: itself and those above it, not the federation."""
    yield FollowedKind.REGION, key
    for above in keys_above(key):
        if above != FEDERATION_KEY:
            yield FollowedKind.REGION, above
