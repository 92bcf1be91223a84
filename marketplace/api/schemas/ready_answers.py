"""The rows of each ready answer, and what each question is asked with."""

from typing import TYPE_CHECKING

from marshmallow import fields, validate

from marketplace.actions.ready_questions.joined_states import Joined
from marketplace.actions.ready_questions.nearly_area_wide import MAX_MISSING, MISSING
from marketplace.actions.ready_questions.paid_services import BELOW
from marketplace.actions.ready_questions.reusing_states import AT_LEAST, MAX_AT_LEAST
from marketplace.actions.ready_questions.size_classes import LINES, TOGETHER
from marketplace.api.fields import Choice, Share, Text, WholeNumber
from marketplace.api.schemas.base import InAnswer, day, nullable, word
from marketplace.api.schemas.ready_questions import ChosenServices, ReadyAnswerBody, ReadyQuery, ready_body
from marketplace.api.schemas.region_statistics import (
    KindOfCount,
    MaturityCount,
    kinds_of_count,
    maturity_counts,
)
from marketplace.api.schemas.statistics import FigureEntry
from marketplace.domain.adoption import Proof, Status
from marketplace.domain.dashboard_comparison import Difference
from marketplace.domain.region_counts import CountedAs
from marketplace.domain.rule import Unit
from marketplace.domain.service import Origin
from marketplace.domain.standings import SIZE_GROUPS

if TYPE_CHECKING:
    from marketplace.actions.ready_questions import OnlineInState


_ENOUGH = "as many competent authorities as the rule `area-wide-by-state` asks for, usually all"


class SizeClassEntry(InAnswer):
    """A size class of a service or theme field, or of all services together."""

    key = fields.String(metadata={"description": "Id of service or theme field, or `all`"})
    label = fields.String()
    size_class = word(SIZE_GROUPS, "`unknown`: nobody counts the inhabitants of the authority")
    figure = fields.Nested(FigureEntry)


class JoinedStateEntry(InAnswer):
    """A time in which a state had joined; a state that never did has one entry without days."""

    state = fields.String()
    name = fields.String()
    standing = word(
        Joined,
        "`unknown`: the state itself has said nothing, whatever its authorities do; the interval is by the rule's classes",
    )
    joined_from = fields.Date(allow_none=True)
    until = fields.Date(allow_none=True, metadata={"description": "First day after it; null: it still has"})
    status = word(Status, "What the state's statement for all says on the day", null=True)
    figure = fields.Nested(FigureEntry, metadata={"description": "Live authorities by `coverage`"})


class ReusingStateEntry(InAnswer):
    """A state with the services it reuses."""

    state = fields.String()
    name = fields.String()
    reused = fields.Integer()
    developed = fields.Integer(
        metadata={"description": "Those that count there but are the state's own work"}
    )
    undecided = fields.Integer(
        metadata={
            "description": "Those that count there but whose lead state is unknown: reuse or not, nobody can tell"
        }
    )
    services = fields.Integer(metadata={"description": "Services with a competent authority there"})
    reaches = fields.Boolean(metadata={"description": "Whether it reuses at least so many"})
    might_reach = fields.Boolean(metadata={"description": "Whether it would if the undecided were reuse"})
    items = fields.List(fields.String())


class OnlineServiceEntry(InAnswer):
    """A service that is online in the state, or that the dashboard says is."""

    service = fields.String()
    name = fields.String()
    origin = word(Origin, null=True)
    maturity_model = nullable()
    maturity_level = fields.Integer(allow_none=True)
    counted_as = fields.List(fields.String(validate=validate.OneOf([str(one) for one in CountedAs])))
    area_wide = fields.Boolean(metadata={"description": f"Online here in {_ENOUGH}"})
    dashboard_on = fields.Date(allow_none=True, metadata={"description": "When the dashboard last said so"})
    difference = word(Difference)


class ComparisonEntry(InAnswer):
    """Two counts of services side by side."""

    here = fields.Integer(metadata={"description": "Online by this register, in at least one authority"})
    area_wide = fields.Integer(metadata={"description": f"Those online here in {_ENOUGH}"})
    dashboard = fields.Integer(metadata={"description": "Online by the rows of the federal dashboard"})
    both = fields.Integer()
    only_here = fields.Integer()
    only_dashboard = fields.Integer()
    entitled = fields.Integer(
        metadata={"description": "Of `only_dashboard`: authorities here are entitled, not live"}
    )
    read_on = fields.Date(allow_none=True, metadata={"description": "Newest day of the dashboard's rows"})
    text_de = fields.String()
    text_en = fields.String()


class PaidServiceEntry(InAnswer):
    """A service that the state has joined."""

    service = fields.String()
    name = fields.String()
    status = word(Status)
    since = fields.Date()
    proof = word(Proof)
    proof_until = fields.Date(allow_none=True)
    figure = fields.Nested(FigureEntry)


