"""Judging a batch of adoption events against the ledger as it stands; nothing is written here."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from marketplace.actions.eligible import Eligible, eligible_for
from marketplace.domain import dates
from marketplace.domain.access import Actor, Role, asserted_by, may_record
from marketplace.domain.adoption import (
    AssertedBy,
    Event,
    Proof,
    Scope,
    Status,
    is_claim,
    known,
    sequence_refusals,
)
from marketplace.domain.authority import Authority
from marketplace.domain.authority_key import KeyRefusal, regions_meant, resolve
from marketplace.domain.event_rules import EventDraft, Problem, read_event
from marketplace.domain.lifecycle import EntryStatus, is_findable
from marketplace.domain.service import Service, ServiceFacts
from marketplace.errors import FieldError
from marketplace.store import ledger, services
from marketplace.store.ledger import StoredEvent

ACCEPTED, UNCHANGED, REJECTED = "accepted", "unchanged", "rejected"
_PENDING = 1 << 62
_CONTENT = (
    "status", "scope", "except_keys", "effective_on", "proof", "proof_url", "proof_until", "note", "reason",
    "offer_id", "parts", "planned_live_on", "maturity_model", "maturity_level", "connection", "corrects", "answers",
)  # fmt: skip


@dataclass(slots=True)
class RowOutcome:
    """What became of one submitted event; ``row`` counts from 1, ``id`` is the event's where it stands."""

    row: int
    outcome: str
    id: int | None = None
    errors: list[FieldError] = field(default_factory=list)


@dataclass(slots=True)
class Candidate:
    """A row whose fields hold, on its way into the ledger."""

    outcome: RowOutcome
    draft: EventDraft
    service: Service
    authority: Authority
    except_ids: list[int]
    asserted_by: AssertedBy
    corrects: int | None = None
    id: int = 0

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
        """Return the event as the domain judges it."""
        draft = self.draft
        return Event(
            id=self.id, authority_id=self.authority.id, authority_key=self.authority.key, status=draft.status,
            scope=draft.scope, asserted_by=self.asserted_by, proof=draft.proof, proof_until=draft.proof_until,
            effective_on=draft.effective_on, recorded_at=recorded_at, corrects=self.corrects,
            except_ids=frozenset(self.except_ids), parts=draft.parts,
        )  # fmt: skip


