"""Invitations: making one, whose link is shown once, taking it back, and the page behind the link."""

from flask import g, make_response, redirect, render_template, request, url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from marketplace.actions import invitations, members, people
from marketplace.domain.access import Action
from marketplace.domain.person import Person
from marketplace.errors import Conflict, Gone, InvalidInput, Unauthenticated
from marketplace.http import actor, context, needs
from marketplace.web.blueprint import web
from marketplace.web.organisation_forms import Form, refused, text, whole, whose
from marketplace.web.organisation_pages import MEMBERS, page
from marketplace.web.organisation_words import ROLE_MEANINGS, TOO_MANY
from marketplace.web.session import session_secret

NOT_KEPT = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
"""Headers of a page that shows a secret, or has one in its address."""
OVER = _("Dieser Link gilt nicht mehr: Er wurde schon benutzt, zurückgenommen, oder seine Frist ist um.")
HAVE_IT = _(
    "Sie gehören mit diesen Rollen schon dazu. Der Link ist für jemand anderen gedacht und gilt weiter."
)


@web.get("/organisation/einladungen/neu", defaults={"organisation_id": None})
@web.get("/organisationen/<organisation_id>/einladungen/neu")
@needs(Action.MANAGE_MEMBERS)
def new_invitation(organisation_id: str | None) -> Response:
    """Show an empty form."""
    typed = {"roles": [], "note": "", "days": str(invitations.DEFAULT_DAYS)}
    return _form(organisation_id, Form(typed))


@web.post("/organisation/einladungen", defaults={"organisation_id": None})
@web.post("/organisationen/<organisation_id>/einladungen")
@needs(Action.MANAGE_MEMBERS)
def make_invitation(organisation_id: str | None) -> Response:
    """Make an invitation and show its link: once, because only its digest is kept."""
    roles = request.form.getlist("roles")
    typed = {"roles": roles, "note": text("note"), "days": text("days")}
    try:
        made = invitations.create(
            context(), actor(), whose(organisation_id), roles, text("note"), whole("days")
        )
    except (InvalidInput, Conflict) as error:
        return _form(organisation_id, refused(error, typed, TOO_MANY))
    found = members.list_members(context(), actor(), made.organisation_id)
    written = page("invited", found.organisation, organisation_id, MEMBERS, made=made)
    return make_response(written, NOT_KEPT)


@web.post(
    "/organisation/einladungen/<int(max=2147483647):invitation_id>/zuruecknehmen",
    defaults={"organisation_id": None},
)
@web.post("/organisationen/<organisation_id>/einladungen/<int(max=2147483647):invitation_id>/zuruecknehmen")
@needs(Action.MANAGE_MEMBERS)
def revoke_invitation(organisation_id: str | None, invitation_id: int) -> Response:
    """Take an invitation back."""
    invitations.revoke(context(), actor(), whose(organisation_id), invitation_id)
    return redirect(
        url_for("web.members_of_organisation", organisation_id=organisation_id, done="invitation-revoked"),
        303,
    )


@web.get("/einladung/<secret>")
@needs(Action.SIGN_IN)
def invitation(secret: str) -> Response:
    """Say who invites to what; who is signed in may accept."""
    return _invitation(secret, None)


@web.post("/einladung/<secret>")
@needs(Action.SIGN_IN)
def accept_invitation(secret: str) -> Response:
    """Become a member.

    Raises:
        Unauthenticated: nobody is signed in.
    """
    person_id = person_signed_in()
    if person_id is None:
        raise Unauthenticated("Accepting an invitation needs somebody signed in.")
    try:
        accepted = invitations.accept(context(), person_id, secret)
    except Gone:
        return _invitation(secret, None)
    except Conflict:
        return _invitation(secret, HAVE_IT)
    people.choose_organisation(context(), session_secret() or "", accepted.organisation_id)
    return redirect(url_for("web.account"), 303)


def person_signed_in() -> str | None:
    """Return the id of the person who is signed in, also of one who belongs to no organisation yet."""
    person: Person | None = g.get("person")
    return None if person is None else person.id


def _invitation(secret: str, why_not: LazyString | None) -> Response:
    status = 200 if why_not is None else 409
    offered = None
    try:
        offered = invitations.offered(context(), secret)
    except Gone:
        status, why_not = 410, OVER
    written = render_template(
        "organisation/invitation.html",
        offered=offered,
        refused=why_not,
        secret=secret,
        signed_in=person_signed_in() is not None,
        meanings=ROLE_MEANINGS,
    )
    return make_response(written, status, NOT_KEPT)


def _form(organisation_id: str | None, form: Form) -> Response:
    found = members.list_members(context(), actor(), whose(organisation_id))
    written = page(
        "invite",
        found.organisation,
        organisation_id,
        MEMBERS,
        found=found,
        form=form,
        meanings=ROLE_MEANINGS,
        most_days=invitations.MAX_DAYS,
    )
    return make_response(written, form.status)
