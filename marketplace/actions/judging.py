"""Judging a batch of adoption events against the ledger as it stands; nothing is written here."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from marketplace.actions.acting_for import ActingFor, body_of
from marketplace.actions.eligible import Eligibility, Eligible
from marketplace.actions.event_candidates import (
    ACCEPTED,
    PENDING,
    UNCHANGED,
    Candidate,
    RowOutcome,
    authority_meant,
    content_key,
    left_out_by,
    says_the_same,
    taken_ref,
    unknown_reference,
)
from marketplace.actions.event_references import judge_references
from marketplace.actions.event_sequences import judge_sequences
from marketplace.actions.former_keys import FormerKeys
from marketplace.actions.structure import committed_structure
from marketplace.domain import dates
from marketplace.domain.access import Actor, may_record
from marketplace.domain.adoption import AssertedBy, Status, is_claim
from marketplace.domain.authority import Authority
from marketplace.domain.authority_key import KeyRefusal
from marketplace.domain.backfill import Brought
from marketplace.domain.event_rules import EventDraft, read_event, spoken_by
from marketplace.domain.former_keys import Former
from marketplace.domain.lifecycle import EntryStatus, is_findable
from marketplace.domain.regions import Territory
from marketplace.domain.service import ServiceFacts
from marketplace.errors import FieldError, InvalidInput
from marketplace.store import head, repeats, services
from marketplace.store.ledger import StoredEvent
from marketplace.store.services import EntryHead


class Judge:
    """Judges one batch in one session; ``held`` is the ledger's head where it was read already.

    ``brought`` is what a backfill says of rows by number: when they were recorded and in whose name. ``of_file``: the
    rows are those of a file, which can be read again; ``of_reports``: they follow from reported numbers, public and
    a proof of their own. ``own_sources`` are the reserved sources that the rows may name.
    """

    def __init__(self, session: Session, actor: Actor, now: datetime, held: head.Head | None = None) -> None:
        self.session, self.actor = session, actor
        self.today = dates.today(now)
        held = held or head.head(session)
        self.known_at = max(now, held.last_recorded_at or now)
        self.structure = committed_structure(session, held, now)
        self.services: dict[str, EntryHead] = {}
        self.parts: Mapping[str, Collection[str]] = {}
        self.offers: Mapping[str, Collection[str]] = {}
        self.facts: dict[str, ServiceFacts] = {}
        self.brought: Mapping[int, Brought] = {}
        self.of_file = self.of_reports = False
        self.own_sources: Collection[str] = ()
        self._acting_for = ActingFor(session, actor, self.today)
        self._eligibility: dict[date, Eligibility] = {}
        self._keys: set[str] = set()
        self._former: FormerKeys | None = None

    def judge(self, items: Sequence[Mapping[str, Any]]) -> tuple[list[RowOutcome], list[Candidate]]:
        """Return what became of each row, and the accepted ones ready to be appended."""
        outcomes, candidates = self.place(items, range(1, len(items) + 1))
        return outcomes, self.decide(candidates)

    def place(
        self, items: Sequence[Mapping[str, Any]], numbers: Iterable[int]
    ) -> tuple[list[RowOutcome], list[Candidate]]:
        """Judge each row, named by its number, by itself; return also those whose fields hold."""
        outcomes = [RowOutcome(number, ACCEPTED) for number in numbers]
        drafts: list[tuple[RowOutcome, EventDraft]] = []
        for outcome, item in zip(outcomes, items, strict=True):
            try:
                drafts.append((outcome, read_event(item, self.today, self.own_sources)))
            except InvalidInput as error:
                outcome.reject(*error.errors)
        self.load_services({draft.service_id for _, draft in drafts})
        self._keys = {key for _, draft in drafts for key in (draft.authority_key, *draft.except_keys)}
        self._former = None
        if any(draft.parts for _, draft in drafts):
            self.parts = services.parts_of(self.session, self.services)
        if any(draft.offer_id for _, draft in drafts):
            self.offers = services.offers_of(self.session, self.services)
        candidates = []
        for outcome, draft in drafts:
            placed = self._place(outcome, draft)
            if isinstance(placed, FieldError):
                outcome.reject(placed)
            else:
                candidates.append(placed)
        return outcomes, candidates

    def decide(self, candidates: list[Candidate]) -> list[Candidate]:
        """Judge placed rows, in the order of their numbers, against the ledger and together; return the accepted ones."""
        fresh = self._without_repeats(candidates)
        judge_references(self.session, self.actor, fresh, of_reports=self.of_reports)
        accepted = [c for c in fresh if c.outcome.outcome == ACCEPTED]
        said = [c for c in candidates if c.outcome.outcome == UNCHANGED]
        judge_sequences(accepted, said, self.stored, self.known_at)
        return [c for c in fresh if c.outcome.outcome == ACCEPTED]

    def load_services(self, ids: set[str]) -> None:
        """Load what judging rows about these services needs."""
        self.services = services.heads(self.session, ids)
        self.facts = {
            service_id: self.structure.segment_on(self.session, service_id, self.today).counted.facts
            for service_id in self.services
        }

    def _place(self, outcome: RowOutcome, draft: EventDraft) -> Candidate | FieldError:
        """Look up service and authority, and ask whether the actor may speak for them."""
        service = self.services.get(draft.service_id)
        if service is None or not (is_findable(service.status) or service.status is EntryStatus.WITHDRAWN):
            return FieldError("service_id", "unknown", f"no published entry {draft.service_id!r}")
        facts = self.facts[service.id]
        if facts.part_of is not None and draft.status is not Status.VOID:
            hint = f"{service.id} is a part of {facts.part_of}: record it there and name it in `parts`"
            return FieldError("service_id", "part", hint)
        if (
            draft.status is Status.LIVE
            and service.available_from
            and draft.effective_on < service.available_from
        ):
            late = f"{service.name} is available from {service.available_from} only"
            return FieldError("effective_on", "available_from", late)
        eligible = self.eligible_for(facts, draft.effective_on, service.id)
        authority = self._authority(draft, eligible, self.parts.get(service.id, ()))
        if isinstance(authority, FieldError):
            return authority
        body = body_of(authority.key, eligible.territory)
        key = next((one for one in body if one in self.actor.region_keys), authority.key)
        permission = self._acting_for.find(body, authority.region_key, service.id)
        decision = may_record(
            self.actor, service.publisher, key, authority.region_key, draft.scope,
            delegated=permission.delegation is not None,
        )  # fmt: skip
        if decision.voice is None:
            return FieldError("authority_key", "access", permission.refusal or decision.reason)
        on_behalf_of = draft.on_behalf_of if self.actor.is_operator else decision.voice.on_behalf_of
        if draft.on_behalf_of not in (None, on_behalf_of):
            found = f"is set by the server: you act for {on_behalf_of or self.actor.organisation_id}"
            return FieldError("on_behalf_of", "set_by_server", found)
        excepted = left_out_by(draft, authority, eligible, self._find_former)
        if isinstance(excepted, FieldError):
            return excepted
        draft, left_out = excepted
        strange = unknown_reference(
            draft, service, self.parts.get(service.id, ()), self.offers.get(service.id, ())
        )
        if strange is not None:
            return strange
        # Who publishes for an authority's organisation says what a provider says, and is not the authority.
        itself = key in self.actor.region_keys and decision.voice.asserted_by is not AssertedBy.PROVIDER
        brought = self.brought.get(outcome.row)
        who = brought.asserted_by if brought else decision.voice.asserted_by
        if not (brought or self.of_reports):
            draft = spoken_by(draft, who)
        outcome.claim = draft.status is not Status.VOID and is_claim(who, draft.proof)
        return Candidate(
            outcome, draft, service, authority, left_out, who, id=PENDING + outcome.row,
            itself=itself or decision.voice.on_behalf_of is not None,
            on_behalf_of=on_behalf_of, recorded_at=brought.recorded_at if brought else None,
        )  # fmt: skip

    def _authority(
        self, draft: EventDraft, eligible: Eligible, parts: Collection[str]
    ) -> Authority | FieldError:
        """Look up who is meant; a key of another day means the body that had it.

        What was recorded for somebody who is not eligible any more can be taken out.
        """
        of_parts = {
            part: self.structure.segment_on(self.session, part, draft.effective_on).eligible.members
            for part in draft.parts
            if part in parts
        }
        found = authority_meant(draft.authority_key, draft, eligible, of_parts)
        if isinstance(found, KeyRefusal) and found.rule == "unknown":
            former = self._find_former(draft.authority_key, eligible.territory)
            if former is not None:
                found = former.refusal or authority_meant(former.region.key, draft, eligible, of_parts)
        if isinstance(found, KeyRefusal):
            return FieldError("authority_key", found.rule, found.message)
        return found

    def _find_former(self, key: str, land: Territory) -> Former | None:
        """Return the region that had a key on another day; asked for all keys of the batch at once, when needed."""
        if self._former is None:
            self._former = FormerKeys(self.session, self._keys, self.known_at)
        return self._former.find(key, land)

    def eligible_for(self, facts: ServiceFacts, day: date, service_id: str | None = None) -> Eligible:
        """Return the territory of a day and who was eligible in it for a service with these facts.

        ``service_id`` names the service where the facts are of one: then what a process keeps can answer.
        """
        if service_id is not None:
            segment = self.structure.segment_on(self.session, service_id, day)
            if segment.counted.facts.authority_set == facts.authority_set:
                return segment.eligible
        if day not in self._eligibility:
            self._eligibility[day] = Eligibility(self.session, day, self.known_at)
        return self._eligibility[day].of(facts)

    def _without_repeats(self, candidates: list[Candidate]) -> list[Candidate]:
        """Mark rows that say what the ledger, or an earlier row of the batch, says already."""
        refs: dict[str, set[str]] = defaultdict(set)
        for candidate in candidates:
            draft = candidate.draft
            if draft.source and draft.ref:
                refs[draft.source].add(draft.ref)
            if draft.source and isinstance(draft.corrects, str):
                refs[draft.source].add(draft.corrects.removeprefix("ref:"))
        pairs = {candidate.pair for candidate in candidates}
        self.by_ref, self.stored = repeats.said_before(self.session, refs, pairs)
        seen: dict[tuple[str, str], Candidate] = {}
        fresh: list[Candidate] = []
        said: dict[str, int] = {}
        for candidate in candidates:
            self._find_corrected(candidate, seen)
            draft = candidate.draft
            if draft.source and draft.ref:
                name = (draft.source, draft.ref)
                earlier = seen.get(name)
                stored = self.by_ref.get(name)
                if stored is not None or earlier is not None:
                    refusal = self._contradiction(candidate, stored, earlier)
                    if refusal is not None:
                        candidate.outcome.reject(refusal)
                    else:
                        candidate.outcome.outcome = UNCHANGED
                        candidate.outcome.id = stored.id if stored is not None else None
                        candidate.outcome.same_as = earlier.outcome.row if earlier is not None else None
                    continue
                seen[name] = candidate
            else:
                twin = self._twin(candidate)
                content = content_key(candidate)
                if twin is not None or content in said:
                    candidate.outcome.outcome = UNCHANGED
                    candidate.outcome.id = twin.id if twin is not None else None
                    candidate.outcome.same_as = said[content] if twin is None else None
                    continue
                said[content] = candidate.outcome.row
            fresh.append(candidate)
        return fresh

    def _contradiction(
        self, candidate: Candidate, stored: StoredEvent | None, earlier: Candidate | None
    ) -> FieldError | None:
        """Return what speaks against an event of the same ref in the ledger, or in an ``earlier`` row."""
        ref, brought = candidate.draft.ref, self.brought.get(candidate.outcome.row)
        if stored is not None:
            same = says_the_same(stored, candidate)
            if same and brought is not None and not brought.was_at(stored.recorded_at):
                known = (
                    f"the source already has an event {ref!r}, recorded at {stored.recorded_at.isoformat()}"
                )
                return FieldError("recorded_at", "other_content", known)
        else:
            same = earlier is not None and content_key(earlier) == content_key(candidate)
            same = same and earlier is not None and earlier.recorded_at == candidate.recorded_at
        if same:
            return None
        return FieldError("ref", "other_content", taken_ref(ref, stored))

    def _twin(self, candidate: Candidate) -> StoredEvent | None:
        """Return the event that says the same already, for a row without a ref.

        In a file what was taken out stays said, so that reading it again does not bring it back; only an answer that
        was taken out is none any more. Whoever says it in so many words once more, by form or API, means it anew: then
        only what was not taken out is said already. A ``ref`` is always the same event, taken out or not.
        """
        events = self.stored[candidate.pair]
        said_for_good = self.of_file and candidate.draft.answers is None
        gone = set() if said_for_good else {event.corrects for event in events}
        return next((e for e in events if e.id not in gone and says_the_same(e, candidate)), None)

    def _find_corrected(self, candidate: Candidate, earlier: Mapping[tuple[str, str], Candidate]) -> None:
        """Find the event that ``ref:`` means, in the ledger or in an earlier row; 0 where there is none."""
        corrects = candidate.draft.corrects
        if isinstance(corrects, int):
            candidate.corrects = corrects
        elif corrects is not None:
            name = (candidate.draft.source or "", corrects.removeprefix("ref:"))
            found = self.by_ref.get(name) or earlier.get(name)
            candidate.corrects = found.id if found is not None else 0