class NearlyAreaWideEntry(InAnswer):
    """A service in a state that lacks few authorities. The three lists have the same order."""

    state = fields.String()
    state_name = fields.String()
    service = fields.String()
    name = fields.String()
    missing = fields.Integer()
    live = fields.Integer()
    eligible = fields.Integer()
    authorities = fields.List(fields.String(), metadata={"description": "Keys of those that are not live"})
    names = fields.List(fields.String())
    statuses = fields.List(word(Status, null=True), metadata={"description": "Null: nothing is known"})


class PlannedQuarterEntry(InAnswer):
    """Planned go-lives of a quarter."""

    quarter = fields.String(metadata={"description": "2026-Q4"})
    begins_on = fields.Date()
    authorities = fields.Integer(metadata={"description": "Pairs of authority and service"})
    overdue = fields.Integer(metadata={"description": "Those of them whose day has passed"})
    states = fields.Integer()
    services = fields.Integer()
    items = fields.List(fields.String())


class OneOrAllEntry(InAnswer):
    """A service by both rules; last `total`, the pairs of state and service."""

    service = fields.String()
    name = fields.String()
    at_least_one = fields.Nested(FigureEntry)
    area_wide = fields.Nested(FigureEntry, metadata={"description": f"States live in {_ENOUGH}"})
    difference = fields.Integer(
        allow_none=True,
        metadata={"description": "States that only the first counts; null where a figure is undefined"},
    )


class SizeClassesBody(ReadyAnswerBody):
    """The rate by size class."""

    items = fields.List(fields.Nested(SizeClassEntry))


class JoinedStatesBody(ReadyAnswerBody):
    """Which states joined a service."""

    items = fields.List(fields.Nested(JoinedStateEntry))


class ReusingStatesBody(ReadyAnswerBody):
    """How many states reuse so many services."""

    items = fields.List(fields.Nested(ReusingStateEntry))


class OnlineInStateBody(ReadyAnswerBody):
    """What is online in a state, beside what the dashboard says."""

    counts = fields.List(fields.Nested(KindOfCount))
    maturity = fields.List(fields.Nested(MaturityCount))
    comparison = fields.Nested(ComparisonEntry)
    items = fields.List(fields.Nested(OnlineServiceEntry))


class PaidServicesBody(ReadyAnswerBody):
    """Services that a state has joined and hardly uses."""

    items = fields.List(fields.Nested(PaidServiceEntry))


class NearlyAreaWideBody(ReadyAnswerBody):
    """Services that lack few authorities in a state."""

    items = fields.List(fields.Nested(NearlyAreaWideEntry))


class PlannedGoLivesBody(ReadyAnswerBody):
    """Planned go-lives by quarter."""

    items = fields.List(fields.Nested(PlannedQuarterEntry))


class OneOrAllBody(ReadyAnswerBody):
    """In at least one authority against area-wide."""

    items = fields.List(fields.Nested(OneOrAllEntry))


class SizeClassesQuery(ReadyQuery, ChosenServices):
    """All services together, each, or each theme field."""

    rows = Choice(LINES, load_default=TOGETHER)
    unit = Choice((Unit.AUTHORITIES, Unit.POPULATION), metadata={"description": "What is counted"})


class JoinedStatesQuery(ReadyQuery):
    """Which service."""

    service = Text(high=80, required=True, metadata={"description": "Id of the service"})


class ReusingStatesQuery(ReadyQuery, ChosenServices):
    """The threshold."""

    at_least = WholeNumber(1, MAX_AT_LEAST, load_default=AT_LEAST)


class OnlineInStateQuery(ReadyQuery):
    """Which state."""

    state = Text(high=2, required=True, metadata={"description": "Key of the state, two digits"})


class PaidServicesQuery(ReadyQuery, ChosenServices):
    """Which state, and the threshold."""

    state = Text(high=2, required=True, metadata={"description": "Key of the state, two digits"})
    below = Share(load_default=BELOW, metadata={"description": "The share of live authorities to stay below"})


class NearlyAreaWideQuery(ReadyQuery, ChosenServices):
    """How many may be missing."""

    missing = WholeNumber(1, MAX_MISSING, load_default=MISSING)
    state = Text(high=2, metadata={"description": "Key of a state: only there"})


class PlannedGoLivesQuery(ReadyQuery, ChosenServices):
    """Where."""

    state = Text(high=2, metadata={"description": "Key of a state: only there"})


class OneOrAllQuery(ReadyQuery, ChosenServices):
    """Which services."""


def online_body(answer: "OnlineInState", link: str) -> dict[str, object]:
    """Make the answer of what is online in a state."""
    told = answer.comparison
    comparison = {name: getattr(told, name) for name in ComparisonEntry().fields}
    return {
        **ready_body(answer, link),
        "counts": kinds_of_count(answer.statistics),
        "maturity": maturity_counts(answer.statistics),
        "comparison": comparison | {"read_on": day(told.read_on)},
    }
