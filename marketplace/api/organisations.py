"""``/organisations/{id}``: one organisation, read by all, kept by operators."""

from collections.abc import Collection, Mapping
from typing import Any

import orjson
from flask import Response

from marketplace.actions.catalogue import OrganisationDetail, get_organisation
from marketplace.actions.organisations import put_organisation
from marketplace.api.answers import JSON, answer_bytes
from marketplace.api.contract import IF_MATCH, PREFIX, Resource
from marketplace.api.etags import expected_tags, tag_of_bytes
from marketplace.api.parsing import json_object
from marketplace.api.schemas.catalogue import organisation_body
from marketplace.api.schemas.organisations import OrganisationFields, OrganisationWhole
from marketplace.domain.access import Action
from marketplace.http import actor, context

blueprint = Resource("organisations", __name__, url_prefix=PREFIX, description="Organisations one by one")


@blueprint.operation(
    "/organisations/<organisation_id>", action=Action.READ_PUBLIC, answer=OrganisationWhole, errors=(404,)
)
def read_organisation(query: Mapping[str, Any], organisation_id: str) -> Response:
    """Read an organisation with what it publishes and supplies; `merged_into` is where it went, if it did."""
    del query
    return _whole(get_organisation(context(), organisation_id, actor()))


@blueprint.operation(
    "/organisations/<organisation_id>",
    method="PUT",
    action=Action.MANAGE_ORGANISATIONS,
    answer=OrganisationWhole,
    body=OrganisationFields,
    created=True,
    errors=(409, 412, 428),
    parameters=(IF_MATCH,),
)
def put_one_organisation(query: Mapping[str, Any], organisation_id: str) -> Response:
    """Add an organisation, or replace all that it says; `If-Match` is needed where it exists.

    409 where it went into another one.
    """
    del query
    written = put_organisation(context(), actor(), organisation_id, json_object(), _expected())
    response = _whole(get_organisation(context(), organisation_id, actor()), 201 if written.created else 200)
    if written.created:
        response.headers["Location"] = f"{PREFIX}/organisations/{organisation_id}"
    return response


def _expected() -> Collection[str] | None:
    """A tag begins with that of the fields; what the organisation publishes comes after it and is not compared."""
    tags = expected_tags("organisation")
    return None if tags is None else [tag.partition("-")[0] for tag in tags]


def _whole(detail: OrganisationDetail, status: int = 200) -> Response:
    content = orjson.dumps(
        {
            **organisation_body(detail.organisation),
            "authorities": list(detail.fields.authorities),
            "own_review": detail.organisation.own_review,
            "merged_into": detail.merged_into,
            "publishes": [service.id for service in detail.services],
            "supplies": list(dict.fromkeys(offer.service.id for offer in detail.offers)),
        }
    )
    return answer_bytes(content, JSON, f"{detail.fields.tag}-{tag_of_bytes(content)}", status)
