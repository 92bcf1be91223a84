"""Whatever somebody typed into a form that was refused for want of a sign-in is given back, to be sent once more."""

from datetime import datetime

from flask import g, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from marketplace.domain.access import decide
from marketplace.errors import Unauthenticated
from marketplace.http import declared_action, remember_refusal
from marketplace.web.blueprint import web
from marketplace.web.entry_pages import private
from marketplace.web.errors import STATUS_OF, error_page

CSRF_FIELD = "csrf_token"


@web.errorhandler(Unauthenticated)
def give_back_after_the_end(error: Unauthenticated) -> Response:
    """Give a form back whose sender is not signed in any more; who is, but without a role, learns that instead."""
    remember_refusal(error)
    status = STATUS_OF[Unauthenticated]
    return error_page(status) if "person" in g or not _was_typed() else given_back(status)


@web.errorhandler(CSRFError)
def give_back_an_old_form(error: CSRFError) -> Response:
    """Give a form back that was opened before the last sign-in; one that another site sent gets none."""
    action = declared_action()
    is_ours = request.headers.get("Sec-Fetch-Site", "") == "same-origin"
    needs_sign_in = action is not None and not decide(None, action).allowed
    status = error.code or 400
    return given_back(status) if is_ours and needs_sign_in and _was_typed() else error_page(status)


def given_back(status: int, kept_at: datetime | None = None, target: str = "") -> Response:
    """Return the page with what was sent, hidden and ready to be sent again.

    ``kept_at``: it is kept since then instead, and offered at the address ``target`` after the next sign-in.
    """
    sent: MultiDict[str, str] = MultiDict(request.form)
    sent.poplist(CSRF_FIELD)
    page = render_template(
        "not_saved.html",
        kept_at=kept_at,
        is_signed_in="actor" in g,
        target=target,
        sent=list(sent.items(multi=True)),
    )
    return private(page, status)


def _was_typed() -> bool:
    """Tell whether a form was sent that a page can give back: a chosen file it cannot."""
    typed = any(value for name, value in request.form.items() if name != CSRF_FIELD)
    return request.method == "POST" and typed and not any(file.filename for file in request.files.values())
