"""``/statistics/questions``: questions with a ready answer, each under an address of its own."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response

from marketplace.actions.paging import Page
from marketplace.actions.ready_questions import (
    ReadyAnswer,
    joined_states,
    nearly_area_wide,
    one_or_all,
    online_in_state,
    paid_services,
    planned_go_lives,
    reusing_states,
    size_classes,
)
from marketplace.actions.ready_questions.tables import ready_table
from marketplace.actions.reuse_overview import OverviewFilter
from marketplace.api.answers import answer, answer_page, answer_table, wanted_format, whole_address
from marketplace.api.contract import PREFIX, Resource
from marketplace.api.paging import page_request
from marketplace.api.schemas import ready_answers as schemas
from marketplace.api.schemas.base import PageQuery
from marketplace.api.schemas.ready_questions import QuestionList, question_body, ready_body, ready_link
from marketplace.domain import ready_questions
from marketplace.domain.access import Action
from marketplace.http import context

blueprint = Resource(
    "ready-questions", __name__, url_prefix=PREFIX, description="Questions with a ready answer"
)
PATH = "/statistics/questions"
OPTIONS: dict[str, Any] = {"action": Action.READ_PUBLIC, "kept": True, "table": True}


def _times(query: Mapping[str, Any]) -> dict[str, Any]:
    return {"as_of": query.get("as_of"), "known_at": query.get("known_at")}


def _pinned(query: Mapping[str, Any]) -> dict[str, Any]:
    return {"rules": tuple(query.get("rule") or ()), **_times(query)}


def _chosen(query: Mapping[str, Any]) -> OverviewFilter:
    return OverviewFilter(
        theme_field=query.get("theme_field") or [], lead_state=query.get("lead_state") or []
    )


def _answered(
    query: Mapping[str, Any],
    found: ReadyAnswer[Any],
    body: Callable[[Any, str], object] = ready_body,
) -> Response:
    form, link = wanted_format(query), ready_link(f"{PREFIX}{PATH}/{found.question.id}", found)
    return (
        answer(body(found, link))
        if form == "json"
        else answer_table(ready_table(found, whole_address(link)), form)
    )


@blueprint.operation(
    PATH, action=Action.READ_PUBLIC, answer=QuestionList, query=PageQuery, paged=True, kept=True
)
def list_questions(query: Mapping[str, Any]) -> Response:
    """List the questions that have a ready answer, with the rules they stand on and where they are answered."""
    wanted, questions = page_request(query), ready_questions.READY_QUESTIONS
    items = questions[wanted.offset : wanted.offset + wanted.page_size]
    return answer_page(
        Page(items, len(questions), wanted.page, wanted.page_size),
        lambda one: question_body(one, f"{PREFIX}{PATH}/{one.id}"),
        query,
    )


@blueprint.operation(
    f"{PATH}/{ready_questions.SIZE_CLASSES.id}",
    answer=schemas.SizeClassesBody, query=schemas.SizeClassesQuery, errors=(406,), **OPTIONS,
)  # fmt: skip
def read_size_classes(query: Mapping[str, Any]) -> Response:
    """Answer how reuse depends on the size of the municipality: all services together, each, or each theme field."""
    found = size_classes(
        context(), _chosen(query), rows=query["rows"], rules=_pinned(query)["rules"], unit=query.get("unit"), **_times(query)
    )  # fmt: skip
    return _answered(query, found)


@blueprint.operation(
    f"{PATH}/{ready_questions.JOINED_STATES.id}",
    answer=schemas.JoinedStatesBody, query=schemas.JoinedStatesQuery, errors=(404, 406), **OPTIONS,
)  # fmt: skip
def read_joined_states(query: Mapping[str, Any]) -> Response:
    """Answer which states joined a service, from when until when; a state that left and came back has two entries."""
    return _answered(query, joined_states(context(), query["service"], **_pinned(query)))


@blueprint.operation(
    f"{PATH}/{ready_questions.REUSING_STATES.id}",
    answer=schemas.ReusingStatesBody, query=schemas.ReusingStatesQuery, errors=(406,), **OPTIONS,
)  # fmt: skip
def read_reusing_states(query: Mapping[str, Any]) -> Response:
    """Answer how many states reuse at least so many of the services that the filters leave.

    `rule` may be any rule that counts states. What a state has developed itself is no reuse and stands beside, like what
    is of an unknown lead state; the interval says how many states might reach the threshold.
    """
    found = reusing_states(context(), _chosen(query), at_least=query["at_least"], **_pinned(query))
    return _answered(query, found)


@blueprint.operation(
    f"{PATH}/{ready_questions.ONLINE_IN_STATE.id}",
    answer=schemas.OnlineInStateBody, query=schemas.OnlineInStateQuery, errors=(404, 406), **OPTIONS,
)  # fmt: skip
def read_online_in_state(query: Mapping[str, Any]) -> Response:
    """Answer what is online in a state, by whose it is and by maturity, and why the federal dashboard says something else.

    `comparison` holds both counts and the difference in words; `items` are the services that at least one of both says.
    """
    return _answered(query, online_in_state(context(), query["state"], **_pinned(query)), schemas.online_body)


@blueprint.operation(
    f"{PATH}/{ready_questions.PAID_SERVICES.id}",
    answer=schemas.PaidServicesBody, query=schemas.PaidServicesQuery, errors=(404, 406), **OPTIONS,
)  # fmt: skip
def read_paid_services(query: Mapping[str, Any]) -> Response:
    """Answer which services a state has joined for all its authorities of which hardly any is live."""
    found = paid_services(context(), query["state"], _chosen(query), below=query["below"], **_pinned(query))
    return _answered(query, found)


@blueprint.operation(
    f"{PATH}/{ready_questions.NEARLY_AREA_WIDE.id}",
    answer=schemas.NearlyAreaWideBody, query=schemas.NearlyAreaWideQuery, errors=(404, 406), **OPTIONS,
)  # fmt: skip
def read_nearly_area_wide(query: Mapping[str, Any]) -> Response:
    """Answer which services lack few authorities in a state to be area-wide, and which; states that have not begun are left out."""
    found = nearly_area_wide(
        context(), _chosen(query), missing=query["missing"], state=query.get("state"), **_pinned(query)
    )
    return _answered(query, found)


@blueprint.operation(
    f"{PATH}/{ready_questions.PLANNED_GO_LIVES.id}",
    answer=schemas.PlannedGoLivesBody, query=schemas.PlannedGoLivesQuery, errors=(404, 406), **OPTIONS,
)  # fmt: skip
def read_planned_go_lives(query: Mapping[str, Any]) -> Response:
    """Answer how many authorities plan to go live in which quarter, of those that are not live yet."""
    found = planned_go_lives(context(), _chosen(query), state=query.get("state"), **_pinned(query))
    return _answered(query, found)


@blueprint.operation(
    f"{PATH}/{ready_questions.ONE_OR_ALL.id}",
    answer=schemas.OneOrAllBody, query=schemas.OneOrAllQuery, errors=(406,), **OPTIONS,
)  # fmt: skip
def read_one_or_all(query: Mapping[str, Any]) -> Response:
    """Answer in how many states each service is live in at least one authority, and in how many it is area-wide by the rule."""
    return _answered(query, one_or_all(context(), _chosen(query), **_pinned(query)))
