"""The inbox: what one was told, read or not."""

from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from marketplace.actions.inbox import MOST_COUNTED, InboxFilter, mark_read, read_inbox
from marketplace.domain.access import Action
from marketplace.domain.change import MessageKind
from marketplace.errors import InvalidInput
from marketplace.http import actor, context, needs
from marketplace.web import language, queries
from marketplace.web.blueprint import web
from marketplace.web.links import local_target
from marketplace.web.message_words import MESSAGE_KINDS

PAGE_SIZE = 25
_LONGEST_NUMBER = 18


@web.get("/nachrichten")
@needs(Action.OWN_ACCOUNT)
def inbox() -> str:
    """List the own messages, all or those not read yet."""
    kind, unread = queries.text_of("kind"), queries.truth_of("unread")
    if kind and kind not in set(MessageKind):
        raise InvalidInput.one("kind", "choice", "is no kind of message")
    kinds = frozenset({MessageKind(kind)} if kind else ())
    found = read_inbox(
        context(),
        actor(),
        InboxFilter(unread, kinds),
        queries.page_request(size=PAGE_SIZE),
        language.language(),
        "",
    )
    return render_template(
        "inbox.html",
        inbox=found,
        kinds=MESSAGE_KINDS,
        chosen=kind,
        unread_only=unread,
        most_counted=MOST_COUNTED,
        newest=max((one.message.position for one in found.page.items), default=None),
    )


@web.post("/nachrichten/gelesen")
@needs(Action.OWN_ACCOUNT)
def mark_messages_read() -> Response:
    """Mark one message as read, or all up to the latest that was shown; then back to the list."""
    fields: dict[str, Any] = {}
    if request.form.get("id"):
        fields["ids"] = [_number("id")]
    if request.form.get("until_position"):
        fields["until_position"] = _number("until_position")
    mark_read(context(), actor(), Action.OWN_ACCOUNT, fields)
    return redirect(local_target(request.form.get("next") or url_for("web.inbox")), 303)


def _number(name: str) -> int:
    text = request.form[name]
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER):
        raise InvalidInput.one(name, "integer", "must be a whole number")
    return int(text)
