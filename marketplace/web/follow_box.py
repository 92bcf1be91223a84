"""The follow button: beside everything that can be followed, with the other ways to be told."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from flask import url_for

from marketplace.actions import catalogue, following
from marketplace.actions.following import Standing
from marketplace.domain.access import Action, decide
from marketplace.domain.followed import DETAILED, FollowedKind
from marketplace.domain.subscription import read_subscription
from marketplace.errors import InvalidInput
from marketplace.http import actor, context
from marketplace.web.blueprint import web
from marketplace.web.feed_links import figure_feed, own_feed
from marketplace.web.links import asked_from, with_query


@dataclass(frozen=True, slots=True)
class FollowBox:
    """How one can be told of what a page shows.

    ``fields`` are those of the form that follows. ``standing``: what is followed already; not asked of searches, whose
    pages must stay quick, nor of figures, told apart by a threshold that comes later: there the click leads to it.
    ``by_mail``, ``feed`` and ``sign_in`` are addresses, None where there is no such way.
    """

    fields: Mapping[str, str]
    standing: Standing
    can_follow: bool
    by_mail: str | None
    feed: str | None
    sign_in: str | None


@web.app_template_global()
def follow_box(
    followed: str, object_id: str | None = None, detail: Mapping[str, Any] | None = None
) -> FollowBox | None:
    """Return how one can be told of an object, or of the search or figure that ``detail`` names; None: not at all."""
    ctx, who = context(), actor()
    asked: dict[str, Any] = {"followed": followed, "object": object_id, "detail": detail}
    fields = {name: value for name, value in asked.items() if value is not None}
    try:
        wish = read_subscription(fields)
    except InvalidInput:
        return None
    if detail is not None:
        fields["detail"] = orjson.dumps(detail).decode()
    can_follow = decide(who, Action.FOLLOW).allowed
    is_figure = wish.followed is FollowedKind.FIGURE
    mails = ctx.settings.mail_is_set_up
    may_sign_in = who is None and (ctx.settings.demo or ctx.settings.has_openid)
    return FollowBox(
        fields=fields,
        standing=(
            Standing()
            if wish.followed in DETAILED
            else following.standing(ctx, who, wish.followed, wish.object_id)
        ),
        can_follow=can_follow,
        by_mail=with_query("/abonnieren/mail", **fields) if mails and not can_follow else None,
        feed=figure_feed(detail or {}) if is_figure else own_feed(),
        sign_in=url_for("web.sign_in", next=asked_from()) if may_sign_in and not mails else None,
    )


@web.app_template_global()
def figure_states() -> Mapping[str, str]:
    """Return the states whose figures can be followed, by key."""
    return catalogue.state_names(context())
