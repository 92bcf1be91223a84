"""Following with a mail address alone: the form, and the page behind the link that confirms."""

from collections.abc import Mapping
from typing import Any

import orjson
from flask import make_response, redirect, render_template, request, url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from marketplace.actions import mail_following
from marketplace.actions.mail_following import Asked, LinkState, Offer
from marketplace.actions.questions import DEFAULT_RULE
from marketplace.domain.access import Action
from marketplace.domain.change import Rhythm
from marketplace.domain.followed import FollowedKind
from marketplace.domain.subscription import kinds_to_choose
from marketplace.errors import Conflict, InvalidInput, NotFound
from marketplace.http import context, needs
from marketplace.web import figure_form, queries
from marketplace.web.blueprint import web
from marketplace.web.invitations import NOT_KEPT
from marketplace.web.language import language
from marketplace.web.message_words import RHYTHMS, kind_words
from marketplace.web.organisation_forms import CHECK, Form
from marketplace.web.subscription_forms import problems_of
from marketplace.web.subscription_words import BROKEN as FOLLOWING_BROKEN
from marketplace.web.subscription_words import LABELS

MAX_DETAIL = 20_000
NAMED = ("followed", "object", "detail")
MAILED = (Rhythm.AT_ONCE, Rhythm.DAILY, Rhythm.WEEKLY)
MAIL_LABELS: Mapping[str, LazyString] = {
    **LABELS,
    "email": _("Mailadresse"),
    "rhythm": _("Wann wir schreiben"),
    "kinds": _("Worüber wir schreiben"),
    "detail": _("Gespeicherte Suche oder Quote"),
    "region": _("Gebiet"),
    "filters": _("Filter"),
}
BROKEN: Mapping[tuple[str, str], LazyString] = {
    **FOLLOWING_BROKEN,
    ("followed", "choice"): _("Das kann man nicht per Mail abonnieren."),
    ("email", "required"): _("Bitte geben Sie Ihre Mailadresse an."),
    ("email", "format"): _("Das ist keine Mailadresse."),
    ("email", "ascii"): _(
        "Vor dem @ kann die Adresse nur Buchstaben von a bis z haben: An Umlaute und andere Buchstaben können wir nicht "
        "schreiben. Nach dem @ sind sie möglich."
    ),
    ("kinds", "required"): _("Bitte wählen Sie mindestens eine Art von Nachricht."),
    ("rhythm", "choice"): _("Bitte wählen Sie, wann wir schreiben."),
}
STATUS_OF = {LinkState.WAITING: 200, LinkState.DONE: 200, LinkState.EXPIRED: 410}


@web.get("/abonnieren/mail")
@needs(Action.READ_PUBLIC)
def follow_by_mail() -> str | Response:
    """Offer to follow what the address names: ``followed``, ``object``, and ``detail`` as JSON; or say why not."""
    named = {name: queries.text_of(name) for name in NAMED}
    try:
        found = mail_following.offer(context(), _fields(named), language())
    except InvalidInput as error:
        return _refused(error)
    typed: dict[str, Any] = {"email": "", "rhythm": found.wish.rhythm, "kinds": found.wish.kinds}
    return _form(found, named, Form(typed | figure_form.typed_of(found.wish.detail or {})))


@web.post("/abonnieren/mail")
@needs(Action.FOLLOW_BY_MAIL)
def send_confirmation() -> str | Response:
    """Let the link be sent that begins the subscription; the answer is the same for every address."""
    named = {name: request.form.get(name, "") for name in NAMED}
    kinds = request.form.getlist("kinds")
    typed = {"email": "", "rhythm": ""} | request.form.to_dict() | {"kinds": kinds}
    wanted: dict[str, Any] = {"rhythm": request.form.get("rhythm") or None}
    if named["followed"] == FollowedKind.FIGURE:
        wanted |= {"followed": named["followed"], "detail": figure_form.detail_of(request.form)}
    else:
        wanted |= {"kinds": kinds}
    try:
        found = mail_following.offer(context(), _offered(named), language())
    except InvalidInput as error:
        return _refused(error)
    try:
        email = request.form.get("email", "").strip()
        mail_following.ask(context(), email, _offered(named) | wanted, language())
    except InvalidInput as error:
        form = Form(typed, problems_of(error.errors, BROKEN), CHECK, 422)
        return make_response(_form(found, named, form), form.status)
    return redirect(url_for("web.confirmation_sent"), 303)


