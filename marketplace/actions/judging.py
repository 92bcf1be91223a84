"""Judging a batch of adoption events against the ledger as it stands; nothing is written here."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from marketplace.actions.eligible import Eligibility, Eligible
from marketplace.actions.event_candidates import (
    ACCEPTED,
    PENDING,
    UNCHANGED,
    Candidate,
    RowOutcome,
    as_event,
    content_key,
    except_ids,
    says_the_same,
    unknown_reference,
)
from marketplace.actions.event_references import judge_references
from marketplace.domain import dates
from marketplace.domain.access import Actor, asserted_by, may_record
from marketplace.domain.adoption import Scope, Status, known, sequence_refusals
from marketplace.domain.authority_key import KeyRefusal, regions_meant, resolve
from marketplace.domain.event_rules import EventDraft, read_event
from marketplace.domain.lifecycle import EntryStatus, is_findable
from marketplace.domain.service import Service, ServiceFacts
from marketplace.errors import FieldError, InvalidInput
from marketplace.store import head, ledger, services


class Judge:
    """Judges one batch in one session."""

    def __init__(self, session: Session, actor: Actor, now: datetime) -> None:
        self.session, self.actor = session, actor
        self.today = dates.today(now)
        self.known_at = max(now, head.head(session).last_recorded_at or now)
        self.services: dict[str, Service] = {}
        self.parts: Mapping[str, Collection[str]] = {}
        self.facts: dict[str, ServiceFacts] = {}
        self._eligibility: dict[date, Eligibility] = {}

    def judge(self, items: Sequence[Mapping[str, Any]]) -> tuple[list[RowOutcome], list[Candidate]]:
        """Return what became of each row, and the accepted ones ready to be appended."""
        outcomes = [RowOutcome(number, ACCEPTED) for number in range(1, len(items) + 1)]
        drafts: list[tuple[RowOutcome, EventDraft]] = []
        for outcome, item in zip(outcomes, items, strict=True):
            try:
                drafts.append((outcome, read_event(item, self.today)))
            except InvalidInput as error:
                outcome.reject(*error.errors)
        self._load_services({draft.service_id for _, draft in drafts})
        candidates = []
        for outcome, draft in drafts:
            placed = self._place(outcome, draft)
            if isinstance(placed, FieldError):
                outcome.reject(placed)
            else:
                candidates.append(placed)
        candidates = self._without_repeats(candidates)
        judge_references(self.session, self.actor, candidates)
        self._judge_sequences([c for c in candidates if c.outcome.outcome == ACCEPTED])
        accepted = [c for c in candidates if c.outcome.outcome == ACCEPTED]
        return outcomes, accepted

    def _load_services(self, ids: set[str]) -> None:
        self.services = services.load(self.session, sorted(ids))
        self.parts = services.parts_of(self.session, ids)
        self.facts = services.facts_of_many(self.session, sorted(ids), self.today, self.known_at)

    def _place(self, outcome: RowOutcome, draft: EventDraft) -> Candidate | FieldError:
        """Look up service and authority, and ask whether the actor may speak for them."""
        service = self.services.get(draft.service_id)
        if service is None or not (is_findable(service.status) or service.status is EntryStatus.WITHDRAWN):
            return FieldError("service_id", "unknown", f"no published entry {draft.service_id!r}")
        facts = self.facts[service.id]
        if facts.part_of is not None:
            hint = f"{service.id} is a part of {facts.part_of}: record it there and name it in `parts`"
            return FieldError("service_id", "part", hint)
        if (
            draft.status is Status.LIVE
            and service.available_from
            and draft.effective_on < service.available_from
        ):
            late = f"{service.name} is available from {service.available_from} only"
            return FieldError("effective_on", "available_from", late)
        eligible = self._eligible_for(facts, draft.effective_on)
        authority = resolve(
            draft.authority_key, draft.scope, eligible.territory, eligible.named, eligible.members
        )
        if isinstance(authority, KeyRefusal):
            return FieldError("authority_key", authority.rule, authority.message)
        own_keys = [r.key for r in regions_meant(authority.key, eligible.territory)] or [authority.key]
        key = self.actor.region_key if self.actor.region_key in own_keys else authority.key
        decision = may_record(self.actor, service.publisher, str(key), authority.region_key, draft.scope)
        if not decision.allowed:
            return FieldError("authority_key", "access", decision.reason)
        left_out, unknown = except_ids(draft, authority, eligible)
        if unknown is not None:
            return FieldError("except", "outside", f"{unknown} is nobody below {authority.name}")
        strange = unknown_reference(draft, service, self.parts.get(service.id, ()))
        if strange is not None:
            return strange
        return Candidate(
            outcome, draft, service, authority, left_out, asserted_by(self.actor), id=PENDING + outcome.row
        )

    def _eligible_for(self, facts: ServiceFacts, day: date) -> Eligible:
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
        self.by_ref = ledger.by_refs(self.session, refs)
        self.stored = ledger.of_pairs(self.session, {candidate.pair for candidate in candidates})
        seen: dict[tuple[str, str], Candidate] = {}
        fresh: list[Candidate] = []
        said: set[str] = set()
        for candidate in candidates:
            self._find_corrected(candidate, seen)
            draft = candidate.draft
            if draft.source and draft.ref:
                name = (draft.source, draft.ref)
                earlier = seen.get(name)
                stored = self.by_ref.get(name)
                if stored is not None or earlier is not None:
                    same = (
                        says_the_same(stored, candidate)
                        if stored is not None
                        else earlier is not None and content_key(earlier) == content_key(candidate)
                    )
                    if not same:
                        hint = f"the source already has an event {draft.ref!r} that says something else"
                        candidate.outcome.reject(FieldError("ref", "other_content", hint))
                    else:
                        candidate.outcome.outcome = UNCHANGED
                        candidate.outcome.id = stored.id if stored is not None else None
                    continue
                seen[name] = candidate
            else:
                twin = next((e for e in self.stored[candidate.pair] if says_the_same(e, candidate)), None)
                if twin is not None or content_key(candidate) in said:
                    candidate.outcome.outcome = UNCHANGED
                    candidate.outcome.id = twin.id if twin is not None else None
                    continue
                said.add(content_key(candidate))
            fresh.append(candidate)
        return fresh

    def _find_corrected(self, candidate: Candidate, earlier: Mapping[tuple[str, str], Candidate]) -> None:
        """Find the event that ``ref:`` means, in the ledger or in an earlier row; 0 where there is none."""
        corrects = candidate.draft.corrects
        if isinstance(corrects, int):
            candidate.corrects = corrects
        elif corrects is not None:
            name = (candidate.draft.source or "", corrects.removeprefix("ref:"))
            found = self.by_ref.get(name) or earlier.get(name)
            candidate.corrects = found.id if found is not None else 0

    def _judge_sequences(self, candidates: list[Candidate]) -> None:
        by_pair: dict[tuple[str, int], list[Candidate]] = defaultdict(list)
        for candidate in candidates:
            by_pair[candidate.pair].append(candidate)
        for pair, own in by_pair.items():
            by_id = {candidate.id: candidate for candidate in own}
            events = [as_event(event) for event in self.stored[pair]]
            horizon = max([self.known_at, *(event.recorded_at for event in events)])
            events += [candidate.event(horizon) for candidate in own]
            in_force = known(events, horizon)
            for scope in Scope:
                for claims in (False, True):
                    sequence = [e for e in in_force if e.scope is scope and e.is_claim is claims]
                    for refusal in sequence_refusals(sequence, frozenset(by_id)):
                        blamed = by_id.get(refusal.event.id) or by_id[refusal.previous.id]  # type: ignore[union-attr]  # one of the two is new
                        blamed.outcome.reject(FieldError("status", "step", refusal.reason))
