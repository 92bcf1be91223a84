"""Refusals inside a batch: rows that the actor may not record. The batch is answered as a whole, the log says who tried."""

from marketplace.actions.auditing import record_refusal
from marketplace.actions.context import Context
from marketplace.actions.recording import EventReport
from marketplace.domain.access import Action, Actor

ACCESS = "access"
"""The rule that a row breaks whose actor may not record it."""


def record_refused_rows(ctx: Context, actor: Actor | None, action: Action, report: EventReport) -> None:
    """Append that rows of a batch were refused because the actor may not record them: one entry a batch.

    A dry run asks what would be refused, and is none.
    """
    reasons = [error.message for row in report.rows for error in row.errors if error.rule == ACCESS]
    if reasons and not report.dry_run:
        record_refusal(ctx, actor, action, ("batch", action), f"{len(reasons)} rows: {reasons[0]}")
