"""What is told of events that were appended together: statements to who follows, claims to whom they are about."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from marketplace.actions.authority_naming import Naming
from marketplace.actions.authority_speakers import AuthoritySpeakers, profile_of, regions_of
from marketplace.domain.adoption import Scope, Status
from marketplace.domain.change import Change, MessageKind
from marketplace.domain.change_tellings import service_topics, telling_with
from marketplace.domain.regions import FEDERATION_KEY
from marketplace.domain.service import Service
from marketplace.domain.telling import Statement, Telling
from marketplace.store import ledger, new_events
from marketplace.store.ledger import StoredEvent
from marketplace.store.new_events import NewEvent


@dataclass(frozen=True, slots=True)
class _Appended:
    """The events of a change, sorted by what is told of them; ``answered`` are the claims that they answer, by id."""

    statements: Sequence[NewEvent]
    waiting: Sequence[NewEvent]
    confirming: Sequence[NewEvent]
    rejecting: Sequence[NewEvent]
    answered: Mapping[int, StoredEvent]


def adoption_tellings(
    session: Session, naming: Naming, today: date, change: Change, service: Service
) -> list[Telling]:
    """Return what is told of a change ``adoption.recorded``: of claims first, to those whose own matter they are.

    A claim that was answered or taken back meanwhile waits no more and is not told.
    """
    content = {
        "name": service.name, "first_event": change.content["first_event"],
        "last_event": change.content["last_event"],
    }  # fmt: skip
    events = new_events.of_service(session, service.id, content["first_event"], content["last_event"])
    appended = _sorted(session, events)
    found = _Tellings(session, naming, today, change, service, content)
    return [
        *found.of_own(MessageKind.CLAIM_WAITING, found.waiting(appended.waiting)),
        *found.of_own(MessageKind.CLAIM_CONFIRMED, found.answers(appended.confirming, appended.answered)),
        *found.of_own(MessageKind.CLAIM_REJECTED, found.answers(appended.rejecting, appended.answered)),
        *found.public(appended.statements),
    ]


def _sorted(session: Session, events: Sequence[NewEvent]) -> _Appended:
    claims = [one for one in events if one.is_claim and one.status is not Status.VOID and one.answers is None]
    ids = [one.id for one in claims]
    over = ledger.answers_to(session, ids).keys() | ledger.corrections_of(session, ids).keys()
    answers = [one for one in events if one.answers is not None]
    return _Appended(
        statements=[one for one in events if not one.is_claim and one.status is not Status.VOID],
        waiting=[one for one in claims if one.id not in over],
        confirming=[one for one in answers if one.status is not Status.VOID],
        rejecting=[one for one in answers if one.status is Status.VOID],
        answered=ledger.by_ids(session, [one.answers for one in answers if one.answers is not None]),
    )


@dataclass(frozen=True, slots=True)
class _Tellings:
    session: Session
    naming: Naming
    today: date
    change: Change
    service: Service
    content: Mapping[str, object]

    def waiting(self, claims: Sequence[NewEvent]) -> list[Statement]:
        keys = {one.authority_key for one in claims}
        if not keys:
            return []
        speakers = AuthoritySpeakers(self.session, self.naming, keys, self.today)
        by_key = {key: speakers.of(key, self.service.id) for key in keys}
        return [self._statement(one, by_key[one.authority_key]) for one in claims]

    def answers(self, answers: Sequence[NewEvent], claims: Mapping[int, StoredEvent]) -> list[Statement]:
        found = []
        for one in answers:
            claim = claims.get(one.answers or 0)
            parties = {self.service.publisher, claim.organisation_id if claim else None}
            concerned = frozenset(party for party in parties if party is not None)
            found.append(self._statement(one, concerned, claim if one.status is Status.VOID else None))
        return found

    def of_own(self, kind: MessageKind, statements: Sequence[Statement]) -> Iterator[Telling]:
        concerned = frozenset[str]().union(*(one.organisations for one in statements))
        if concerned:
            yield telling_with(
                self.change, kind, frozenset(), self.content, only_organisations=concerned,
                statements=tuple(statements),
            )  # fmt: skip

    def public(self, events: Sequence[NewEvent]) -> Iterator[Telling]:
        if not events:
            return
        of_service = {
            "publisher": self.service.publisher, "theme_field": self.service.theme_field,
            "ozg_ids": self.service.ozg_ids, "leika_keys": self.service.leika_keys,
        }  # fmt: skip
        topics = service_topics(self.service.id, of_service)
        statements = tuple(self._statement(one) for one in events)
        yield telling_with(
            self.change, MessageKind.ADOPTION_RECORDED, topics, self.content, statements=statements
        )

    def _statement(
        self, event: NewEvent, organisations: frozenset[str] = frozenset(), refused: StoredEvent | None = None
    ) -> Statement:
        """Return what an event says; of one that rejects a claim, what the claim (``refused``) said."""
        said = event if refused is None else refused
        key = event.authority_key
        region_key = self.naming.region_key(key) or key
        reaches = "" if region_key == FEDERATION_KEY else region_key
        return Statement(
            event=event.id,
            authority_key=key,
            authority_name=self.naming.name(key) or key,
            status=str(said.status),
            effective_on=said.effective_on.isoformat(),
            regions=regions_of(self.naming, key),
            below=reaches if event.scope is Scope.BELOW else None,
            profile=None if key in self.naming.named else profile_of(self.naming, key),
            organisations=organisations,
        )