class Judge:
    """Judges one batch in one session."""

    def __init__(self, session: Session, actor: Actor, now: datetime) -> None:
        self.session, self.actor, self.now = session, actor, now
        self.today = dates.today(now)
        self.services: dict[str, Service] = {}
        self.facts: dict[str, ServiceFacts] = {}
        self._eligible: dict[tuple[str, date], Eligible] = {}

    def judge(self, items: Sequence[Mapping[str, Any]]) -> tuple[list[RowOutcome], list[Candidate]]:
        """Return what became of each row, and the accepted ones ready to be appended."""
        outcomes = [RowOutcome(number, ACCEPTED) for number in range(1, len(items) + 1)]
        drafts: list[tuple[RowOutcome, EventDraft]] = []
        for outcome, item in zip(outcomes, items, strict=True):
            draft = read_event(item, self.today)
            if isinstance(draft, list):
                _reject(outcome, *draft)
            else:
                drafts.append((outcome, draft))
        self._load_services({draft.service_id for _, draft in drafts})
        candidates = []
        for outcome, draft in drafts:
            placed = self._place(outcome, draft)
            if isinstance(placed, Problem):
                _reject(outcome, placed)
            else:
                candidates.append(placed)
        candidates = self._without_repeats(candidates)
        self._judge_corrections(candidates)
        self._judge_sequences([c for c in candidates if c.outcome.outcome == ACCEPTED])
        accepted = [c for c in candidates if c.outcome.outcome == ACCEPTED]
        return outcomes, accepted

    def _load_services(self, ids: set[str]) -> None:
        self.services = services.load(self.session, sorted(ids))
        self.facts = services.facts_of_many(self.session, sorted(ids), self.today, self.now)

    def _place(self, outcome: RowOutcome, draft: EventDraft) -> Candidate | Problem:
        """Look up service and authority, and ask whether the actor may speak for them."""
        service = self.services.get(draft.service_id)
        if service is None or not (is_findable(service.status) or service.status is EntryStatus.WITHDRAWN):
            return Problem("service_id", "unknown", f"no published entry {draft.service_id!r}")
        facts = self.facts[service.id]
        if facts.part_of is not None:
            hint = f"{service.id} is a part of {facts.part_of}: record it there and name it in `parts`"
            return Problem("service_id", "part", hint)
        if (
            draft.status is Status.LIVE
            and service.available_from
            and draft.effective_on < service.available_from
        ):
            late = f"{service.name} is available from {service.available_from} only"
            return Problem("effective_on", "available_from", late)
        eligible = self._eligible_for(service.id, facts, draft.effective_on)
        authority = resolve(
            draft.authority_key, draft.scope, eligible.territory, eligible.named, eligible.members
        )
        if isinstance(authority, KeyRefusal):
            return Problem("authority_key", authority.rule, authority.message)
        own_keys = [r.key for r in regions_meant(authority.key, eligible.territory)] or [authority.key]
        key = self.actor.region_key if self.actor.region_key in own_keys else authority.key
        decision = may_record(self.actor, service.publisher, str(key), authority.region_key, draft.scope)
        if not decision.allowed:
            return Problem("authority_key", "access", decision.reason)
        except_ids, unknown = _except_ids(draft, authority, eligible)
        if unknown is not None:
            return Problem("except", "outside", f"{unknown} is nobody below {authority.name}")
        return Candidate(outcome, draft, service, authority, except_ids, asserted_by(self.actor))

    def _eligible_for(self, service_id: str, facts: ServiceFacts, day: date) -> Eligible:
        found = self._eligible.get((service_id, day))
        if found is None:
            found = self._eligible[service_id, day] = eligible_for(self.session, facts, day, self.now)
        return found

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
            self._find_corrected(candidate)
            draft = candidate.draft
            if draft.source and draft.ref:
                name = (draft.source, draft.ref)
                earlier = seen.get(name)
                stored = self.by_ref.get(name)
                if stored is not None or earlier is not None:
                    same = (
                        _says_the_same(stored, candidate)
                        if stored is not None
                        else earlier is not None and _key_of(earlier) == _key_of(candidate)
                    )
                    if not same:
                        hint = f"the source already has an event {draft.ref!r} that says something else"
                        _reject(candidate.outcome, Problem("ref", "other_content", hint))
                    else:
                        candidate.outcome.outcome = UNCHANGED
                        candidate.outcome.id = stored.id if stored is not None else None
                    continue
                seen[name] = candidate
            else:
                twin = next((e for e in self.stored[candidate.pair] if _says_the_same(e, candidate)), None)
                if twin is not None or _key_of(candidate) in said:
                    candidate.outcome.outcome = UNCHANGED
                    candidate.outcome.id = twin.id if twin is not None else None
                    continue
                said.add(_key_of(candidate))
            fresh.append(candidate)
        return fresh

    def _find_corrected(self, candidate: Candidate) -> None:
        corrects = candidate.draft.corrects
        if isinstance(corrects, int):
            candidate.corrects = corrects
        elif corrects is not None:
            found = self.by_ref.get((candidate.draft.source or "", corrects.removeprefix("ref:")))
            candidate.corrects = found.id if found is not None else 0

    def _judge_corrections(self, candidates: list[Candidate]) -> None:
        wanted = [c.corrects for c in candidates if c.corrects] + [
            c.draft.answers for c in candidates if c.draft.answers
        ]
        stored = ledger.by_ids(self.session, wanted)
        corrections = ledger.corrections_of(self.session, wanted)
        taken: set[int] = set()
        for candidate in candidates:
            if candidate.corrects is not None:
                problem = self._correction_problem(
                    candidate, stored.get(candidate.corrects), corrections, taken
                )
                if problem is not None:
                    _reject(candidate.outcome, problem)
                taken.add(candidate.corrects)
            if candidate.draft.answers is not None:
                problem = _answer_problem(candidate, stored.get(candidate.draft.answers))
                if problem is not None:
                    _reject(candidate.outcome, problem)

    def _correction_problem(
        self,
        candidate: Candidate,
        event: StoredEvent | None,
        corrections: Mapping[int, int],
        taken: set[int],
    ) -> Problem | None:
        if event is None:
            return Problem("corrects", "unknown", f"there is no event {candidate.draft.corrects}")
        if (event.service_id, event.authority_id, event.scope) != (*candidate.pair, candidate.draft.scope):
            other = f"event {event.id} is of another service, authority or scope"
            return Problem("corrects", "other_object", other)
        if event.id in corrections:
            first = f"event {event.id} was already corrected by event {corrections[event.id]}"
            return Problem("corrects", "conflict", first)
        if event.id in taken:
            return Problem("corrects", "conflict", f"event {event.id} is corrected by an earlier row already")
        is_its_recorder = event.organisation_id == self.actor.organisation_id
        if is_its_recorder or self.actor.role in (Role.OPERATOR, Role.AUTHORITY):
            return None
        return Problem(
            "corrects", "access", "only its recorder, the authority or an operator corrects an event"
        )

    def _judge_sequences(self, candidates: list[Candidate]) -> None:
        by_pair: dict[tuple[str, int], list[Candidate]] = defaultdict(list)
        for number, candidate in enumerate(candidates):
            candidate.id = _PENDING + number
            by_pair[candidate.pair].append(candidate)
        for pair, own in by_pair.items():
            by_id = {candidate.id: candidate for candidate in own}
            events = [_as_event(event) for event in self.stored[pair]]
            horizon = max([self.now, *(event.recorded_at for event in events)])
            events += [candidate.event(horizon) for candidate in own]
            in_force = known(events, horizon)
            for scope in Scope:
                for claims in (False, True):
                    sequence = [e for e in in_force if e.scope is scope and e.is_claim is claims]
                    for refusal in sequence_refusals(sequence, frozenset(by_id)):
                        blamed = by_id.get(refusal.event.id) or by_id[refusal.previous.id]  # type: ignore[union-attr]  # one of the two is new
                        _reject(blamed.outcome, Problem("status", "step", refusal.reason))


