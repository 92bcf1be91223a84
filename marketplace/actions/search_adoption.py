"""How widely services are adopted, as results show it: the total figure under one rule, today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from marketplace.actions.context import Context
from marketplace.actions.kept import Kept, KeptTables
from marketplace.actions.marks import Marks, current_marks
from marketplace.actions.questions import Question
from marketplace.actions.service_figures import FEW, figures_of, figures_reader
from marketplace.actions.standings import StandingsReader

SHOWN_RULE, SORTING_RULE = "coverage", "reuse-rate"
"""What results show is the share of all eligible authorities; what they are sorted by leaves out developing states."""
KEPT_ADOPTIONS = 16_384


@dataclass(frozen=True, slots=True)
class Adoption:
    """Adopted by ``numerator`` of ``denominator`` authorities under a rule on a day; both None: undefined."""

    numerator: int | None
    denominator: int | None
    rate: float | None
    rule_id: str
    rule_version: int
    as_of: date


_kept: KeptTables[str, Adoption] = KeptTables(KEPT_ADOPTIONS)
_questions: Kept[Question] = Kept(8)


def adoptions(
    ctx: Context, service_ids: Sequence[str], rule: str = SHOWN_RULE, marks: Marks | None = None
) -> dict[str, Adoption]:
    """Return how widely published services are adopted today, by id; ``marks`` spare reading them again."""
    if not service_ids:
        return {}
    marks = marks or current_marks(ctx)
    # A published rule version moves the marks as an event does.
    question = _questions.get(ctx.database.engine, (marks, rule), lambda: _question(ctx, rule))
    return _kept.get(
        ctx.database.engine, (marks, rule), service_ids, lambda missing: _count(ctx, missing, question)
    )


def _question(ctx: Context, rule: str) -> Question:
    return Question.read(ctx, by="state", rule=rule, unit=None, as_of=None, known_at=None)


def _count(ctx: Context, service_ids: list[str], question: Question) -> dict[str, Adoption]:
    with ctx.database.reading() as session:
        if len(service_ids) <= FEW:
            reader = figures_reader(ctx, session, service_ids, question)
        else:
            reader = StandingsReader.opened(ctx, session, question.known_at)
        found = figures_of(reader, service_ids, question)
    rule = question.rule
    return {
        service_id: Adoption(
            one.figure.numerator if one.has_rate else None,
            one.figure.denominator if one.has_rate else None,
            one.figure.rate,
            rule.id,
            rule.version,
            question.as_of,
        )
        for service_id, one in found.items()
    }
