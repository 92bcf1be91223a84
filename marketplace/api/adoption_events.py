"""``/adoption-events``: recording what authorities have adopted, and the ledger of a service."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from marketplace.actions.adoptions import events_of_service
from marketplace.actions.organisation_merging import acting_successor
from marketplace.actions.recording import MAX_BATCH, record_events
from marketplace.actions.refused_rows import record_refused_rows
from marketplace.actions.services import get_service
from marketplace.actions.tables import plain_table
from marketplace.api.answers import answer_page, answer_write
from marketplace.api.contract import PREFIX, Resource
from marketplace.api.ledger_line import LedgerLine
from marketplace.api.paging import page_request
from marketplace.api.parsing import json_objects
from marketplace.api.problems import problem
from marketplace.api.schemas.adoptions import (
    EVENT_FIELDS,
    AdoptionEventFields,
    EventList,
    EventQuery,
    EventReportBody,
    RejectedBatch,
    event_body,
    report_body,
)
from marketplace.api.schemas.base import TableQuery
from marketplace.domain.access import Action, Role, may_read_reason
from marketplace.errors import Gone, NotFound
from marketplace.http import actor, context

blueprint = Resource(
    "adoption-events", __name__, url_prefix=PREFIX, description="The append-only ledger of adoptions"
)
REPORT = {
    "accepted": 1,
    "unchanged": 1,
    "rejected": 0,
    "dry_run": False,
    "rows": [
        {"row": 1, "outcome": "accepted", "id": 4711, "claim": False, "errors": []},
        {"row": 2, "outcome": "unchanged", "id": 4690, "claim": False, "errors": []},
    ],
}
BATCH = {
    "oneOf": [
        AdoptionEventFields,
        {"type": "array", "items": AdoptionEventFields, "minItems": 1, "maxItems": MAX_BATCH},
    ]
}


@blueprint.operation(
    "/adoption-events",
    method="POST",
    action=Action.RECORD_ADOPTION,
    answer=EventReportBody,
    query=EventQuery,
    body=BATCH,
    created=True,
    rejected=RejectedBatch,
    errors=(409,),
    example=REPORT,
)
def record_adoption_events(query: Mapping[str, Any]) -> Response:
    """Record one adoption event, or a list of at most 5,000: all of them or none.

    201 where something was written, 200 where nothing was new or on a dry run, 422 with the rows where one is
    rejected, 409 where somebody else corrected or answered an event first. The same `source` and `ref`, or the same content without `ref`, is unchanged, so that a batch can be
    sent again. What was taken out by a correction and has no `ref` is a new event when it is sent again. A provider's
    event without a proof that others can look up (`proof_url`) is a claim, recorded without proof: it waits in the
    authority's inbox.

    What is adopted of a part is recorded for its whole and named in `parts`, by whoever executes all the parts that it
    names, the whole itself or not.
    """
    report = record_events(context(), actor(), json_objects(MAX_BATCH), dry_run=query["dry_run"])
    record_refused_rows(context(), actor(), Action.RECORD_ADOPTION, report)
    rejected = report.count("rejected")
    if rejected:
        detail = f"{rejected} of {len(report.rows)} rows are rejected; `rows` names field and rule."
        status, kind = 422, "rejected-rows"
        if report.conflict is not None:
            status, kind, detail = 409, "conflict", f"{report.conflict}; {detail}"
        return problem(status, kind, detail, more=report_body(report))
    return answer_write(report_body(report), 201 if report.written else 200)


@blueprint.operation(
    "/services/<service_id>/adoption-events",
    action=Action.READ_PUBLIC,
    answer=EventList,
    query=TableQuery,
    paged=True,
    table=True,
    errors=(404, 406),
)
def list_adoption_events(query: Mapping[str, Any], service_id: str) -> Response:
    """List the ledger of a service, newest first.

    Why an authority declined is seen by the parties and policy staff only.
    """
    page = events_of_service(context(), service_id, page_request(query))
    publisher, own = _publisher(service_id), acting_successor(context(), actor())

    def body(event: LedgerLine) -> dict[str, object]:
        recorded_by = own.in_place_of(event.organisation_id)
        may = may_read_reason(actor(), publisher, event.authority_key, recorded_by)
        return event_body(event, with_reason=may)

    return answer_page(
        page,
        body,
        query,
        lambda items: plain_table(
            f"adoption-events-{service_id}", EVENT_FIELDS, [body(item) for item in items]
        ),
    )


def _publisher(service_id: str) -> str | None:
    """Return whose service it is, asked only where the answer depends on it."""
    who = actor()
    if who is None or Role.PUBLISHER not in who.roles:
        return None
    try:
        return get_service(context(), service_id, who).service.publisher
    except (NotFound, Gone):
        return None
