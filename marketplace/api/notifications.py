"""``/notifications``: the inbox of the person who made the token."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from marketplace.actions.inbox import InboxFilter, mark_read, read_inbox
from marketplace.api.answers import answer, answer_write
from marketplace.api.contract import PREFIX, Resource
from marketplace.api.paging import link_header, page_request
from marketplace.api.parsing import json_object
from marketplace.api.schemas.notifications import (
    NotificationList,
    NotificationsQuery,
    ReadAnswer,
    ReadFields,
    inbox_body,
)
from marketplace.domain.access import Action
from marketplace.domain.change import MessageKind
from marketplace.http import actor, context

blueprint = Resource("notifications", __name__, url_prefix=PREFIX, description="What one was told")


@blueprint.operation(
    "/notifications",
    action=Action.OWN_ACCOUNT,
    answer=NotificationList,
    query=NotificationsQuery,
    paged=True,
)
def list_notifications(query: Mapping[str, Any]) -> Response:
    """List the messages of the person who made the token, the one that tells of the latest change first.

    What was told because of another organisation than the token's is left out. A token made by an operator on the
    command line has no person behind it and no inbox (403): an organisation's machines are told by webhook.
    """
    found = read_inbox(
        context(),
        actor(),
        InboxFilter(bool(query.get("unread")), frozenset(map(MessageKind, query.get("kind", ())))),
        page_request(query),
        query["lang"],
        context().settings.base_url,
    )
    response = answer(inbox_body(found, context().settings.base_url))
    response.headers["Link"] = link_header(found.page.page, found.page.pages)
    return response


@blueprint.operation(
    "/notifications/read", method="POST", action=Action.FOLLOW, answer=ReadAnswer, body=ReadFields
)
def mark_notifications_read(query: Mapping[str, Any]) -> Response:
    """Mark messages as read: some by their `ids`, or all `until_position`, which leaves what came meanwhile unread."""
    del query
    done = mark_read(context(), actor(), Action.FOLLOW, json_object())
    return answer_write({"marked": done.marked, "unread": done.unread}, 200)
