"""The inbox of claims: what providers said without proof and nobody answered, and answering it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from marketplace.actions.acting_for import ActingFor, body_of
from marketplace.actions.context import Context
from marketplace.actions.event_candidates import UNCHANGED, RowOutcome
from marketplace.actions.paging import Page, PageRequest
from marketplace.actions.recording import EventReport, record_events
from marketplace.actions.rights import acting
from marketplace.domain.access import Action, Actor, decide, may_record
from marketplace.domain.adoption import AssertedBy, Proof, Scope, Status, is_claim
from marketplace.domain.authority_key import regions_meant
from marketplace.domain.regions import FEDERATION_KEY, Territory
from marketplace.errors import Conflict, FieldError, Forbidden, InvalidInput, NotFound
from marketplace.store import claims, head, ledger, organisations, regions, services
from marketplace.store.claims import ClaimQuery, StoredClaim
from marketplace.store.ledger import StoredEvent
from marketplace.store.territory import territory_at

CONFIRM_FIELDS = frozenset(
    {"status", "effective_on", "planned_live_on", "proof", "proof_url", "proof_until", "reason", "note"}
)
REJECT_FIELDS = frozenset({"reason", "note"})
_CARRIED = ("offer_id", "planned_live_on", "connection")
_MAX_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim that waits; ``may_answer`` tells whether whoever asked may confirm or reject it."""

    stored: StoredClaim
    may_answer: bool

    @property
    def event(self) -> StoredEvent:
        """The claim as it was recorded."""
        return self.stored.event


def list_claims(
    ctx: Context,
    actor: Actor | None,
    page: PageRequest,
    *,
    region: str | None = None,
    service: str | None = None,
    publisher: str | None = None,
    authority_ids: Collection[int] | None = None,
) -> Page[Claim]:
    """Return the claims that wait, oldest first; ``region`` (key, AGS or ARS) means all authorities in it too.

    ``authority_ids`` are the identities of those that they are to be about.

    Raises:
        InvalidInput: no region has, or had, that key; there is no such published service, or no such publisher.
    """
    with ctx.database.reading() as session:
        if service is not None and not services.public_ids(session, [service]):
            raise InvalidInput.one("service", "unknown", f"no published entry {service!r}")
        if publisher is not None and organisations.organisation(session, publisher) is None:
            raise InvalidInput.one("publisher", "unknown", f"there is no organisation {publisher!r}")
        known_at = head.known_now(session, ctx.clock())
        land = territory_at(session, ctx.today(), known_at)
        keys: list[str] = []
        if region is not None:
            versions = regions_meant(region.strip(), land) or regions.last_versions_by_key(
                session, [region.strip()], known_at
            )
            if not versions:
                raise InvalidInput.one("region", "unknown", f"no region has the key {region!r}")
            keys = [] if versions[0].key == FEDERATION_KEY else [version.key for version in versions]
        query = ClaimQuery(keys, service, publisher, authority_ids)
        found, total = claims.pending(session, query, page.offset, page.page_size)
        acting_for = ActingFor(session, actor, ctx.today()) if actor is not None else None
        items = [Claim(one, _may_answer(actor, one, land, acting_for)) for one in found]
    return Page(items, total, page.page, page.page_size)


def confirm_claim(ctx: Context, actor: Actor | None, claim_id: str, fields: Mapping[str, Any]) -> EventReport:
    """Say in one's own name what a claim says, with its own ``fields`` (``CONFIRM_FIELDS``) where they differ.

    Raises:
        Unauthenticated, Forbidden: only the authority, its state's coordination or an operator answers a claim.
        NotFound: there is no such claim.
        Conflict: it is answered or taken back already; the message names by which event.
        InvalidInput: a field breaks a rule, or the statements on record do not allow the step.
    """
    who = acting(actor, Action.ANSWER_CLAIM)
    _only(fields, CONFIRM_FIELDS)
    with ctx.database.reading() as session:
        claim = _claim(session, claim_id)
    carried: dict[str, Any] = {name: getattr(claim, name) for name in _CARRIED}
    carried["planned_live_on"] = claim.planned_live_on and claim.planned_live_on.isoformat()
    if claim.maturity_model is not None:
        carried["maturity"] = {"model": claim.maturity_model, "level": claim.maturity_level}
    if fields.get("status") in (None, claim.status):
        carried["reason"] = claim.reason
    own = {name: value for name, value in fields.items() if value is not None}
    return _answer(
        ctx, who, claim,
        {"status": claim.status, "except": claim.except_keys, "parts": claim.parts, **carried, **own},
    )  # fmt: skip


def reject_claim(ctx: Context, actor: Actor | None, claim_id: str, fields: Mapping[str, Any]) -> EventReport:
    """Take a claim out with a ``reason`` (and a ``note``); errors as in ``confirm_claim``."""
    who = acting(actor, Action.ANSWER_CLAIM)
    _only(fields, REJECT_FIELDS)
    with ctx.database.reading() as session:
        claim = _claim(session, claim_id)
    return _answer(ctx, who, claim, {**fields, "status": str(Status.VOID), "corrects": claim.id})


def _claim(session: Session, claim_id: str) -> StoredEvent:
    is_id = claim_id.isascii() and claim_id.isdigit() and len(claim_id) <= _MAX_DIGITS
    found = ledger.by_ids(session, [int(claim_id)]).get(int(claim_id)) if is_id else None
    if found is None or found.status == Status.VOID:
        raise NotFound("claim", claim_id)
    if not is_claim(AssertedBy(found.asserted_by), Proof(found.proof)):
        raise NotFound("claim", claim_id)
    return found


def _only(fields: Mapping[str, Any], known: frozenset[str]) -> None:
    strange = [FieldError(str(name)[:80], "unknown", "is no field") for name in fields if name not in known]
    if strange:
        raise InvalidInput(strange)


def _answer(ctx: Context, actor: Actor, claim: StoredEvent, says: Mapping[str, Any]) -> EventReport:
    event = {
        "service_id": claim.service_id,
        "authority_key": claim.authority_key,
        "scope": claim.scope,
        "effective_on": claim.effective_on.isoformat(),
        **says,
        "answers": claim.id,
    }
    report = record_events(ctx, actor, [event])
    _refuse(report, report.rows[0], claim)
    return report


def _refuse(report: EventReport, row: RowOutcome, claim: StoredEvent) -> None:
    """Raise what a rejected row means for somebody who answers one claim."""
    if row.outcome == UNCHANGED:
        raise Conflict(f"claim {claim.id} was already answered by event {row.id}")
    if report.conflict is not None:
        raise Conflict(report.conflict)
    for error in row.errors:
        if error.rule == "access":
            raise Forbidden(error.message)
    if row.errors:
        raise InvalidInput(row.errors)


def _may_answer(
    actor: Actor | None, claim: StoredClaim, land: Territory, acting_for: ActingFor | None
) -> bool:
    if actor is None or acting_for is None or not decide(actor, Action.ANSWER_CLAIM).allowed:
        return False
    body = body_of(claim.event.authority_key, land)
    key = next((one for one in body if one in actor.region_keys), claim.event.authority_key)
    delegated = acting_for.find(body, claim.region_key, claim.event.service_id).delegation is not None
    scope = Scope(claim.event.scope)
    voice = may_record(actor, claim.publisher, key, claim.region_key, scope, delegated=delegated).voice
    return voice is not None and voice.asserted_by is not AssertedBy.PROVIDER