@web.get("/abonnieren/mail/unterwegs")
@needs(Action.READ_PUBLIC)
def confirmation_sent() -> str:
    """Say that there is a mail to look for."""
    good_for = mail_following.LINK_GOOD.days
    return render_template("mail/sent.html", days=good_for)


@web.get("/abonnieren/bestaetigen/<token>")
@needs(Action.USE_MAIL_LINK)
def confirm_page(token: str) -> Response:
    """Ask whether to begin: programs that open links in mails to look at them begin nothing."""
    try:
        asked = mail_following.asked(context(), token, language())
    except NotFound:
        return make_response(render_template("mail/confirm.html", asked=None, begun=False), 404, NOT_KEPT)
    return _confirming(token, asked, begun=False)


@web.post("/abonnieren/bestaetigen/<token>")
@needs(Action.USE_MAIL_LINK)
def confirm_by_mail(token: str) -> Response:
    """Begin the subscription; say so too when it had begun already, or that the link has expired."""
    try:
        found = mail_following.confirm(context(), token, language())
    except Conflict:
        return _confirming(token, mail_following.asked(context(), token, language()), begun=False)
    return _confirming(token, found, begun=found.state is LinkState.WAITING)


def _confirming(token: str, found: Asked, *, begun: bool) -> Response:
    page = render_template(
        "mail/confirm.html",
        asked=found,
        token=token,
        begun=begun,
        rhythm=RHYTHMS[found.rhythm],
        kinds=[word for kind, word in kind_words(found.followed).items() if kind in found.kinds],
    )
    return make_response(page, STATUS_OF[found.state], NOT_KEPT)


def _fields(named: Mapping[str, str]) -> dict[str, Any]:
    """Read what is to be followed.

    Raises:
        InvalidInput: a detail that is no JSON.
    """
    fields: dict[str, Any] = {name: text for name, text in named.items() if text}
    detail = fields.pop("detail", None)
    if detail is None:
        return fields
    if len(detail) > MAX_DETAIL:
        raise InvalidInput.one("detail", "length", f"at most {MAX_DETAIL} characters are allowed")
    try:
        return fields | {"detail": orjson.loads(detail)}
    except orjson.JSONDecodeError as error:
        raise InvalidInput.one("detail", "format", "must be JSON") from error


def _offered(named: Mapping[str, str]) -> dict[str, Any]:
    """Return what a form is about, apart from what is typed into it: that is all of a figure."""
    if named["followed"] != FollowedKind.FIGURE:
        return _fields(named)
    return {"followed": named["followed"], "detail": {"rule": DEFAULT_RULE}}


def _refused(error: InvalidInput) -> Response:
    page = render_template(
        "mail/refused.html", problems=problems_of(error.errors, BROKEN), labels=MAIL_LABELS
    )
    return make_response(page, 422)


def _form(found: Offer, named: Mapping[str, str], form: Form) -> str:
    followed, is_figure = found.wish.followed, found.wish.followed is FollowedKind.FIGURE
    kinds, words = kinds_to_choose(followed, found.wish.detail), kind_words(followed)
    return render_template(
        "mail/follow.html",
        offer=found,
        is_figure=is_figure,
        named={"followed": followed} if is_figure else {name: text for name, text in named.items() if text},
        form=form,
        labels=MAIL_LABELS,
        kinds=[(kind.value, words[kind], "") for kind in kinds],
        rhythms=[(rhythm.value, RHYTHMS[rhythm]) for rhythm in MAILED],
        **(figure_form.choices(form.typed) if is_figure else {}),
    )
