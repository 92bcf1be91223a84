"""Error pages: one translation of the domain's errors and of HTTP's own into a page with the right status code."""

from typing import NamedTuple

from flask import Flask, Response, g, make_response, render_template, request
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException

from marketplace import errors, formats
from marketplace.http import context, remember_refusal, request_id
from marketplace.web import links, reasons, session

METHOD_NOT_ALLOWED, TOO_LARGE = 405, 413
STATUS_OF: dict[type[errors.MarketplaceError], int] = {
    errors.InvalidInput: 422,
    errors.NotFound: 404,
    errors.Gone: 410,
    errors.Forbidden: 403,
    errors.Unauthenticated: 401,
    errors.Conflict: 409,
    errors.VersionMismatch: 412,
    errors.VersionRequired: 428,
    errors.TooManyRequests: 429,
    errors.SearchUnavailable: 503,
    errors.SignInUnavailable: 503,
}


class Words(NamedTuple):
    """What an error page says: a title and what one can do."""

    title: str
    advice: str


def words_for(status: int) -> Words:
    """Return title and advice for a status code."""
    known = {
        400: Words(_("Die Anfrage ist unvollständig"), _("Laden Sie die Seite neu und senden Sie das Formular noch einmal.")),
        401: Words(_("Bitte melden Sie sich an"), _("Diese Seite ist nur für angemeldete öffentliche Stellen.")),
        403: Words(_("Das dürfen Sie nicht"), _("Ihre Rolle erlaubt das nicht. Wenden Sie sich an den Betreiber, wenn Sie das Recht brauchen.")),
        404: Words(_("Diese Seite gibt es nicht"), _("Prüfen Sie die Adresse, oder suchen Sie nach dem Dienst.")),
        405: Words(_("So lässt sich diese Seite nicht aufrufen"), _("An diese Adresse wird nur ein Formular gesandt. Zu der Seite mit dem Formular führt der Link.")),
        410: Words(_("Dieser Eintrag wurde zurückgezogen"), _("Er wird nicht mehr angeboten. Suchen Sie nach einem anderen Dienst.")),
        413: Words(_("Das ist zu groß"), _("Senden Sie weniger auf einmal: höchstens %(limit)s.", limit=_limit())),
        422: Words(_("Diese Angaben passen nicht zusammen"), _("Prüfen Sie die Angaben in der Adresse oder im Formular.")),
        429: Words(_("Zu viele Anfragen"), _("Warten Sie einen Moment, und versuchen Sie es dann noch einmal.")),
        503: Words(_("Vorübergehend nicht erreichbar"), _("Versuchen Sie es in einigen Sekunden noch einmal.")),
    }  # fmt: skip
    if status in known:
        return known[status]
    if status < 500:
        return Words(
            _("Die Anfrage lässt sich nicht bearbeiten"), _("Gehen Sie zurück und versuchen Sie es anders.")
        )
    return Words(
        _("Das hat nicht geklappt"),
        _("Der Fehler liegt bei uns und ist aufgezeichnet. Versuchen Sie es später noch einmal."),
    )


def _limit() -> str:
    """Return how much can be sent at once."""
    megabytes = context().settings.max_request_bytes / 1_000_000
    return f"{formats.number(megabytes, get_locale() or reasons.GERMAN)} MB"


def _no_role() -> Words:
    """Return what somebody is told who is signed in but has no role, or none any more."""
    return Words(
        _("Sie handeln gerade für niemanden"),
        _(
            "Sie sind angemeldet, haben hier aber keine Rolle oder keine mehr. In Ihrem Konto steht, wie es weitergeht."
        ),
    )


def error_page(status: int, details: tuple[errors.FieldError, ...] = (), reason: str = "") -> Response:
    """Return the page for a status code; ``details`` name the fields that broke a rule, ``reason`` why not."""
    g.failed = status >= 500 and status != 503
    has_no_role = status == 401 and "person" in g
    words = _no_role() if has_no_role else words_for(status)
    page = render_template("error.html", status=status, words=words, details=details, request_id=request_id(),
        reason=reason, reason_in_words=reasons.in_words(reason), has_no_role=has_no_role,
        way_on=links.readable(request.path) if status == METHOD_NOT_ALLOWED else None,
    )  # fmt: skip
    return make_response(page, status)


def _on_domain_error(error: errors.MarketplaceError) -> Response:
    remember_refusal(error)
    status = next(STATUS_OF[kind] for kind in type(error).__mro__ if kind in STATUS_OF)
    details = error.errors if isinstance(error, errors.InvalidInput) else ()
    response = error_page(status, details, error.message if isinstance(error, errors.Forbidden) else "")
    if isinstance(error, errors.SearchUnavailable | errors.TooManyRequests):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _on_http_error(error: HTTPException) -> Response | HTTPException:
    if error.code is None or error.code < 400:
        return error
    if error.code == TOO_LARGE:
        # Such a form is refused before anybody looks who sent it.
        session.recognise()
    response = error_page(error.code)
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response


def register_errors(app: Flask) -> None:
    """Answer every error outside the API with a page; the API answers its own before these are asked."""
    app.register_error_handler(errors.MarketplaceError, _on_domain_error)
    app.register_error_handler(HTTPException, _on_http_error)
