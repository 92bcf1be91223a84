"""``/services/duplicates``: whether an entry is there already, asked before it is made."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from marketplace.actions.duplicates import likely_duplicates
from marketplace.api.answers import answer_write
from marketplace.api.contract import PREFIX, Resource
from marketplace.api.parsing import json_object
from marketplace.api.schemas.duplicates import DuplicateFields, DuplicateList, duplicate_body
from marketplace.domain.access import Action
from marketplace.http import actor, context

blueprint = Resource("duplicates", __name__, url_prefix=PREFIX, description="Likely duplicates of an entry")


@blueprint.operation(
    "/services/duplicates",
    method="POST",
    action=Action.READ_REVISION,
    answer=DuplicateList,
    body=DuplicateFields,
)
def find_duplicates(query: Mapping[str, Any]) -> Response:
    """Find entries that are likely the same service as one that is to be made.

    The same service by two routes is one entry with two offers. Names are compared by trigrams, beside them LeiKa
    keys, OZG ids and the lead state. Drafts of other organisations are not among them.
    """
    del query
    found = likely_duplicates(context(), actor(), json_object())
    return answer_write({"items": [duplicate_body(one) for one in found]}, 200)
