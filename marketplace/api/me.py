"""``/me``: who the token acts as."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from marketplace.actions.people import allowed_actions, own_organisation
from marketplace.api.access import actor
from marketplace.api.answers import answer
from marketplace.api.contract import PREFIX, Resource
from marketplace.api.schemas.me import Me, me_body
from marketplace.domain.access import Action
from marketplace.http import context

blueprint = Resource("me", __name__, url_prefix=PREFIX, description="Who one is, and what one may do")


@blueprint.operation("/me", action=Action.OWN_ACCOUNT, answer=Me)
def read_me(_query: Mapping[str, Any]) -> Response:
    """Read who the token acts as: organisation, roles, what it is good for and what it may do."""
    who, organisation = own_organisation(context(), actor())
    return answer(me_body(who, organisation, allowed_actions(who)))