def _reject(outcome: RowOutcome, *problems: Problem) -> None:
    outcome.outcome = REJECTED
    outcome.id = None
    outcome.errors += [FieldError(p.field, p.rule, p.message) for p in problems]


def _key_of(candidate: Candidate) -> str:
    return repr((candidate.pair, sorted(candidate.content().items()), candidate.draft.on_behalf_of))


def _says_the_same(stored: StoredEvent, candidate: Candidate) -> bool:
    if (stored.service_id, stored.authority_id) != candidate.pair:
        return False
    if stored.asserted_by != candidate.asserted_by:
        return False
    content = candidate.content()
    return all(getattr(stored, name) == content[name] for name in _CONTENT)


def _as_event(stored: StoredEvent) -> Event:
    return Event(
        id=stored.id, authority_id=stored.authority_id, authority_key=stored.authority_key,
        status=Status(stored.status), scope=Scope(stored.scope), asserted_by=AssertedBy(stored.asserted_by),
        proof=Proof(stored.proof), proof_until=stored.proof_until, effective_on=stored.effective_on,
        recorded_at=stored.recorded_at, corrects=stored.corrects, except_ids=frozenset(stored.except_ids or ()),
        parts=tuple(stored.parts or ()),
    )  # fmt: skip


def _answer_problem(candidate: Candidate, claim: StoredEvent | None) -> Problem | None:
    if claim is None or not is_claim(AssertedBy(claim.asserted_by), Proof(claim.proof)):
        return Problem("answers", "unknown", f"there is no claim {candidate.draft.answers}")
    if (claim.service_id, claim.authority_id, claim.scope) != (*candidate.pair, candidate.draft.scope):
        return Problem(
            "answers", "other_object", f"claim {claim.id} is of another service, authority or scope"
        )
    return None


def _except_ids(draft: EventDraft, authority: Authority, eligible: Eligible) -> tuple[list[int], str | None]:
    """Return the identities a cover leaves out, and the first key that lies outside it."""
    ids: set[int] = set()
    for key in draft.except_keys:
        if key in eligible.named:
            ids.add(eligible.named[key].id)
            continue
        meant = [r for r in regions_meant(key, eligible.territory) if r.authority_id is not None]
        if not meant or not (authority.key == "00" or meant[0].key.startswith(authority.region_key)):
            return [], key
        members = eligible.members or {}
        chosen = next((r for r in meant if r.key in members), meant[0])
        ids.add(int(chosen.authority_id or 0))
    return sorted(ids), None
