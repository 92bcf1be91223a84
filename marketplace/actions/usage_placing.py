"""Placing submitted usage reports: which service and authority they are about, and who may report on them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from marketplace.actions.acting_for import ActingFor, body_of
from marketplace.actions.eligible import Eligibility, Eligible
from marketplace.actions.event_candidates import RowOutcome
from marketplace.actions.former_keys import FormerKeys
from marketplace.domain import dates
from marketplace.domain.access import Actor, may_record
from marketplace.domain.adoption import Scope
from marketplace.domain.authority import Authority
from marketplace.domain.authority_key import KeyRefusal, resolve
from marketplace.domain.lifecycle import EntryStatus, is_findable
from marketplace.domain.part_reading import with_twins
from marketplace.domain.service import Service
from marketplace.domain.usage import UsageDraft, last_day
from marketplace.errors import InvalidInput
from marketplace.store import services
from marketplace.store.usage import UsageReport


@dataclass(frozen=True, slots=True)
class Placed:
    """A report whose keys hold: what becomes of its row, the service, the authority, and the report as it is stored.

    ``recorded_for`` is the entry that its events are recorded for: the service, or the whole that it is a part of;
    ``speakers`` are the identities that they can stand under: the authority's, and for a part those of its other keys.
    ``body`` are the keys that the authority goes by, ``executes_from`` is the first day of the month on which it
    executes the service.
    """

    outcome: RowOutcome
    service: Service
    recorded_for: str
    authority: Authority
    report: UsageReport
    speakers: frozenset[int]
    body: Sequence[str]
    executes_from: date


class Placing:
    """Looks up the services and authorities of one batch."""

    def __init__(
        self, session: Session, reporter: Actor, known_at: datetime, service_ids: Collection[str]
    ) -> None:
        self._acting_for = ActingFor(session, reporter, dates.today(known_at))
        self._session, self._reporter, self._known_at = session, reporter, known_at
        self._services = services.load(session, sorted(service_ids))
        self._eligibility: dict[date, Eligibility] = {}

    def place(self, outcome: RowOutcome, draft: UsageDraft) -> Placed:
        """Look up service and authority, and ask whether the actor may report on them.

        Who executes on some day of the month is looked up on its last day, else on its first.

        Raises:
            InvalidInput: naming the field that is wrong.
        """
        service = self._services.get(draft.service_id)
        if service is None or not (is_findable(service.status) or service.status is EntryStatus.WITHDRAWN):
            raise InvalidInput.one("service_id", "unknown", f"no published entry {draft.service_id!r}")
        eligible, authority = self._executing(service, draft)
        body = body_of(authority.key, eligible.territory)
        self._require_right(service, authority, body)
        speakers = {authority.id} if service.part_of is None else with_twins({authority.id}, eligible.twins)
        report = UsageReport(
            service.id,
            authority.id,
            draft.month,
            draft.cases_online,
            draft.cases_total,
            source_of(self._reporter, draft.source),
        )
        recorded_for = service.part_of or service.id
        begin = self._begin(service, draft, authority, eligible)
        return Placed(outcome, service, recorded_for, authority, report, frozenset(speakers), body, begin)

    def _executing(self, service: Service, draft: UsageDraft) -> tuple[Eligible, Authority]:
        key, end = draft.authority_key, last_day(draft.month)
        eligible, found = self._looked_up(service, key, end)
        if isinstance(found, KeyRefusal) and found.rule == "unknown":
            former = FormerKeys(self._session, [key], self._known_at).find(key, eligible.territory)
            if former is not None:
                key = former.region.key
                found = former.refusal or self._looked_up(service, key, end)[1]
        if isinstance(found, KeyRefusal):
            refusal = found
            eligible, found = self._looked_up(service, draft.authority_key, draft.month)
            if isinstance(found, KeyRefusal):
                raise InvalidInput.one("authority_key", refusal.rule, refusal.message)
        return eligible, found

    def _looked_up(self, service: Service, key: str, day: date) -> tuple[Eligible, Authority | KeyRefusal]:
        if day not in self._eligibility:
            self._eligibility[day] = Eligibility(self._session, day, self._known_at)
        facts = services.facts_at(self._session, service.id, day, self._known_at)
        if facts is None:
            raise InvalidInput.one("service_id", "unknown", f"nothing is on record for {service.id}")
        eligible = self._eligibility[day].of(facts)
        return eligible, resolve(key, Scope.OWN, eligible.territory, eligible.named, eligible.members)

    def _begin(self, service: Service, draft: UsageDraft, found: Authority, eligible: Eligible) -> date:
        place = eligible.territory.by_key.get(found.region_key)
        if place is None or place.valid_from is None or place.valid_from <= draft.month:
            return draft.month
        # A version can begin where only something else of the region changed.
        _, on_first = self._looked_up(service, draft.authority_key, draft.month)
        return place.valid_from if isinstance(on_first, KeyRefusal) else draft.month

    def _require_right(self, service: Service, found: Authority, body: Sequence[str]) -> None:
        key = min(self._reporter.region_keys.intersection(body), default=found.key)
        permission = self._acting_for.find(body, found.region_key, service.part_of or service.id)
        decision = may_record(
            self._reporter, service.publisher, key, found.region_key, Scope.OWN,
            delegated=permission.delegation is not None,
        )  # fmt: skip
        if not decision.allowed:
            raise InvalidInput.one("authority_key", "access", permission.refusal or decision.reason)


def source_of(reporter: Actor, given: str | None) -> str:
    """Return the source under which a number is kept: an operator's as given, of others their organisation's first.

    So nobody supersedes the numbers of somebody else.

    Raises:
        InvalidInput: an operator gave none.
    """
    if reporter.is_operator:
        if given is None:
            raise InvalidInput.one("source", "required", "is missing")
        return given
    return f"{reporter.organisation_id}: {given}" if given else reporter.organisation_id
