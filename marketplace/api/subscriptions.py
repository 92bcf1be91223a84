"""``/subscriptions``: what an organisation follows. What people follow for themselves is theirs: pages alone show it."""

from collections.abc import Mapping
from typing import Any

import orjson
from flask import Response

from marketplace.actions.service_writing import ANY_VERSION
from marketplace.actions.subscriptions import (
    Shown,
    choose,
    end,
    get_subscription,
    list_subscriptions,
    subscribe,
)
from marketplace.api.answers import JSON, answer_bytes, answer_page
from marketplace.api.contract import IF_MATCH, PREFIX, Resource
from marketplace.api.etags import expected_version, tag_of_bytes
from marketplace.api.paging import page_request
from marketplace.api.parsing import MERGE_PATCH, json_object
from marketplace.api.schemas.base import PageQuery
from marketplace.api.schemas.subscriptions import (
    SubscriptionChoice,
    SubscriptionEntry,
    SubscriptionFields,
    SubscriptionList,
    subscription_body,
)
from marketplace.domain.access import Action
from marketplace.errors import NotFound
from marketplace.http import actor, context

blueprint = Resource(
    "subscriptions", __name__, url_prefix=PREFIX, description="What your organisation follows and is told of"
)


@blueprint.operation(
    "/subscriptions", action=Action.OWN_ACCOUNT, answer=SubscriptionList, query=PageQuery, paged=True
)
def list_own_subscriptions(query: Mapping[str, Any]) -> Response:
    """List what your organisation follows, in the order in which it was asked for."""
    page = list_subscriptions(context(), actor(), page_request(query), organisation=True)
    return answer_page(page, subscription_body, query)


@blueprint.operation(
    "/subscriptions",
    method="POST",
    action=Action.FOLLOW,
    answer=SubscriptionEntry,
    body=SubscriptionFields,
    always_created=True,
    errors=(409,),
)
def follow(query: Mapping[str, Any]) -> Response:
    """Follow a service, publisher, theme field, bundle, procedure, region, search or figure for your organisation.

    `own` with your organisation's id says what its members are told of its own matters: claims that wait for it or are
    answered, records about to turn stale. At most 500 subscriptions. 409 where it is followed already.
    """
    del query
    made = subscribe(context(), actor(), json_object(), organisation=True)
    response = _entry(made, 201)
    response.headers["Location"] = f"{PREFIX}/subscriptions/{made.subscription.id}"
    return response


@blueprint.operation(
    "/subscriptions/<subscription_id>", action=Action.OWN_ACCOUNT, answer=SubscriptionEntry, errors=(404,)
)
def read_subscription(query: Mapping[str, Any], subscription_id: str) -> Response:
    """Read a subscription of your organisation."""
    del query
    return _entry(get_subscription(context(), actor(), subscription_id))


@blueprint.operation(
    "/subscriptions/<subscription_id>",
    method="PATCH",
    action=Action.FOLLOW,
    answer=SubscriptionEntry,
    body=SubscriptionChoice,
    errors=(404, 412, 428),
    parameters=(IF_MATCH,),
)
def patch_subscription(query: Mapping[str, Any], subscription_id: str) -> Response:
    """Choose anew what is told, and when; what is left out stays."""
    del query
    fields, expected = json_object(MERGE_PATCH), _expected(subscription_id)
    return _entry(choose(context(), actor(), subscription_id, fields, expected))


@blueprint.operation(
    "/subscriptions/<subscription_id>",
    method="DELETE",
    action=Action.FOLLOW,
    answer=None,
    errors=(404, 412),
)
def end_subscription(query: Mapping[str, Any], subscription_id: str) -> Response:
    """End a subscription; `If-Match` may name the version that you mean."""
    del query
    expected = _expected(subscription_id)
    end(context(), actor(), subscription_id, ANY_VERSION if expected is None else expected)
    response = Response(status=204)
    response.headers["Cache-Control"] = "no-store"
    return response


def _expected(subscription_id: str) -> int | None:
    return expected_version(lambda: _stored_version(subscription_id), "subscription")


def _stored_version(subscription_id: str) -> int | None:
    try:
        return get_subscription(context(), actor(), subscription_id).subscription.version
    except NotFound:
        return None


def _entry(shown: Shown, status: int = 200) -> Response:
    content = orjson.dumps(subscription_body(shown))
    return answer_bytes(content, JSON, f"{shown.subscription.version}-{tag_of_bytes(content)}", status)
