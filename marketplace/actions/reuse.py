"""Reuse rates of one service, or of several together: count by a rule, say on what the figure stands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from marketplace.actions.context import Context
from marketplace.actions.figures import Figure
from marketplace.actions.kept_answers import kept_while_unchanged
from marketplace.actions.questions import DEFAULT_RULE, Question
from marketplace.actions.service_figures import ServiceFigures, figures_of, figures_reader
from marketplace.actions.suppressing import Summed, counted_in_authorities, read_suppression, suppressed_rows
from marketplace.domain.rule import Rule, Unit
from marketplace.domain.service_pairs import joined
from marketplace.domain.standings import groups_in_order
from marketplace.errors import InvalidInput

MAX_SERVICES = 50


@dataclass(frozen=True, slots=True)
class Reuse:
    """The answer to one question. ``territory_on`` is the day of the register used (None: no register yet).

    ``head_version`` is the ledger's version it was computed at; ``demo`` whether demo events are in it. Of several
    ``services`` the authority-service pairs are counted, of those that have a rate; ``undefined`` is how many have none.
    ``suppress_below``: smaller cells are left out.
    """

    rule: Rule
    services: tuple[str, ...]
    by: str
    unit: Unit
    as_of: date
    known_at: datetime
    territory_on: date | None
    head_version: int
    demo: bool
    authority_set: str | None
    developing_states: tuple[str, ...]
    total: Figure
    rows: tuple[Figure, ...]
    undefined: int = 0
    suppress_below: int | None = None

    @property
    def service_id(self) -> str:
        """The service, of several the first."""
        return self.services[0]


def reuse_of_service(
    ctx: Context,
    service_id: str,
    *,
    by: str = "state",
    rule: str = DEFAULT_RULE,
    unit: str | None = None,
    as_of: date | None = None,
    known_at: str | datetime | None = None,
) -> Reuse:
    """Answer how widely a service is reused, by one of ``domain.rule.GROUPINGS``; errors as in ``reuse_of_services``."""
    return reuse_of_services(ctx, [service_id], by=by, rule=rule, unit=unit, as_of=as_of, known_at=known_at)


@kept_while_unchanged(512)
def reuse_of_services(
    ctx: Context,
    service_ids: Sequence[str],
    *,
    by: str = "state",
    rule: str = DEFAULT_RULE,
    unit: str | None = None,
    as_of: date | None = None,
    known_at: str | datetime | None = None,
    suppress_below: int | None = None,
) -> Reuse:
    """Answer how widely some services are reused together.

    Raises:
        InvalidInput: a parameter that is none, too many services, or a part beside its whole.
        NotFound: there is no such service.
    """
    least = read_suppression(suppress_below)
    wanted = read_services(service_ids)
    question = Question.read(ctx, by=by, rule=rule, unit=unit, as_of=as_of, known_at=known_at)
    with ctx.database.reading() as session:
        reader = figures_reader(ctx, session, wanted, question)
        found = list(figures_of(reader, wanted, question).values())
        counted = found if least is None else counted_in_authorities(reader, found, question)
    refuse_parts(found)
    sole = found[0] if len(found) == 1 else None
    rows, figure = joined_rows(question.by, found), _total(found)
    if least is not None:
        sizes = Summed(joined_rows(question.by, counted), _total(counted))
        rows, figure = suppressed_rows(Summed(rows, figure), sizes, least)
    return Reuse(
        rule=question.rule,
        services=tuple(wanted),
        by=question.by,
        unit=question.unit,
        as_of=question.as_of,
        known_at=reader.known_at,
        territory_on=found[0].territory_on,
        head_version=reader.head.version,
        demo=any(one.demo for one in found),
        authority_set=sole.facts.authority_set if sole else None,
        developing_states=tuple(sorted({state for one in found for state in one.developing_states})),
        total=figure,
        rows=tuple(rows),
        undefined=sum(not one.has_rate for one in found),
        suppress_below=least,
    )


def read_services(service_ids: Sequence[str]) -> list[str]:
    """Read the services of a question, each once.

    Raises:
        InvalidInput: none or too many.
    """
    wanted = list(dict.fromkeys(service_ids))
    if not wanted:
        raise InvalidInput.one("service", "required", "names no service")
    if len(wanted) > MAX_SERVICES:
        raise InvalidInput.one(
            "service", "length", f"names {len(wanted)} services, {MAX_SERVICES} are allowed"
        )
    return wanted


def refuse_parts(found: Iterable[ServiceFigures]) -> None:
    """Refuse to count a part beside its whole.

    Raises:
        InvalidInput: naming both.
    """
    listed = {one.service_id: one.facts.part_of for one in found}
    for service_id, whole in listed.items():
        if whole in listed:
            raise InvalidInput.one(
                "service", "part", f"{service_id} is a part of {whole}, which is counted already"
            )


def _total(found: Sequence[ServiceFigures]) -> Figure:
    if len(found) == 1:
        return found[0].figure
    return Figure.of("total", "", joined(one.total for one in found)[0])


def joined_rows(by: str, found: Sequence[ServiceFigures]) -> list[Figure]:
    """Return the groups of some services, those of one key added up, in the order they are shown in."""
    if len(found) == 1:
        return list(found[0].rows)
    labels = {key: label for one in found for key, label in one.labels.items()}
    groups = [one.groups for one in found]
    return [
        Figure.of(key, labels[key], joined(one[key] for one in groups if key in one)[0])
        for key in groups_in_order(by, labels)
    ]
