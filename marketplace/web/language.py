"""Which language a page speaks: German, unless somebody chose English (a link sets a cookie, ``?lang=`` overrides)."""

from flask import redirect, request
from flask_babel import get_locale
from werkzeug.wrappers import Response

from marketplace.domain.access import Action
from marketplace.http import context, needs
from marketplace.web.blueprint import web
from marketplace.web.links import local_target

LANGUAGES = {"de": "Deutsch", "en": "English"}
COOKIE = "language"
YEAR_S = 365 * 24 * 3600


def chosen_language() -> str:
    """Return the language of this request."""
    for choice in (request.args.get("lang"), request.cookies.get(COOKIE)):
        if choice in LANGUAGES:
            return choice
    return "de"


def language() -> str:
    """Return the language a page is being written in."""
    locale = get_locale()
    return "de" if locale is None else str(locale.language)


@web.get("/sprache/<any(de, en):code>")
@needs(Action.READ_PUBLIC)
def choose_language(code: str) -> Response:
    """Remember the language and go back to the page it was chosen on."""
    response = redirect(local_target(request.args.get("next")))
    secure = context().settings.base_url.startswith("https:")
    response.set_cookie(COOKIE, code, max_age=YEAR_S, httponly=True, samesite="Lax", secure=secure)
    return response
