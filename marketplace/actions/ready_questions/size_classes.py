"""How reuse depends on the size of the municipality."""

from dataclasses import dataclass
from datetime import date, datetime

from marketplace.actions.context import Context
from marketplace.actions.figures import Figure
from marketplace.actions.kept_answers import kept_while_unchanged
from marketplace.actions.ready_questions.answers import ReadyAnswer, filters_of, read_questions
from marketplace.actions.reuse_matrix import ROWS, reuse_matrix
from marketplace.actions.reuse_overview import OverviewFilter, wholes
from marketplace.domain.ready_questions import SIZE_CLASSES
from marketplace.errors import InvalidInput

TOGETHER = "all"
LINES = (TOGETHER, *ROWS)


@dataclass(frozen=True, slots=True)
class SizeClassRow:
    """A size class of a service or theme field (``key``, ``label``), or of all together (``all``, no label)."""

    key: str
    label: str
    size_class: str
    figure: Figure


@kept_while_unchanged(64)
def size_classes(
    ctx: Context,
    wanted: OverviewFilter | None = None,
    *,
    rows: str = TOGETHER,
    rules: tuple[str, ...] = (),
    unit: str | None = None,
    as_of: date | None = None,
    known_at: str | datetime | None = None,
) -> ReadyAnswer[SizeClassRow]:
    """Answer how the rate depends on the size: of all services together, of each, or of each theme field.

    Raises:
        InvalidInput: a parameter that is none.
    """
    if rows not in LINES:
        raise InvalidInput.one("rows", "choice", f"must be one of {', '.join(LINES)}")
    (question,) = read_questions(ctx, SIZE_CLASSES, rules, as_of, known_at)
    if "size_class" not in question.rule.groupings:
        raise InvalidInput.one("rule", "choice", f"{question.rule.id} cannot be grouped by size class")
    matrix = reuse_matrix(
        ctx,
        wanted,
        rows="service" if rows == "service" else "theme_field",
        columns="size_class",
        rule=question.rule.name,
        unit=unit,
        as_of=question.as_of,
        known_at=question.known_at,
    )
    with ctx.database.reading() as session:
        services = len(wholes(session, wanted or OverviewFilter(), known_at=question.known_at).ids)
    lines = matrix.rows if rows != TOGETHER else (matrix.totals,)
    total = matrix.totals.total
    return ReadyAnswer(
        question=SIZE_CLASSES,
        asked={"rows": rows, "unit": str(matrix.unit), **filters_of(wanted)},
        rules=(matrix.rule,),
        unit=matrix.unit,
        as_of=matrix.as_of,
        known_at=matrix.known_at,
        territory_on=matrix.territory_on,
        demo=matrix.demo,
        services=services,
        numerator=total.numerator or 0,
        denominator=total.denominator or 0,
        interval=total.interval,
        rows=[
            SizeClassRow(TOGETHER if rows == TOGETHER else line.key, line.label, size, line.cells[size])
            for line in lines
            for size, _ in matrix.columns
            if size in line.cells
        ],
    )
