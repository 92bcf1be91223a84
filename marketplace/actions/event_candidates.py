"""A submitted event on its way into the ledger: what it says, and what became of it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from marketplace.actions.eligible import Eligible
from marketplace.domain.adoption import AssertedBy, Event, Proof, Scope, Status
from marketplace.domain.authority import Authority
from marketplace.domain.authority_key import KeyRefusal, regions_meant, resolve, resolve_for_parts
from marketplace.domain.dates import today
from marketplace.domain.event_rules import EventDraft
from marketplace.domain.former_keys import Former
from marketplace.domain.regions import FEDERATION_KEY, Region, Territory
from marketplace.domain.usage import Carrier
from marketplace.errors import FieldError
from marketplace.store.ledger import StoredEvent
from marketplace.store.services import EntryHead

ACCEPTED, UNCHANGED, REJECTED = "accepted", "unchanged", "rejected"
PENDING = 1 << 62
"""Ids above it are of rows that are not in the ledger yet; no submitted id can be one (``event_rules.MAX_ID``)."""
_CONTENT = (
    "status", "scope", "except_keys", "effective_on", "proof_url", "note", "reason", "offer_id", "parts",
    "planned_live_on", "maturity_model", "maturity_level", "connection", "corrects", "answers",
)  # fmt: skip


@dataclass(slots=True)
class RowOutcome:
    """What became of one submitted event; ``row`` counts from 1, ``id`` is the event's where it stands.

    ``claim`` tells that it is, or would be, only a provider's word; ``same_as`` is the earlier row that says the same.
    """

    row: int
    outcome: str
    id: int | None = None
    errors: list[FieldError] = field(default_factory=list)
    claim: bool = False
    same_as: int | None = None

    def reject(self, *errors: FieldError) -> None:
        """Note what is wrong with the row."""
        self.outcome = REJECTED
        self.id = None
        self.errors += errors


@dataclass(slots=True)
class Candidate:
    """A row whose fields hold, on its way into the ledger.

    ``itself``: the actor is the authority it is about, or acts for it by delegation: then ``on_behalf_of`` is its key.
    ``recorded_at`` is brought by a backfill, else None; ``carrier`` stands behind it where that is not the actor.
    """

    outcome: RowOutcome
    draft: EventDraft
    service: EntryHead
    authority: Authority
    except_ids: list[int]
    asserted_by: AssertedBy
    corrects: int | None = None
    id: int = 0
    itself: bool = False
    on_behalf_of: str | None = None
    recorded_at: datetime | None = None
    carrier: Carrier | None = None

    def stand_for(self, carrier: Carrier) -> None:
        """Let the event stand in the name of who carries what it says."""
        self.carrier = carrier
        self.asserted_by, self.on_behalf_of = carrier.voice.asserted_by, carrier.voice.on_behalf_of

    @property
    def pair(self) -> tuple[str, int]:
        """The service and the authority's identity."""
        return self.service.id, self.authority.id

    def content(self) -> dict[str, Any]:
        """Return what the event says, as the ledger's columns."""
        draft = self.draft
        return {
            "status": str(draft.status), "scope": str(draft.scope), "except_keys": list(draft.except_keys) or None,
            "effective_on": draft.effective_on, "proof": str(draft.proof), "proof_url": draft.proof_url,
            "proof_until": draft.proof_until, "note": draft.note, "reason": draft.reason,
            "offer_id": draft.offer_id, "parts": list(draft.parts) or None,
            "planned_live_on": draft.planned_live_on, "maturity_model": draft.maturity_model,
            "maturity_level": draft.maturity_level,
            "connection": str(draft.connection) if draft.connection else None,
            "corrects": self.corrects, "answers": draft.answers,
        }  # fmt: skip

    def event(self, recorded_at: datetime) -> Event:
        """Return the event as the domain judges it; ``recorded_at`` holds where it brings none of its own."""
        draft = self.draft
        return Event(
            id=self.id, authority_id=self.authority.id, authority_key=self.authority.key, status=draft.status,
            scope=draft.scope, asserted_by=self.asserted_by, proof=draft.proof, proof_until=draft.proof_until,
            effective_on=draft.effective_on, recorded_at=self.recorded_at or recorded_at, corrects=self.corrects,
            except_ids=frozenset(self.except_ids), parts=draft.parts,
        )  # fmt: skip


def says_the_same(stored: StoredEvent, candidate: Candidate) -> bool:
    """Tell whether an event of the ledger says what a candidate says, in the same name.

    An older event can hold a proof as it was written, which is read as another one today.
    """
    if (stored.service_id, stored.authority_id) != candidate.pair:
        return False
    if stored.asserted_by != candidate.asserted_by:
        return False
    content = candidate.content()
    proof, until = candidate.draft.written_proof
    as_written = str(proof), until
    if (stored.proof, stored.proof_until) not in ((content["proof"], content["proof_until"]), as_written):
        return False
    return all(getattr(stored, name) == content[name] for name in _CONTENT)


def taken_ref(ref: str | None, stored: StoredEvent | None) -> str:
    """Say that a ref is taken, and by which event of the ledger, if by one: who recorded it when is public."""
    taken = f"the source already has an event {ref!r} that says something else"
    if stored is None:
        return taken
    by = f" by {stored.organisation_id}" if stored.organisation_id else ""
    return f"{taken}: event {stored.id}, recorded{by} on {today(stored.recorded_at)}"


