"""Pages of the questions with a ready answer: an overview, and one page and one table for each."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, render_template, url_for

from marketplace.actions import catalogue
from marketplace.actions import ready_questions as answers
from marketplace.actions.context import Context
from marketplace.actions.ready_questions import choices
from marketplace.actions.ready_questions.nearly_area_wide import MISSING
from marketplace.actions.ready_questions.paid_services import BELOW
from marketplace.actions.ready_questions.reusing_states import AT_LEAST
from marketplace.actions.ready_questions.size_classes import TOGETHER
from marketplace.actions.ready_questions.tables import ready_table
from marketplace.actions.reuse_overview import OverviewFilter
from marketplace.domain import ready_questions as q
from marketplace.domain.access import Action
from marketplace.domain.ready_questions import (
    READY_QUESTIONS,
    ReadyQuestion,
    find_ready_question,
    ruling_on_area_wide,
)
from marketplace.domain.rule import Unit
from marketplace.errors import NotFound
from marketplace.http import context, needs
from marketplace.web import my_region, queries, ready_columns
from marketplace.web.blueprint import web
from marketplace.web.downloads import csv_file
from marketplace.web.language import language
from marketplace.web.links import absolute, with_query

Answer = answers.ReadyAnswer[Any]
SHARES = (0.05, 0.1, 0.2, 0.33, 0.5)
UNITS = (Unit.AUTHORITIES, Unit.POPULATION)


@web.get("/fragen")
@needs(Action.READ_PUBLIC)
def ready_questions() -> str:
    """List the questions that have a ready answer."""
    return render_template("questions.html", questions=READY_QUESTIONS)


@web.get("/fragen/<question_id>")
@needs(Action.READ_PUBLIC)
def ready_question(question_id: str) -> str:
    """Show a question with its answer, or ask for what it needs."""
    ctx, ready = context(), _found(question_id)
    answer = _answer(ctx, ready)
    where_area_wide = None if answer is None else _where_area_wide(answer)
    columns = ready_columns.columns_of(ready.id, where_area_wide)
    return render_template(
        "question.html",
        ready=ready,
        answer=answer,
        chosen={**_given(ready), **_numbers(ready), **(answer.asked if answer else {})},
        columns=columns,
        where_area_wide=where_area_wide,
        addresses=None if answer is None else _addresses(answer),
        rules=[] if answer is None else choices.rules_for(ctx, ready, answer.rules[0]),
        services=choices.services_to_choose_from(ctx) if "service" in ready.parameters else (),
        states=catalogue.state_names(ctx),
        theme_fields=[(one.theme_field.id, one.theme_field.name) for one in catalogue.list_theme_fields(ctx)],
        service_names=_names_of_items(ctx, columns),
        shares=SHARES,
        units=UNITS,
        words=ready_columns.WORDS,
        lines=ready_columns.LINES,
        figure_parts=ready_columns.FIGURE_PARTS,
        empty_title=ready_columns.EMPTY[ready.id],
    )


@web.get("/fragen/<question_id>.csv")
@needs(Action.READ_PUBLIC)
def ready_question_csv(question_id: str) -> Response:
    """Send the answer to a question as a table."""
    ready = _found(question_id)
    answer = _answer(context(), ready)
    if answer is None:
        raise queries.required(ready.required or "")
    return csv_file(ready_table(answer, absolute(_addresses(answer)["page"])))


def _found(question_id: str) -> ReadyQuestion:
    found = find_ready_question(question_id)
    if found is None:
        raise NotFound("question", question_id)
    return found


def _where_area_wide(answer: Answer) -> str | None:
    """Return in words what the rule of an answer calls area-wide, None where it does not tell."""
    rule = ruling_on_area_wide(answer.rules)
    if rule is None:
        return None
    return rule.where_area_wide_de if language() == "de" else rule.where_area_wide_en


def _names_of_items(ctx: Context, columns: tuple[ready_columns.Column, ...]) -> dict[str, str]:
    """Return the names of services, where rows list some by id."""
    has_items = any(column.form == "items" for column in columns)
    return dict(choices.services_to_choose_from(ctx)) if has_items else {}


def _given(ready: ReadyQuestion) -> dict[str, str]:
    """Return what the page would ask about: as in its address; without a state that of the remembered region."""
    given = {name: queries.text_of(name) for name in ready.parameters}
    if ready.required == "state" and not given["state"]:
        region = my_region.chosen()
        given["state"] = region.key[:2] if region and region.key != "00" else ""
    return given


def _numbers(ready: ReadyQuestion) -> dict[str, float]:
    """Return the numbers that the page would ask about.

    Raises:
        InvalidInput: one is none.
    """
    read: dict[str, Callable[[], float]] = {
        "at_least": lambda: queries.whole_of("at_least", AT_LEAST),
        "missing": lambda: queries.whole_of("missing", MISSING),
        "below": lambda: queries.share_of("below", BELOW),
    }
    return {name: number() for name, number in read.items() if name in ready.parameters}


def _answer(ctx: Context, ready: ReadyQuestion) -> Answer | None:
    """Answer a question as the page's address asks it; None where what it needs is not given."""
    given = _given(ready)
    if ready.required and not given[ready.required]:
        return None
    pinned: dict[str, Any] = {
        "rules": tuple(queries.texts_of("rule")),
        "as_of": queries.day_of("as_of"),
        "known_at": queries.text_of("known_at") or None,
    }
    wanted = OverviewFilter(
        lead_state=queries.texts_of("lead_state"), theme_field=queries.texts_of("theme_field")
    )
    return _ASKERS[ready.id](ctx, wanted, given, pinned)


