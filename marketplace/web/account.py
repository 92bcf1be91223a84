"""The own account: who one is, for whom one acts, what one may do, where one is signed in."""

from flask import abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from marketplace.actions import people
from marketplace.domain.access import Action
from marketplace.http import actor, context, needs
from marketplace.web.action_words import ACTIONS
from marketplace.web.blueprint import web
from marketplace.web.links import local_target
from marketplace.web.session import session_secret


@web.get("/konto")
@needs(Action.SIGN_IN)
def account() -> str | Response:
    """Show the own account; whoever is not signed in is led to sign in."""
    secret = session_secret()
    if "person" not in g or secret is None:
        return redirect(url_for("web.sign_in", next=url_for("web.account")))
    return render_template(
        "account.html",
        account=people.account(context(), g.person, secret),
        chosen=g.recognised.organisation_id,
        may=[ACTIONS[action] for action in people.allowed_actions(actor())],
        settings=context().settings,
    )


@web.post("/konto/organisation")
@needs(Action.SIGN_IN)
def choose_organisation() -> Response:
    """Act for another organisation that one belongs to."""
    secret = session_secret()
    if "person" not in g or secret is None:
        abort(401)
    people.choose_organisation(context(), secret, request.form.get("organisation", ""))
    return redirect(local_target(request.form.get("next") or url_for("web.account")))