def as_event(stored: StoredEvent) -> Event:
    """Return a line of the ledger as the domain judges it."""
    return Event(
        id=stored.id, authority_id=stored.authority_id, authority_key=stored.authority_key,
        status=Status(stored.status), scope=Scope(stored.scope), asserted_by=AssertedBy(stored.asserted_by),
        proof=Proof(stored.proof), proof_until=stored.proof_until, effective_on=stored.effective_on,
        recorded_at=stored.recorded_at, corrects=stored.corrects, except_ids=frozenset(stored.except_ids or ()),
        parts=tuple(stored.parts or ()),
    )  # fmt: skip


def left_out_by(
    draft: EventDraft,
    authority: Authority,
    eligible: Eligible,
    find_former: Callable[[str, Territory], Former | None],
) -> tuple[EventDraft, list[int]] | FieldError:
    """Return the draft with its exceptions by the keys of its day, and whom they leave out; or what is wrong with one.

    An exception is a member of the service's set below the cover, or a region with members in it. One that has ended,
    lies outside, is all of the cover or leaves out nobody is refused.
    """
    of_the_day = _by_keys_of_the_day(draft, eligible, find_former)
    if isinstance(of_the_day, FieldError):
        return of_the_day
    ids = _except_ids(of_the_day, authority, eligible)
    return ids if isinstance(ids, FieldError) else (of_the_day, ids)


def _by_keys_of_the_day(
    draft: EventDraft, eligible: Eligible, find_former: Callable[[str, Territory], Former | None]
) -> EventDraft | FieldError:
    keys: list[str] = []
    for text in draft.except_keys:
        key = text if text in eligible.named else text.replace(" ", "")
        if key not in eligible.named and not regions_meant(key, eligible.territory):
            former = find_former(key, eligible.territory)
            if former is not None and former.refusal is not None:
                return FieldError("except", former.refusal.rule, former.refusal.message)
            key = key if former is None else former.region.key
        keys.append(key)
    return draft if keys == list(draft.except_keys) else replace(draft, except_keys=tuple(keys))


def _except_ids(draft: EventDraft, authority: Authority, eligible: Eligible) -> list[int] | FieldError:
    ids: set[int] = set()
    reached = _Reached(eligible)
    for key in draft.except_keys:
        named = eligible.named.get(key)
        meant = (
            [] if named else [r for r in regions_meant(key, eligible.territory) if r.authority_id is not None]
        )
        places = [named.region_key] if named else [region.key for region in meant]
        is_all = named.id == authority.id if named else authority.region_key in places[:1]
        if not places or is_all or not _lies_below(places[0], authority):
            return FieldError("except", "outside", f"{key} is nobody below {authority.name}")
        chosen = named.id if named and reached.is_member(key) else reached.among(meant)
        if chosen is None and draft.status is not Status.VOID:
            return _excepts_nobody(key, eligible)
        ids.update(() if chosen is None else (chosen,))
    return sorted(ids)


class _Reached:
    """Whom an exception can leave out: everybody where nobody knows the set."""

    def __init__(self, eligible: Eligible) -> None:
        self._members = eligible.members

    def is_member(self, key: str) -> bool:
        return self._members is None or key in self._members

    def among(self, meant: Sequence[Region]) -> int | None:
        """Return the identity of the first of a body's regions that is a member, else of the first with members in it."""
        found = next((one for one in meant if self.is_member(one.key)), None)
        found = found or next((one for one in meant if one.key in self._above), None)
        return None if found is None else found.authority_id

    @cached_property
    def _above(self) -> frozenset[str]:
        """The keys of all regions with members in them."""
        places = {one.region_key for one in (self._members or {}).values()}
        return frozenset(place[:length] for place in places for length in (2, 5, 9, 12))


def _excepts_nobody(key: str, eligible: Eligible) -> FieldError:
    found = resolve(key, Scope.OWN, eligible.territory, eligible.named, eligible.members)
    told = found.message if isinstance(found, KeyRefusal) else f"{key} does not execute this service"
    return FieldError("except", "not_eligible", told)


def _lies_below(region_key: str, authority: Authority) -> bool:
    return authority.region_key == FEDERATION_KEY or region_key.startswith(authority.region_key)


def unknown_reference(
    draft: EventDraft, service: EntryHead, parts: Collection[str], offers: Collection[str]
) -> FieldError | None:
    """Return what an event names that its service does not have: a part or an offer."""
    for part in draft.parts:
        if part not in parts:
            return FieldError("parts", "unknown", f"{part} is no part of {service.name}")
    if draft.offer_id is not None and draft.offer_id not in offers:
        return FieldError("offer_id", "unknown", f"{service.name} has no offer {draft.offer_id}")
    return None


def content_key(candidate: Candidate) -> str:
    """Return what a candidate says, to be compared with another of the same batch."""
    content = sorted(candidate.content().items())
    return repr((candidate.pair, content, candidate.on_behalf_of, str(candidate.asserted_by)))


def authority_meant(
    key: str,
    draft: EventDraft,
    eligible: Eligible,
    of_parts: Mapping[str, Mapping[str, Authority] | None],
) -> Authority | KeyRefusal:
    """Return the authority that a key means in an event, or why there is none.

    ``of_parts`` are the members of the sets of the parts that the event names. What was recorded for somebody who is
    not eligible any more can be taken out.
    """
    land, named = eligible.territory, eligible.named
    about = key, draft.scope, land, named, eligible.members
    found = resolve_for_parts(*about, of_parts) if of_parts else resolve(*about)
    # Sets change: who refers to an event of the ledger may repeat the parts that it names.
    refers = draft.corrects is not None or draft.answers is not None
    if isinstance(found, KeyRefusal) and of_parts and refers:
        found = resolve(*about)
    if isinstance(found, KeyRefusal) and draft.status is Status.VOID:
        return resolve(key, draft.scope, land, named, None)
    return found