def _size_classes(
    ctx: Context, wanted: OverviewFilter, given: Mapping[str, str], pinned: dict[str, Any]
) -> Answer:
    return answers.size_classes(
        ctx, wanted, rows=given["rows"] or TOGETHER, unit=given["unit"] or None, **pinned
    )


def _joined_states(
    ctx: Context, _: OverviewFilter, given: Mapping[str, str], pinned: dict[str, Any]
) -> Answer:
    return answers.joined_states(ctx, given["service"], **pinned)


def _reusing_states(
    ctx: Context, wanted: OverviewFilter, _: Mapping[str, str], pinned: dict[str, Any]
) -> Answer:
    return answers.reusing_states(ctx, wanted, at_least=queries.whole_of("at_least", AT_LEAST), **pinned)


def _online_in_state(
    ctx: Context, _: OverviewFilter, given: Mapping[str, str], pinned: dict[str, Any]
) -> Answer:
    return answers.online_in_state(ctx, given["state"], **pinned)


def _paid_services(
    ctx: Context, wanted: OverviewFilter, given: Mapping[str, str], pinned: dict[str, Any]
) -> Answer:
    return answers.paid_services(
        ctx, given["state"], wanted, below=queries.share_of("below", BELOW), **pinned
    )


def _nearly_area_wide(
    ctx: Context, wanted: OverviewFilter, given: Mapping[str, str], pinned: dict[str, Any]
) -> Answer:
    return answers.nearly_area_wide(
        ctx, wanted, missing=queries.whole_of("missing", MISSING), state=given["state"] or None, **pinned
    )


def _planned_go_lives(
    ctx: Context, wanted: OverviewFilter, given: Mapping[str, str], pinned: dict[str, Any]
) -> Answer:
    return answers.planned_go_lives(ctx, wanted, state=given["state"] or None, **pinned)


def _one_or_all(ctx: Context, wanted: OverviewFilter, _: Mapping[str, str], pinned: dict[str, Any]) -> Answer:
    return answers.one_or_all(ctx, wanted, **pinned)


_ASKERS: Mapping[str, Callable[[Context, OverviewFilter, Mapping[str, str], dict[str, Any]], Answer]] = {
    q.SIZE_CLASSES.id: _size_classes,
    q.JOINED_STATES.id: _joined_states,
    q.REUSING_STATES.id: _reusing_states,
    q.ONLINE_IN_STATE.id: _online_in_state,
    q.PAID_SERVICES.id: _paid_services,
    q.NEARLY_AREA_WIDE.id: _nearly_area_wide,
    q.PLANNED_GO_LIVES.id: _planned_go_lives,
    q.ONE_OR_ALL.id: _one_or_all,
}


def _addresses(answer: Answer) -> dict[str, str]:
    """Return where this answer stays: page, table, and the same for programs."""
    pinned: dict[str, Any] = {
        **answer.asked,
        "rule": [rule.name for rule in answer.rules],
        "as_of": answer.as_of.isoformat(),
        "known_at": answer.known_at.isoformat().replace("+00:00", "Z"),
    }
    name = answer.question.id
    times = {one: pinned[one] for one in ("rule", "as_of", "known_at")}
    region = f"/api/v1/statistics/regions/{answer.asked.get('state')}"
    is_of_region = isinstance(answer, answers.OnlineInState)
    return {
        "region": with_query(region, **times, format="csv") if is_of_region else "",
        "page": with_query(url_for("web.ready_question", question_id=name), **pinned),
        "csv": with_query(url_for("web.ready_question_csv", question_id=name), **pinned),
        "api": with_query(f"/api/v1/statistics/questions/{name}", **pinned),
    }
