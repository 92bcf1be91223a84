"""The pages' session: who is signed in, signing in as a person of the demo, signing out.

Flask's signed cookie holds a random secret, new with every sign-in; what it opens lies in the database.
"""

from dataclasses import dataclass
from datetime import datetime

from flask import (
    Flask,
    Response,
    abort,
    g,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response as AnyResponse

from marketplace.actions import openid, signing_in
from marketplace.actions.signing_in import NewSession
from marketplace.domain.access import Action, Role
from marketplace.domain.demo_people import DEMO_PEOPLE, DemoPerson
from marketplace.domain.person import Person, Recognised
from marketplace.http import context, is_api, needs
from marketplace.web.blueprint import web
from marketplace.web.links import absolute, local_target

KEY = "secret"
WITHOUT_SESSION = frozenset({"web.static"})


@dataclass(frozen=True, slots=True)
class ReadyRole:
    """A role of the demo as the sign-in page offers it: who one is, for whom one acts, what one can see and do."""

    demo: DemoPerson
    title: LazyString
    organisation: str
    may: LazyString

    @property
    def role(self) -> Role:
        """The role that it has."""
        return self.demo.role


READY_ROLES = {
    "publisher": ReadyRole(
        DEMO_PEOPLE["publisher"], _("Bereitsteller"), "Dataport AöR",
        _("schreibt Einträge, gibt sie zur Prüfung und meldet Nachnutzungen der eigenen Dienste"),
    ),
    "reviewer": ReadyRole(
        DEMO_PEOPLE["reviewer"], _("Prüfung"), "Dataport AöR",
        _("prüft und veröffentlicht, was andere der Organisation geschrieben haben"),
    ),
    "admin": ReadyRole(
        DEMO_PEOPLE["admin"], _("Verwaltung der Organisation"), "Dataport AöR",
        _("lädt Mitglieder ein, vergibt Rollen und Zugriffsschlüssel, sieht das Protokoll der Organisation"),
    ),
    "authority": ReadyRole(
        DEMO_PEOPLE["authority"], _("Behörde"), "Freie Hansestadt Bremen",
        _("bestätigt Angaben der Anbieter und erklärt, was die eigene Behörde nachnutzt"),
    ),
    "association": ReadyRole(
        DEMO_PEOPLE["association"], _("Verband"), "KDN – Dachverband kommunaler IT-Dienstleister",
        _("erklärt Nachnutzungen für Mitglieder, die ihn damit beauftragt haben"),
    ),
    "coordination": ReadyRole(
        DEMO_PEOPLE["coordination"], _("Koordination des Landes"), "OZG-Koordination Nordrhein-Westfalen",
        _("erklärt für das Land, bestätigt „nicht zuständig“ und sieht, wer fehlt"),
    ),
    "analyst": ReadyRole(
        DEMO_PEOPLE["analyst"], _("Auswertung"), "IT-Planungsrat",
        _("sieht Preise, Ansprechpersonen und Gründe; liest Quoten mit Regel, Stichtag und Nenner"),
    ),
    "operator": ReadyRole(
        DEMO_PEOPLE["operator"], _("Betrieb"), "Betrieb des Marktplatzes",
        _("sieht und pflegt alle Einträge, Organisationen, Regeln und die Wortliste der Suche"),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is signed in, as a page's frame names them.

    ``ends_at``: when the session ends if no page is asked for; it cannot be prolonged where that is its latest end.
    """

    person: Person
    organisation: str | None
    roles: tuple[Role, ...]
    ends_at: datetime
    seconds_left: int
    can_be_prolonged: bool


def register_session(app: Flask) -> None:
    """Find out before every page who is signed in, and let no cache keep what only they may see."""
    app.before_request(recognise)

    @app.after_request
    def keep_private(response: Response) -> Response:
        if "person" in g and not is_api():
            response.headers["Cache-Control"] = "private, no-store"
        return response


def recognise() -> None:
    """Find out who acts from the session; the API has tokens instead and knows no session.

    ``g.person`` is who is signed in, ``g.actor`` who acts: missing where the person has no role.
    """
    if is_api() or request.endpoint in WITHOUT_SESSION:
        return
    secret = session_secret()
    if secret is None:
        return
    found = signing_in.recognise(context(), secret)
    if found is None:
        g.session_ended = True
        return
    g.recognised, g.person = found, found.person
    if found.actor is not None:
        g.actor = found.actor


def session_secret() -> str | None:
    """Return the secret in the browser's cookie, None where there is none."""
    secret = session.get(KEY)
    return secret if isinstance(secret, str) else None


def start_session(new: NewSession) -> None:
    """Put a new session into the browser's cookie, and nothing of what was in it before."""
    session.clear()
    session[KEY] = new.secret


def signed_in() -> SignedIn | None:
    """Return who is signed in."""
    found: Recognised | None = g.get("recognised")
    if found is None:
        return None
    now, limits = context().clock(), context().settings.session_limits
    # The page that is being written counts as use, whether or not it was worth a write.
    idle_end = now + limits.idle
    ends_at = min(idle_end, found.times.ends_at)
    roles = found.actor.roles if found.actor else frozenset()
    return SignedIn(
        found.person,
        found.organisation_name,
        tuple(role for role in Role if role in roles),
        ends_at,
        max(0, int((ends_at - now).total_seconds())),
        idle_end < found.times.ends_at,
    )


@web.get("/anmelden")
@needs(Action.SIGN_IN)
def sign_in() -> str:
    """Offer the ways to sign in that are set up, or say what to set."""
    settings = context().settings
    return render_template(
        "sign_in.html",
        roles=READY_ROLES if settings.demo else {},
        has_openid=settings.has_openid,
        target=local_target(request.args.get("next")),
    )


@web.post("/anmelden")
@needs(Action.SIGN_IN)
def open_session() -> AnyResponse:
    """Sign in as a person of the demo; there is no such thing outside demo mode."""
    if not context().settings.demo:
        abort(404)
    name = request.form.get("role", "")
    if name not in READY_ROLES:
        abort(422)
    start_session(signing_in.sign_in_demo(context(), name, session_secret()))
    return redirect(local_target(request.form.get("next")))


@web.post("/anmelden/verlaengern")
@needs(Action.SIGN_IN)
def prolong_session() -> Response:
    """Stay signed in; says for how many seconds, none where the session has ended."""
    secret = session_secret()
    found = signing_in.prolong(context(), secret) if secret else None
    if found is None:
        return make_response(jsonify({"seconds_left": 0}), 401)
    g.recognised, g.person = found, found.person
    now = signed_in()
    return jsonify({"seconds_left": now.seconds_left if now else 0})


@web.post("/abmelden")
@needs(Action.SIGN_IN)
def close_session() -> str | AnyResponse:
    """End the session here and at the provider."""
    secret = session_secret()
    return _signed_out(signing_in.sign_out(context(), secret) if secret else None)


@web.post("/abmelden/ueberall")
@needs(Action.SIGN_IN)
def close_all_sessions() -> str | AnyResponse:
    """End all sessions of the person."""
    secret = session_secret()
    return _signed_out(signing_in.sign_out_everywhere(context(), secret) if secret else None)


def _signed_out(id_token: str | None) -> str | AnyResponse:
    session.clear()
    for name in ("person", "actor", "recognised"):
        g.pop(name, None)
    start = url_for("web.start")
    way_out = openid.way_out(context(), id_token, absolute(start)) if id_token else None
    if way_out is None:
        return redirect(start)
    # A form may lead to our own addresses only (form-action), so the page that follows goes on to the provider.
    page = make_response(render_template("signed_out.html", way_out=way_out))
    page.headers["Cache-Control"] = "no-store"
    return page
