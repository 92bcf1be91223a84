"""Who is signed in. In demo mode four ready roles can be taken; otherwise there is no sign-in page yet."""

from dataclasses import dataclass

from flask import abort, g, redirect, render_template, request, session, url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from marketplace.domain.access import Action, Actor, Role
from marketplace.http import context, is_api, needs
from marketplace.web.blueprint import web
from marketplace.web.links import local_target

KEY = "role"


@dataclass(frozen=True, slots=True)
class ReadyRole:
    """A role of the demo: who one is, for whom one acts, and what one can see and do."""

    actor: Actor
    organisation: str
    may: LazyString

    @property
    def role(self) -> Role:
        """The one role that it has."""
        return next(iter(self.actor.roles))


READY_ROLES = {
    "publisher": ReadyRole(
        Actor.of("Demo: Bereitsteller", "dataport", Role.PUBLISHER),
        "Dataport",
        _(
            "sieht Preise, Ansprechpersonen und die eigenen Entwürfe; veröffentlicht Dienste über die Schnittstelle"
        ),
    ),
    "authority": ReadyRole(
        Actor.of("Demo: Behörde", "freie-hansestadt-bremen", Role.AUTHORITY, "040110000000"),
        "Stadt Bremen",
        _(
            "sieht Preise und Ansprechpersonen; meldet die Nachnutzung der eigenen Gemeinde über die Schnittstelle"
        ),
    ),
    "analyst": ReadyRole(
        Actor.of("Demo: Auswertung", "it-planungsrat", Role.ANALYST),
        "IT-Planungsrat",
        _("sieht Preise und Ansprechpersonen; liest Quoten mit Regel, Stichtag und Nenner"),
    ),
    "operator": ReadyRole(
        Actor.of("Demo: Betrieb", "marketplace-operator", Role.OPERATOR),
        "OZG Marketplace",
        _("sieht alle Einträge, auch Entwürfe; pflegt sie über die Schnittstelle"),
    ),
}


def recognise() -> None:
    """Find out who acts from the session; the API has tokens instead and knows no session."""
    if is_api() or not context().settings.demo:
        return
    role = READY_ROLES.get(session.get(KEY, ""))
    if role is not None:
        g.actor = role.actor


def signed_in() -> ReadyRole | None:
    """Return the role that is signed in."""
    actor = g.get("actor")
    return next((role for role in READY_ROLES.values() if role.actor == actor), None)


@web.get("/anmelden")
@needs(Action.SIGN_IN)
def sign_in() -> str:
    """Offer the ready roles; there is no such page outside demo mode."""
    _only_in_demo()
    return render_template("sign_in.html", roles=READY_ROLES, target=local_target(request.args.get("next")))


@web.post("/anmelden")
@needs(Action.SIGN_IN)
def open_session() -> Response:
    """Take a role."""
    _only_in_demo()
    name = request.form.get("role", "")
    if name not in READY_ROLES:
        abort(422)
    session.clear()
    session[KEY] = name
    return redirect(local_target(request.form.get("next")))


@web.post("/abmelden")
@needs(Action.SIGN_IN)
def close_session() -> Response:
    """Leave the role."""
    session.clear()
    return redirect(url_for("web.start"))


def _only_in_demo() -> None:
    if not context().settings.demo:
        abort(404)
