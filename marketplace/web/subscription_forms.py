"""Following: the one click beside what is shown, and the forms for figures and an organisation's own matters."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from flask import make_response, redirect, render_template, request, url_for
from flask_babel import LazyString
from werkzeug.wrappers import Response

from marketplace.actions import subscriptions
from marketplace.actions.questions import DEFAULT_RULE
from marketplace.domain.access import Action
from marketplace.domain.followed import FollowedKind
from marketplace.domain.subscription import DEFAULT_RHYTHM, KINDS_OF
from marketplace.errors import Conflict, FieldError, InvalidInput
from marketplace.http import actor, context, needs
from marketplace.web import figure_form, queries
from marketplace.web.blueprint import web
from marketplace.web.language import language
from marketplace.web.message_words import MESSAGE_KINDS, rhythms_offered
from marketplace.web.organisation_forms import CHECK, Form
from marketplace.web.organisation_words import BROKEN_ANYWHERE
from marketplace.web.subscription_words import BROKEN, LABELS

MAX_DETAIL = 20_000


@web.post("/abonnements")
@needs(Action.FOLLOW)
def follow() -> Response:
    """Follow with one click, or by one of the forms; what is followed already leads to its subscription."""
    for_all = request.form.get("organisation") == "true"
    fields = _fields()
    try:
        made = subscriptions.subscribe(context(), actor(), fields, organisation=for_all, language=language())
    except Conflict as error:
        known = subscriptions.known_to(context(), actor(), fields, organisation=for_all)
        if known is None:
            raise error from error
        return redirect(url_for("web.subscription", subscription_id=known, done="known"), 303)
    except InvalidInput as error:
        form = Form(request.form.to_dict(), problems_of(error.errors), CHECK, 422)
        return make_response(_form(str(fields.get("followed")), form), form.status)
    return redirect(url_for("web.subscription", subscription_id=made.subscription.id, done="followed"), 303)


@web.get("/abonnements/neu")
@needs(Action.FOLLOW)
def new_subscription() -> str:
    """Offer to follow a figure, or to choose what is told of the organisation's own matters."""
    followed = queries.text_of("followed")
    typed: dict[str, Any] = {name: queries.text_of(name) for name in figure_form.FIELDS}
    typed["rule"] = typed["rule"] or DEFAULT_RULE
    typed["monthly"] = "" if typed["threshold"] else figure_form.TRUE
    if followed == FollowedKind.OWN:
        typed |= {"kinds": sorted(KINDS_OF[FollowedKind.OWN]), "rhythm": DEFAULT_RHYTHM.value}
    elif followed != FollowedKind.FIGURE:
        raise InvalidInput.one("followed", "choice", "only figures and own matters have a form")
    return _form(followed, Form(typed))


def problems_of(
    errors: Sequence[FieldError], known: Mapping[tuple[str, str], LazyString] = BROKEN
) -> dict[str, list[LazyString | str]]:
    """Return what is wrong by the field of the form, of a detail by its last part; ``known``: words by field and rule."""
    found: dict[str, list[LazyString | str]] = {}
    for error in errors:
        name = error.field.removeprefix("detail.").partition(".")[0]
        why = known.get((name, error.rule)) or BROKEN_ANYWHERE.get(error.rule) or error.message
        words = found.setdefault(name, [])
        if why not in words:
            words.append(why)
    return found


def _form(followed: str, form: Form) -> str:
    ctx, who = context(), actor()
    return render_template(
        "subscription/new.html",
        followed=followed,
        form=form,
        labels=LABELS,
        **figure_form.choices(form.typed),
        organisation_id=who.organisation_id if who else None,
        kinds=[(kind.value, MESSAGE_KINDS[kind], None) for kind in KINDS_OF[FollowedKind.OWN]],
        rhythms_offered=rhythms_offered(mailed=ctx.settings.mail_is_set_up),
        mail_is_set_up=ctx.settings.mail_is_set_up,
    )


def _fields() -> dict[str, Any]:
    """Read what is to be followed: named by the button, or typed into a form.

    Raises:
        InvalidInput: a detail that is no JSON object.
    """
    typed = request.form
    fields: dict[str, Any] = {
        name: typed[name] for name in ("followed", "object", "rhythm") if typed.get(name)
    }
    if "detail" in typed:
        fields["detail"] = _detail(typed["detail"])
    elif typed.get("followed") == FollowedKind.FIGURE:
        fields["detail"] = figure_form.detail_of(typed)
    if typed.get("followed") == FollowedKind.OWN:
        fields["kinds"] = typed.getlist("kinds")
    return fields


def _detail(text: str) -> object:
    try:
        return orjson.loads(text[:MAX_DETAIL])
    except orjson.JSONDecodeError as error:
        raise InvalidInput.one("detail", "format", "must be JSON") from error
