"""What every page tells the browser to refuse, and the check that a form was sent from one of our pages."""

from flask import Flask, Response, request
from flask_wtf.csrf import CSRFProtect

from marketplace.http import is_api, writes

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; font-src 'self'; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
HSTS = "max-age=31536000"

WITHOUT_FORM = frozenset({"web.end_by_mail"})
"""What mail programs send without having seen a page (RFC 8058): the token in its address is the right to it."""

csrf = CSRFProtect()


def protect(app: Flask) -> None:
    """Set the session cookie's rules, check forms of pages (the API has tokens), send the headers."""
    encrypted = app.extensions["marketplace"].settings.base_url.startswith("https:")
    app.config.update(
        SESSION_COOKIE_NAME="session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=encrypted,
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
    )
    csrf.init_app(app)

    @app.before_request
    def check_form() -> None:
        if writes() and not is_api() and request.endpoint not in WITHOUT_FORM:
            csrf.protect()

    ours = HEADERS | ({"Strict-Transport-Security": HSTS} if encrypted else {})

    @app.after_request
    def send_headers(response: Response) -> Response:
        # A view may have set one of its own. Each look-up walks through all headers, so it is done once.
        given = {name.lower() for name in response.headers.keys()}  # noqa: SIM118  # iterating yields pairs
        for name, value in ours.items():
            if name.lower() not in given:
                response.headers.add(name, value)
        return response
