"""Who is eligible for a service, who has adopted it, and what stands in force in a region."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response

from marketplace.actions.adoptions import adoptions_of_region, adoptions_of_service
from marketplace.actions.eligible_authorities import eligible_authorities
from marketplace.actions.paging import Page
from marketplace.actions.tables import plain_table
from marketplace.api.answers import FORMATS, answer, answer_table, page_body, wanted_format
from marketplace.api.contract import PREFIX, Resource
from marketplace.api.paging import link_header, page_request
from marketplace.api.schemas.adoptions import (
    ADOPTION_FIELDS,
    AdoptionList,
    AdoptionQuery,
    RegionAdoptionList,
    adoption_body,
    standing_body,
    times_body,
)
from marketplace.api.schemas.base import AtTimes
from marketplace.api.schemas.eligible import (
    AUTHORITY_FIELDS,
    EligibleList,
    EligibleQuery,
    denominator_body,
    eligible_body,
)
from marketplace.api.schemas.regions import named
from marketplace.domain.access import Action
from marketplace.domain.adoption import Status
from marketplace.http import context

blueprint = Resource("adoptions", __name__, url_prefix=PREFIX, description="Who has adopted what")


@blueprint.operation(
    "/services/<service_id>/adoptions",
    action=Action.READ_PUBLIC,
    answer=AdoptionList,
    query=AdoptionQuery,
    kept=True,
    paged=True,
    table=True,
    errors=(404, 406),
)
def list_service_adoptions(query: Mapping[str, Any], service_id: str) -> Response:
    """List what is in force for a service's eligible authorities on a day, as it was known.

    Authorities without a record are not listed: they are unknown, which is not no.
    """
    status = query.get("status")
    read = adoptions_of_service(
        context(),
        service_id,
        page_request(query),
        as_of=query.get("as_of"),
        known_at=query.get("known_at"),
        status=Status(status) if status else None,
        state=query.get("state"),
    )
    body = {**page_body(read.page, adoption_body), **times_body(read)}
    return _page_or_table(query, read.page, body, f"adoptions-{service_id}", ADOPTION_FIELDS)


@blueprint.operation(
    "/services/<service_id>/authorities",
    action=Action.READ_PUBLIC,
    answer=EligibleList,
    query=EligibleQuery,
    kept=True,
    paged=True,
    table=True,
    errors=(404, 406),
)
def list_service_authorities(query: Mapping[str, Any], service_id: str) -> Response:
    """List who is eligible for a service on a day, with the reason: the denominator of its figures."""
    read = eligible_authorities(
        context(),
        service_id,
        page_request(query),
        as_of=query.get("as_of"),
        known_at=query.get("known_at"),
        state=query.get("state"),
    )
    body = {**page_body(read.page, eligible_body), **denominator_body(read)}
    return _page_or_table(query, read.page, body, f"authorities-{service_id}", AUTHORITY_FIELDS)


@blueprint.operation(
    "/regions/<key>/adoptions",
    action=Action.READ_PUBLIC,
    answer=RegionAdoptionList,
    query=AtTimes,
    kept=True,
    errors=(404,),
)
def list_region_adoptions(query: Mapping[str, Any], key: str) -> Response:
    """List how every published service stands in a region (key, AGS or ARS)."""
    read = adoptions_of_region(context(), key, as_of=query.get("as_of"), known_at=query.get("known_at"))
    return answer(
        {
            "region": named(read.region),
            "items": [standing_body(standing) for standing in read.standings],
            "total": len(read.standings),
            **times_body(read),
        }
    )


def _page_or_table(
    query: Mapping[str, Any], page: Page[Any], body: Mapping[str, Any], name: str, fields: Sequence[str]
) -> Response:
    """Answer a page as JSON, or its items as the table of these fields, whichever was asked for."""
    form = wanted_format(query, FORMATS)
    response = (
        answer(dict(body)) if form == "json" else answer_table(plain_table(name, fields, body["items"]), form)
    )
    response.headers["Link"] = link_header(page.page, page.pages)
    return response
