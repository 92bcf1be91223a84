"""What a reader can choose a ready question about."""

from marketplace.actions.context import Context
from marketplace.actions.counting_rules import rules_to_choose_from
from marketplace.actions.kept_answers import kept_while_unchanged
from marketplace.actions.reuse_overview import OverviewFilter, wholes
from marketplace.domain import ready_questions
from marketplace.domain.ready_questions import ReadyQuestion
from marketplace.domain.rule import Rule


@kept_while_unchanged(2)
def services_to_choose_from(ctx: Context) -> list[tuple[str, str]]:
    """Return ids and names of the published services, by name; parts are left out."""
    with ctx.database.reading() as session:
        return [(entry.id, entry.name) for entry in wholes(session, OverviewFilter()).entries]


def rules_for(ctx: Context, ready: ReadyQuestion, chosen: Rule) -> list[Rule]:
    """Return the rules that a question with a choice of rule can be asked by; none where it has no choice."""
    if not ready.any_rule:
        return []
    counts_states = ready.id == ready_questions.REUSING_STATES.id
    return [
        rule for rule in rules_to_choose_from(ctx, chosen) if (rule.state_counts is not None) == counts_states
    ]
