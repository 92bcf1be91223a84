"""Taking in case numbers: how many cases of a procedure a region had in a year, each with its source."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from marketplace.actions import auditing
from marketplace.actions.acting_for import ActingFor, body_of
from marketplace.actions.context import Context
from marketplace.actions.event_candidates import ACCEPTED, UNCHANGED, RowOutcome
from marketplace.actions.former_keys import FormerKeys
from marketplace.actions.recording import MAX_BATCH, EventReport
from marketplace.actions.rights import acting
from marketplace.actions.usage_placing import source_of
from marketplace.domain import dates
from marketplace.domain.access import Action, Actor, may_report_cases
from marketplace.domain.authority_key import regions_meant
from marketplace.domain.regions import Territory
from marketplace.domain.usage import CaseDraft, read_case_number
from marketplace.errors import FieldError, InvalidInput
from marketplace.store import catalogue, head, usage
from marketplace.store.territory import territory_at
from marketplace.store.usage import CaseNumber


def report_cases(
    ctx: Context,
    actor: Actor | None,
    items: Sequence[Mapping[str, Any]],
    *,
    dry_run: bool = False,
    limit: int = MAX_BATCH,
) -> EventReport:
    """Take in a batch of case numbers: all rows, or none where one is rejected.

    The same number by the same source is unchanged, another one supersedes it.

    Raises:
        Unauthenticated, Forbidden: the actor may report nothing at all.
        InvalidInput: the batch is empty or over the limit.
    """
    reporter = acting(actor, Action.REPORT_CASES)
    if not 1 <= len(items) <= limit:
        raise InvalidInput.one("numbers", "length", f"a batch holds 1 to {limit} numbers, not {len(items)}")
    if dry_run:
        with ctx.database.reading() as session:
            return EventReport(_judge(ctx, session, reporter, items)[0], dry_run=True)
    now = ctx.clock()
    with ctx.database.writing() as session:
        held = head.lock(session)
        outcomes, new, outdated = _judge(ctx, session, reporter, items)
        report = EventReport(outcomes, dry_run=False)
        if report.written:
            usage.write_case_numbers(session, new, outdated, head.advance(session, held, now))
            auditing.record(
                session, reporter, now, "cases.reported", ("batch", "case-numbers"), numbers=len(new),
                procedures=auditing.few({one.leika_key for one in new}),
            )  # fmt: skip
        return report


def _judge(
    ctx: Context, session: Session, reporter: Actor, items: Sequence[Mapping[str, Any]]
) -> tuple[list[RowOutcome], list[CaseNumber], list[int]]:
    """Judge each row; return what becomes of them, the numbers to write, and the rows of those to supersede."""
    outcomes = [RowOutcome(number, ACCEPTED) for number in range(1, len(items) + 1)]
    drafts: list[tuple[RowOutcome, CaseDraft]] = []
    for outcome, item in zip(outcomes, items, strict=True):
        try:
            drafts.append((outcome, read_case_number(item, dates.today(ctx.clock()))))
        except InvalidInput as error:
            outcome.reject(*error.errors)
    if not drafts:
        return outcomes, [], []
    keys = {draft.leika_key for _, draft in drafts}
    procedures = catalogue.procedures(session, sorted(keys))
    known = head.known_now(session, ctx.clock())
    land = territory_at(session, ctx.today(), known)
    former = FormerKeys(session, {draft.region_key for _, draft in drafts}, known)
    years = {draft.year for _, draft in drafts}
    believed = {one.subject: one for one in usage.current_case_numbers(session, keys, years)}
    submitted: dict[Any, CaseNumber] = {}
    outdated: list[int] = []
    acting_for = ActingFor(session, reporter, ctx.today())
    for outcome, draft in drafts:
        if draft.leika_key not in procedures:
            outcome.reject(FieldError("leika_key", "unknown", f"there is no procedure {draft.leika_key}"))
            continue
        try:
            number = _place(reporter, draft, land, former, acting_for)
        except InvalidInput as error:
            outcome.reject(*error.errors)
            continue
        before = submitted.get(number.subject) or believed.get(number.subject)
        if before is not None and before.number == number.number:
            outcome.outcome = UNCHANGED
        elif number.subject in submitted:
            outcome.reject(FieldError("number", "unique", "an earlier row has another number of this source"))
        else:
            submitted[number.subject] = number
            if before is not None and before.id is not None:
                outdated.append(before.id)
    return outcomes, list(submitted.values()), outdated


def _place(
    reporter: Actor, draft: CaseDraft, land: Territory, former: FormerKeys, acting_for: ActingFor
) -> CaseNumber:
    key = draft.region_key.replace(" ", "")
    meant = regions_meant(key, land) or former.meant("region_key", key, land)
    if not meant:
        raise InvalidInput.one("region_key", "unknown", f"no region has the key {draft.region_key!r} today")
    body = body_of(meant[0].key, land)
    speaker = min(reporter.region_keys.intersection(body), default=meant[0].key)
    permission = acting_for.find(body, meant[0].key, None)
    decision = may_report_cases(reporter, speaker, delegated=permission.delegation is not None)
    if not decision.allowed:
        raise InvalidInput.one("region_key", "access", permission.refusal or decision.reason)
    source = source_of(reporter, draft.source)
    return CaseNumber(draft.leika_key, meant[0].region_id, draft.year, draft.number, source)
