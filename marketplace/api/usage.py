"""``/usage-reports`` and ``/case-numbers``: how much services are used, and how many cases there are."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from marketplace.actions.case_numbers import report_cases
from marketplace.actions.paging import Page
from marketplace.actions.recording import MAX_BATCH, EventReport
from marketplace.actions.refused_rows import record_refused_rows
from marketplace.actions.tables import plain_table
from marketplace.actions.usage import report_usage
from marketplace.actions.usage_lists import cases_of_procedure, usage_of_service
from marketplace.api.answers import FORMATS, answer, answer_table, answer_write, page_body, wanted_format
from marketplace.api.contract import PREFIX, Resource
from marketplace.api.paging import link_header, page_request
from marketplace.api.parsing import json_objects
from marketplace.api.problems import problem
from marketplace.api.schemas.adoptions import EventQuery, EventReportBody, RejectedBatch, report_body
from marketplace.api.schemas.base import instant
from marketplace.api.schemas.usage import (
    CASE_COLUMNS,
    USAGE_COLUMNS,
    CaseNumberFields,
    CaseNumberList,
    NumbersQuery,
    UsageReportFields,
    UsageReportList,
    case_body,
    usage_body,
)
from marketplace.domain.access import Action
from marketplace.http import actor, context

blueprint = Resource("usage", __name__, url_prefix=PREFIX, description="How much services are used")
REPORTS = {
    "oneOf": [
        UsageReportFields,
        {"type": "array", "items": UsageReportFields, "minItems": 1, "maxItems": MAX_BATCH},
    ]
}
NUMBERS = {
    "oneOf": [
        CaseNumberFields,
        {"type": "array", "items": CaseNumberFields, "minItems": 1, "maxItems": MAX_BATCH},
    ]
}


@blueprint.operation(
    "/usage-reports",
    method="POST",
    action=Action.REPORT_USAGE,
    answer=EventReportBody,
    query=EventQuery,
    body=REPORTS,
    created=True,
    rejected=RejectedBatch,
)
def report_service_usage(query: Mapping[str, Any]) -> Response:
    """Report how many cases authorities had in a month: one report, or a list of at most 5,000; all or none.

    Cases above zero prove that the authority was live in that month: the adoption event that says so is recorded with
    them, and is the row's `id`. Zero says nothing. The same numbers again are unchanged, others correct them.
    """
    batch = json_objects(MAX_BATCH)
    report = report_usage(context(), actor(), batch, dry_run=query["dry_run"])
    record_refused_rows(context(), actor(), Action.REPORT_USAGE, report)
    return _reported(report)


@blueprint.operation(
    "/case-numbers",
    method="POST",
    action=Action.REPORT_CASES,
    answer=EventReportBody,
    query=EventQuery,
    body=NUMBERS,
    created=True,
    rejected=RejectedBatch,
)
def report_case_numbers(query: Mapping[str, Any]) -> Response:
    """Report how many cases of a procedure a region had in a year: one number, or a list of at most 5,000; all or none."""
    batch = json_objects(MAX_BATCH)
    report = report_cases(context(), actor(), batch, dry_run=query["dry_run"])
    record_refused_rows(context(), actor(), Action.REPORT_CASES, report)
    return _reported(report)


@blueprint.operation(
    "/services/<service_id>/usage",
    action=Action.READ_PUBLIC,
    answer=UsageReportList,
    query=NumbersQuery,
    kept=True,
    paged=True,
    table=True,
    errors=(404, 406),
)
def list_service_usage(query: Mapping[str, Any], service_id: str) -> Response:
    """List the usage reports of a service, the latest month first, each with its source."""
    read = usage_of_service(context(), service_id, page_request(query), query.get("known_at"))
    body = {**page_body(read.page, usage_body), "known_at": instant(read.known_at)}
    return _page_or_table(query, read.page, body, f"usage-{service_id}", USAGE_COLUMNS)


@blueprint.operation(
    "/procedures/<leika_key>/cases",
    action=Action.READ_PUBLIC,
    answer=CaseNumberList,
    query=NumbersQuery,
    kept=True,
    paged=True,
    table=True,
    errors=(404, 406),
)
def list_procedure_cases(query: Mapping[str, Any], leika_key: str) -> Response:
    """List the case numbers of a procedure, the latest year first, each with its source."""
    read = cases_of_procedure(context(), leika_key, page_request(query), query.get("known_at"))
    body = {**page_body(read.page, case_body), "known_at": instant(read.known_at)}
    return _page_or_table(query, read.page, body, f"cases-{leika_key}", CASE_COLUMNS)


def _reported(report: EventReport) -> Response:
    """Answer what became of a batch."""
    rejected = report.count("rejected")
    if rejected:
        detail = f"{rejected} of {len(report.rows)} rows are rejected; `rows` names field and rule."
        return problem(422, "rejected-rows", detail, more=report_body(report))
    return answer_write(report_body(report), 201 if report.written else 200)


def _page_or_table(
    query: Mapping[str, Any], page: Page[Any], body: dict[str, object], name: str, columns: tuple[str, ...]
) -> Response:
    form = wanted_format(query, FORMATS)
    items: Any = body["items"]
    response = answer(body) if form == "json" else answer_table(plain_table(name, columns, items), form)
    response.headers["Link"] = link_header(page.page, page.pages)
    return response
