"""Subscriptions: one's own and the organisation's; what of each is told, and when; how mails go out."""

from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from marketplace.actions import follower_settings, following, subscriptions
from marketplace.actions.subscriptions import Shown
from marketplace.domain.access import Action
from marketplace.domain.change import Rhythm
from marketplace.domain.follow_rights import may_follow_for_organisation
from marketplace.domain.followed_detail import HAS_LIKE
from marketplace.domain.subscription import kinds_to_choose
from marketplace.errors import InvalidInput, VersionMismatch
from marketplace.http import actor, context, needs
from marketplace.web import my_region, queries
from marketplace.web.blueprint import web
from marketplace.web.language import LANGUAGES, language
from marketplace.web.message_words import kind_words, rhythm_words, rhythms_offered
from marketplace.web.organisation_forms import CHECK, Form
from marketplace.web.subscription_forms import problems_of
from marketplace.web.subscription_words import DONE, FOLLOWED, LABELS, feed_of, page_of

PAGE_SIZE = 50


@web.get("/abonnements")
@needs(Action.OWN_ACCOUNT)
def own_subscriptions() -> str:
    """List what one follows, or (``of=organisation``) what the organisation acted for does."""
    ctx, who = context(), actor()
    of_organisation = queries.text_of("of") == "organisation"
    page = subscriptions.list_subscriptions(
        ctx, who, queries.page_request(size=PAGE_SIZE), organisation=of_organisation
    )
    return render_template(
        "subscription/list.html",
        page=page,
        of_organisation=of_organisation,
        titles=following.titles(ctx, page.items, language()),
        own_matters=following.own_matters(ctx, who) if of_organisation else None,
        may_change=not of_organisation or _may_choose_for_organisation(),
        settings=follower_settings.follower_settings(ctx, who, language()),
        done=DONE.get(queries.text_of("done")),
        **_words(),
    )


@web.get("/abonnements/<subscription_id>")
@needs(Action.OWN_ACCOUNT)
def subscription(subscription_id: str) -> str:
    """Show a subscription and let choose what of it is told, and when."""
    return _page(subscriptions.get_subscription(context(), actor(), subscription_id), None)


@web.post("/abonnements/<subscription_id>")
@needs(Action.FOLLOW)
def choose_subscription(subscription_id: str) -> Response:
    """Keep what is chosen; what is not fit is shown again with the reason."""
    ctx, who = context(), actor()
    shown = subscriptions.get_subscription(ctx, who, subscription_id)
    chosen = _choice(shown)
    try:
        subscriptions.choose(ctx, who, subscription_id, chosen, _version())
    except InvalidInput as error:
        typed = _typed(shown) | request.form.to_dict() | {"kinds": chosen["kinds"]}
        form = Form(typed, problems_of(error.errors), CHECK, 422)
        return make_response(_page(shown, form), form.status)
    return redirect(_list(shown, "changed"), 303)


@web.post("/abonnements/<subscription_id>/beenden")
@needs(Action.FOLLOW)
def end_own_subscription(subscription_id: str) -> Response:
    """End a subscription."""
    ctx, who = context(), actor()
    shown = subscriptions.get_subscription(ctx, who, subscription_id)
    subscriptions.end(ctx, who, subscription_id)
    return redirect(_list(shown, "ended"), 303)


@web.post("/abonnements/einstellungen")
@needs(Action.FOLLOW)
def keep_follower_settings() -> Response:
    """Keep in which language one is told, and whether by mail."""
    follower_settings.keep_follower_settings(
        context(),
        actor(),
        request.form.get("language", ""),
        mail_wanted=request.form.get("mail_wanted") == "true",
    )
    return redirect(url_for("web.own_subscriptions", done="settings"), 303)


def _page(shown: Shown, form: Form | None) -> str:
    ctx, who = context(), actor()
    one = shown.subscription
    followed = one.followed
    return render_template(
        "subscription/choose.html",
        shown=shown,
        one=one,
        title=following.titles(ctx, [shown], language())[one.id],
        form=form or Form(_typed(shown)),
        kinds=[
            (kind.value, kind_words(followed)[kind], None) for kind in kinds_to_choose(followed, one.detail)
        ],
        likes=_likes(shown) if followed in HAS_LIKE else [],
        may_change=shown.organisation_id is None or _may_choose_for_organisation(),
        may_share=(
            shown.organisation_id is None
            and _may_choose_for_organisation()
            and following.standing(ctx, who, followed, one.object_id).organisation is None
        ),
        labels=LABELS,
        rhythms_offered=rhythms_offered(one.rhythm, mailed=ctx.settings.mail_is_set_up),
        done=DONE.get(queries.text_of("done")) if form is None else None,
        **_words(),
    )


def _words() -> dict[str, object]:
    mailed = context().settings.mail_is_set_up
    return {
        "followed_words": FOLLOWED,
        "kind_words": kind_words,
        "rhythm_words": rhythm_words(mailed=mailed),
        "mail_is_set_up": mailed,
        "page_of": page_of,
        "feed_of": feed_of,
        "languages": LANGUAGES,
    }


def _likes(shown: Shown) -> list[tuple[str, str]]:
    """Return the authorities that others can be like: the one chosen, those spoken for, the remembered region."""
    chosen = str((shown.subscription.detail or {}).get("like") or "")
    region = my_region.chosen()
    keys = [key for key in (chosen, region.key if region else "") if key]
    return following.authorities_like(context(), actor(), keys)


def _typed(shown: Shown) -> dict[str, Any]:
    one = shown.subscription
    return {
        "kinds": sorted(one.kinds),
        "rhythm": one.rhythm.value,
        "like": (one.detail or {}).get("like") or "",
        "title": one.title or "",
    }


def _choice(shown: Shown) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "kinds": request.form.getlist("kinds"),
        "rhythm": request.form.get("rhythm", Rhythm.DAILY.value),
        "title": request.form.get("title", ""),
    }
    if shown.subscription.followed in HAS_LIKE:
        like = request.form.get("like", "")
        fields["detail"] = {"like": like} if like else None
    return fields


def _version() -> int:
    """Return the version that the form was made from.

    Raises:
        VersionMismatch: it names none.
    """
    text = request.form.get("version", "")
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise VersionMismatch("The form names no version: load the page anew.")
    return int(text)


def _may_choose_for_organisation() -> bool:
    who = actor()
    return who is not None and may_follow_for_organisation(who).allowed


def _list(shown: Shown, done: str) -> str:
    return url_for("web.own_subscriptions", done=done, of="organisation" if shown.organisation_id else None)
