"""Signing in with an account at the OpenID provider: to its page, and back from it."""

import re

import structlog
from flask import Response, make_response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from marketplace.actions import openid, signing_in
from marketplace.domain.access import Action
from marketplace.errors import Forbidden, SignInUnavailable, Unauthenticated
from marketplace.http import context, needs
from marketplace.web.blueprint import web
from marketplace.web.links import absolute, local_target
from marketplace.web.session import session_secret, start_session

KEY = "openid"
MAX_PARAMETER = 4096
INVITATION = re.compile(r"/einladung/([A-Za-z0-9_-]{20,100})(?:[?#].*)?")
log = structlog.get_logger(__name__)


@web.get("/anmelden/konto")
@needs(Action.SIGN_IN)
def go_to_provider() -> AnyResponse:
    """Send the browser to the provider's sign-in page; what the answer must fit is kept in its cookie."""
    target = local_target(request.args.get("next"))
    try:
        address, kept = openid.begin(context(), _back())
    except SignInUnavailable as error:
        return _failed(error.message, 503, target)
    session[KEY] = {**kept, "next": target}
    response = redirect(address)
    response.headers["Cache-Control"] = "no-store"
    return response


@web.get("/anmelden/rueckkehr")
@needs(Action.SIGN_IN)
def come_back() -> AnyResponse:
    """Sign in who comes back from the provider."""
    kept = session.pop(KEY, None)
    kept = kept if isinstance(kept, dict) else {}
    state, code, refused = (request.args.get(name, "") for name in ("state", "code", "error"))
    target = local_target(kept.get("next"))
    if refused or not code or max(len(code), len(state)) > MAX_PARAMETER:
        return _failed(f"The provider signs nobody in: {refused[:100]}", 400, target)
    try:
        account, id_token = openid.finish(context(), kept, state, code, _back())
    except SignInUnavailable as error:
        return _failed(error.message, 503, target)
    except Unauthenticated as error:
        return _failed(error.message, 400, target)
    invitation = INVITATION.fullmatch(target)
    try:
        opened = signing_in.sign_in_account(
            context(), account, id_token, invitation.group(1) if invitation else None, session_secret()
        )
    except Forbidden:
        return _unknown(id_token)
    start_session(opened)
    return redirect(target)


def _back() -> str:
    """Return the address that the provider sends the browser back to; it must be registered there."""
    return absolute(url_for("web.come_back"))


def _failed(reason: str, status: int, target: str) -> Response:
    log.warning("sign_in_failed", reason=reason)
    return _page(render_template("sign_in_failed.html", provider_down=status == 503, target=target), status)


def _unknown(id_token: str) -> Response:
    session.clear()
    way_out = openid.way_out(context(), id_token, absolute(url_for("web.start")))
    return _page(render_template("unknown_person.html", settings=context().settings, way_out=way_out), 403)


def _page(content: str, status: int) -> Response:
    response = make_response(content, status)
    response.headers["Cache-Control"] = "no-store"
    return response
