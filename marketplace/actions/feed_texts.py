"""What the entries of a feed say: the words of a change, which statements it stands for, what an entry said before."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from marketplace.actions.kept import Kept
from marketplace.domain.adoption import AssertedBy, Proof, Status, is_claim
from marketplace.domain.change import Change, ChangeKind
from marketplace.domain.public_change import public_content
from marketplace.domain.restricted import for_everybody
from marketplace.domain.service import Service
from marketplace.notify.atom_feed import FeedEntry, tag_uri
from marketplace.notify.catalogues import Translator
from marketplace.notify.feed_text import ChangedField, html_of
from marketplace.notify.feed_titles import claims_among
from marketplace.notify.ledger_wording import MAX_LISTED
from marketplace.notify.wording import word
from marketplace.store import service_versions
from marketplace.store.authorities import names_by_id
from marketplace.store.change_feeds import events_of
from marketplace.store.changes import at_positions
from marketplace.store.ledger import StoredEvent

Compare = Callable[[Service | None, Service], Sequence[ChangedField]]
"""Says in the words of the pages in which fields two versions of an entry differ; None: it is new."""
_WITH_FIELDS = frozenset({ChangeKind.SERVICE_PUBLISHED, ChangeKind.SERVICE_REVISED, ChangeKind.OFFER_ADDED})


@dataclass(frozen=True, slots=True)
class Writing:
    """How entries are written: in whose language, under which address, and who compares versions.

    ``authorities``: of recorded adoptions those of these alone are told, by their identities; none: all.
    ``part``: what is told of them then, an entry of its own beside the whole change's.
    """

    translate: Translator
    base_url: str
    compare: Compare
    authorities: Collection[int] = ()
    part: str = ""


KEPT_ENTRIES = 4096
_kept: Kept[FeedEntry | None] = Kept(KEPT_ENTRIES)


def entries_of(session: Session, positions: Sequence[int], writing: Writing) -> list[FeedEntry]:
    """Return the entries that tell of the changes at some positions, in their order.

    What happened stays as it was told: an entry is written once a process for each language. Changes that are kept no
    more are left out.
    """
    keys = {
        position: (position, writing.translate.language, writing.base_url, writing.part)
        for position in positions
    }

    def write(missing: list[int]) -> dict[int, FeedEntry | None]:
        changes = at_positions(session, missing)
        versions = _versions(session, changes)
        written = {one.position: _entry(session, one, versions, writing) for one in changes}
        return {position: written.get(position) for position in missing}

    found = _kept.get_many(session.get_bind().engine, keys, write)
    return [entry for position in positions if (entry := found[position]) is not None]


def _entry(
    session: Session, change: Change, versions: Mapping[tuple[str, int], Service], writing: Writing
) -> FeedEntry:
    content = dict(public_content(change))
    further: list[str] = []
    fields: Sequence[ChangedField] = ()
    name = f"change/{change.position}"
    if change.kind is ChangeKind.ADOPTION_RECORDED:
        told = _statements(session, change, writing)
        content |= told.content
        further = told.lines
        name += f"/{writing.part}" if writing.part else ""
    elif change.kind in _WITH_FIELDS:
        before, after = _both(change, versions)
        fields = writing.compare(before, after) if after is not None else ()
    said = word(replace(change, content=content), writing.translate, writing.base_url)
    return FeedEntry(
        id=tag_uri(writing.base_url, name),
        title=said.title,
        address=said.address,
        html=html_of([*said.lines, *further], fields, marked=change.kind is not ChangeKind.SERVICE_PUBLISHED),
        updated=change.recorded_at,
        category=str(change.kind),
    )


@dataclass(frozen=True, slots=True)
class _Statements:
    """What recorded adoptions add to a change's content, and lines beside its words."""

    content: Mapping[str, Any]
    lines: list[str]


def _statements(session: Session, change: Change, writing: Writing) -> _Statements:
    events, number = events_of(session, change, writing.authorities, MAX_LISTED)
    names = names_by_id(session, {event.authority_id for event in events})
    claims = sum(_is_claim(event) for event in events)
    listed = [
        {
            "authority_key": event.authority_key,
            "authority_name": names.get(event.authority_id, event.authority_key),
            "status": event.status,
            "effective_on": event.effective_on.isoformat(),
        }
        for event in events
    ]
    return _Statements(
        {"statements": listed, "events": number},
        [claims_among(claims, writing.translate)] if claims else [],
    )


def _is_claim(event: StoredEvent) -> bool:
    return is_claim(AssertedBy(event.asserted_by), Proof(event.proof)) and event.status != Status.VOID


def _both(
    change: Change, versions: Mapping[tuple[str, int], Service]
) -> tuple[Service | None, Service | None]:
    """Return an entry as it was before and after a change; None where a version is not kept."""
    before, after = change.content.get("before"), change.content.get("version")
    now = versions.get((change.object_id, after)) if after is not None else None
    if before is None:
        return None, now
    was = versions.get((change.object_id, before))
    # Without the version before, everything would look new.
    return (was, now) if was is not None else (None, None)


def _versions(session: Session, changes: Sequence[Change]) -> dict[tuple[str, int], Service]:
    wanted = {
        (change.object_id, number)
        for change in changes
        if change.kind in _WITH_FIELDS
        for number in (change.content.get("before"), change.content.get("version"))
        if number is not None
    }
    found = service_versions.numbered_of(session, wanted)
    return {key: for_everybody(version.service) for key, version in found.items()}
