"""Declaring for one or many authorities and services at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from marketplace.actions.context import Context
from marketplace.actions.event_candidates import ACCEPTED, REJECTED, RowOutcome
from marketplace.actions.recording import MAX_BATCH, EventReport, record_events
from marketplace.actions.rights import acting
from marketplace.actions.speaking import SpokenFor, spoken_for, why_not
from marketplace.domain.access import Action, Actor, Role, decide
from marketplace.errors import FieldError, InvalidInput
from marketplace.store import service_lists, services

SAID = frozenset(
    {"status", "effective_on", "planned_live_on", "reason", "note", "proof", "proof_url", "proof_until"}
)
MAX_ERRORS = 20
_STEP = "step"


@dataclass(frozen=True, slots=True)
class DeclaredRow:
    """What became of one pair of service and authority."""

    service_id: str
    service_name: str
    authority_key: str
    authority_name: str
    outcome: RowOutcome


@dataclass(frozen=True, slots=True)
class Declaration:
    """What became of a declaration: nothing was written where ``written`` is false.

    ``rows`` are all pairs; ``left_out`` tells that the rejected ones were left out on purpose.
    """

    rows: Sequence[DeclaredRow]
    written: bool
    left_out: bool = False

    def count(self, outcome: str) -> int:
        """Return how many pairs had that outcome."""
        return sum(row.outcome.outcome == outcome for row in self.rows)


@dataclass(frozen=True, slots=True)
class DeclareChoices:
    """What can be declared by the actor: for which authorities, for which services (id and name)."""

    authorities: Mapping[str, SpokenFor]
    services: Mapping[str, str]


def speaks_for_authorities(actor: Actor | None) -> bool:
    """Tell whether somebody is offered to declare: whoever acts for authorities, unlike a publisher or an operator."""
    return (
        actor is not None and Role.OPERATOR not in actor.roles and decide(actor, Action.ANSWER_CLAIM).allowed
    )


def declare_choices(ctx: Context, actor: Actor | None) -> DeclareChoices:
    """Return what the form offers.

    Raises:
        Unauthenticated, Forbidden: the actor speaks for no authority by its roles.
    """
    who = acting(actor, Action.ANSWER_CLAIM)
    with ctx.database.reading() as session:
        return DeclareChoices(spoken_for(ctx, session, who), services_to_declare(session))


def services_to_declare(session: Session) -> dict[str, str]:
    """Return the names of the published services that events are recorded for, by id: parts are not."""
    parents = services.parents(session)
    return {i: name for i, name in service_lists.published_names(session) if parents.get(i) is None}


def declare(
    ctx: Context,
    actor: Actor | None,
    service_ids: Sequence[str],
    authority_keys: Sequence[str],
    says: Mapping[str, Any],
    *,
    leave_out_rejected: bool = False,
    dry_run: bool = False,
) -> Declaration:
    """Record the same statement for every pair of the services and authorities: all of them, or none.

    Args:
        ctx: the context.
        actor: who declares.
        service_ids: the services.
        authority_keys: the authorities, among those the actor speaks for.
        says: fields of the events (``SAID``).
        leave_out_rejected: record the pairs that hold where others do not.
        dry_run: write nothing.

    Raises:
        Unauthenticated, Forbidden: the actor speaks for no authority by its roles.
        InvalidInput: no service or authority is named, or too many; a field that is the same for all breaks a rule.
    """
    who = acting(actor, Action.ANSWER_CLAIM)
    choices = declare_choices(ctx, who)
    pairs = _pairs(ctx, who, service_ids, authority_keys, choices, says)
    items = [{**says, "service_id": service, "authority_key": key} for service, key in pairs]
    report = record_events(ctx, who, items, dry_run=dry_run)
    _refuse_what_all_share(report)
    if leave_out_rejected and not dry_run and not report.written and report.count(ACCEPTED):
        held = [item for item, row in zip(items, report.rows, strict=True) if row.outcome != REJECTED]
        second = record_events(ctx, who, held)
        rest = iter(second.rows)
        rows = [row if row.outcome == REJECTED else next(rest) for row in report.rows]
        return Declaration(_named(pairs, rows, choices), second.written, left_out=True)
    return Declaration(_named(pairs, report.rows, choices), report.written)


def _pairs(
    ctx: Context,
    actor: Actor,
    service_ids: Sequence[str],
    authority_keys: Sequence[str],
    choices: DeclareChoices,
    says: Mapping[str, Any],
) -> list[tuple[str, str]]:
    errors = [FieldError(str(name)[:80], "unknown", "is no field") for name in says if name not in SAID]
    chosen, keys = list(dict.fromkeys(service_ids)), list(dict.fromkeys(authority_keys))
    if not chosen:
        errors.append(FieldError("service_id", "required", "no service is named"))
    if not keys:
        errors.append(FieldError("authority_key", "required", "no authority is named"))
    errors += [
        FieldError("service_id", "unknown", f"no published entry {one[:80]!r}")
        for one in chosen
        if one not in choices.services
    ]
    errors += _not_spoken_for(ctx, actor, [one for one in keys if one not in choices.authorities], chosen)
    if len(chosen) * len(keys) > MAX_BATCH:
        many = f"{len(chosen)} services and {len(keys)} authorities are more than {MAX_BATCH} statements"
        errors.append(FieldError("authority_key", "length", many))
    if errors:
        raise InvalidInput(errors[:MAX_ERRORS])
    return [(service_id, key) for service_id in chosen for key in keys]


def _not_spoken_for(
    ctx: Context, actor: Actor, keys: Sequence[str], services_of: Sequence[str]
) -> list[FieldError]:
    """Say of authorities why the actor does not speak for them: a delegation that ended, or none at all."""
    if not keys:
        return []
    service_id = services_of[0] if services_of else None
    with ctx.database.reading() as session:
        return [
            FieldError(
                "authority_key",
                "access",
                why_not(ctx, session, actor, one[:80], service_id) or f"you do not speak for {one[:80]!r}",
            )
            for one in keys[:MAX_ERRORS]
        ]


def _refuse_what_all_share(report: EventReport) -> None:
    """Raise what is wrong with the statement itself: every pair is refused for the same fields and rules."""
    first = report.rows[0].errors
    is_of_all = bool(first) and all(row.errors == first for row in report.rows)
    if is_of_all and all(error.field in SAID and error.rule != _STEP for error in first):
        raise InvalidInput(first)


def _named(
    pairs: Sequence[tuple[str, str]], rows: Sequence[RowOutcome], choices: DeclareChoices
) -> list[DeclaredRow]:
    return [
        DeclaredRow(service_id, choices.services[service_id], key, choices.authorities[key].name, row)
        for (service_id, key), row in zip(pairs, rows, strict=True)
    ]
