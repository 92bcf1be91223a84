"""``/authorities``: who executes, one by one."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from marketplace.actions.authority_detail import get_authority
from marketplace.api.answers import answer
from marketplace.api.contract import PREFIX, Resource
from marketplace.api.schemas.authorities import AuthorityQuery, AuthorityWhole, authority_body
from marketplace.domain.access import Action
from marketplace.http import context

blueprint = Resource("authorities", __name__, url_prefix=PREFIX, description="Who executes")


@blueprint.operation(
    "/authorities/<authority_key>",
    action=Action.READ_PUBLIC,
    answer=AuthorityWhole,
    query=AuthorityQuery,
    errors=(404,),
)
def read_authority(query: Mapping[str, Any], authority_key: str) -> Response:
    """Read an authority with its IT provider and specialist systems, each with its source.

    By its own key (a Bezirksamt, a Jobcenter), or by the key, AGS or ARS of its region.
    """
    detail = get_authority(context(), authority_key, as_of=query.get("as_of"), known_at=query.get("known_at"))
    return answer(authority_body(detail))
