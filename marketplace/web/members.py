"""The members of an organisation: the list with open invitations, the roles of one, leaving."""

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from marketplace.actions import invitations, members
from marketplace.actions.left_tokens import own_tokens_left, tokens_left
from marketplace.actions.tokens import MAX_GOOD
from marketplace.domain.access import Action, Role
from marketplace.errors import Conflict, InvalidInput, NotFound
from marketplace.http import actor, context, needs
from marketplace.web import queries
from marketplace.web.blueprint import web
from marketplace.web.organisation_forms import MAX_DIGITS, Form, refused, whose
from marketplace.web.organisation_pages import MEMBERS, page
from marketplace.web.organisation_words import DONE, LAST_ADMIN, ROLE_MEANINGS


@web.get("/organisation/mitglieder", defaults={"organisation_id": None})
@web.get("/organisationen/<organisation_id>/mitglieder")
@needs(Action.MANAGE_MEMBERS)
def members_of_organisation(organisation_id: str | None) -> str:
    """List who belongs to an organisation, and who is invited."""
    ctx, wanted = context(), whose(organisation_id)
    found = members.list_members(ctx, actor(), wanted)
    now = ctx.clock()
    invited = [one for one in invitations.list_invitations(ctx, actor(), wanted) if one.is_open(now)]
    return page(
        "members",
        found.organisation,
        organisation_id,
        MEMBERS,
        found=found,
        invited=invited,
        done=DONE.get(queries.text_of("done")),
    )


@web.get("/organisation/mitglieder/<person_id>", defaults={"organisation_id": None})
@web.get("/organisationen/<organisation_id>/mitglieder/<person_id>")
@needs(Action.MANAGE_MEMBERS)
def member(organisation_id: str | None, person_id: str) -> Response:
    """Show a member's roles in a form."""
    return _form(organisation_id, person_id, None)


@web.post("/organisation/mitglieder/<person_id>", defaults={"organisation_id": None})
@web.post("/organisationen/<organisation_id>/mitglieder/<person_id>")
@needs(Action.MANAGE_MEMBERS)
def set_member_roles(organisation_id: str | None, person_id: str) -> Response:
    """Give a member exactly the chosen roles, or show the form again with what is wrong."""
    roles = request.form.getlist("roles")
    try:
        members.set_roles(
            context(), actor(), whose(organisation_id), person_id, roles, _kept("keep_with_roles")
        )
    except (InvalidInput, Conflict) as error:
        return _form(organisation_id, person_id, refused(error, {"roles": roles}, LAST_ADMIN))
    return _done(organisation_id, "roles")


@web.post("/organisation/mitglieder/<person_id>/entfernen", defaults={"organisation_id": None})
@web.post("/organisationen/<organisation_id>/mitglieder/<person_id>/entfernen")
@needs(Action.MANAGE_MEMBERS)
def remove_member(organisation_id: str | None, person_id: str) -> Response:
    """Take a member out."""
    wanted, who = whose(organisation_id), actor()
    try:
        members.remove(context(), who, wanted, person_id, _kept("keep"))
    except (InvalidInput, Conflict) as error:
        return _form(organisation_id, person_id, refused(error, {}, LAST_ADMIN))
    if who is not None and who.person_id == person_id and who.organisation_id == wanted:
        return redirect(url_for("web.account"), 303)
    return _done(organisation_id, "removed")


@web.get("/organisation/verlassen")
@needs(Action.OWN_ACCOUNT)
def leave_organisation() -> str:
    """Ask whether somebody really wants to leave the organisation acted for."""
    return render_template("organisation/leave.html", refused=None, left=own_tokens_left(context(), actor()))


@web.post("/organisation/verlassen")
@needs(Action.OWN_ACCOUNT)
def left_organisation() -> Response:
    """Leave the organisation acted for."""
    try:
        members.leave(context(), actor())
    except Conflict:
        page_again = render_template(
            "organisation/leave.html", refused=LAST_ADMIN, left=own_tokens_left(context(), actor())
        )
        return make_response(page_again, 409)
    return redirect(url_for("web.account"), 303)


def _kept(name: str) -> list[int]:
    """Return the ids of the tokens that are to stay good."""
    return [
        int(one) for one in request.form.getlist(name)[:MAX_GOOD] if one.isdecimal() and len(one) < MAX_DIGITS
    ]


def _done(organisation_id: str | None, what: str) -> Response:
    return redirect(url_for("web.members_of_organisation", organisation_id=organisation_id, done=what), 303)


def _form(organisation_id: str | None, person_id: str, form: Form | None) -> Response:
    found = members.list_members(context(), actor(), whose(organisation_id))
    one = next((one for one in found.members if one.person_id == person_id), None)
    if one is None:
        raise NotFound("member", person_id)
    shown = form or Form({"roles": one.roles})
    written = page(
        "member",
        found.organisation,
        organisation_id,
        MEMBERS,
        found=found,
        one=one,
        form=shown,
        chosen=shown.typed.get("roles", one.roles),
        meanings=ROLE_MEANINGS,
        left=tokens_left(context(), actor(), found.organisation.id, person_id),
        is_in_charge=not {Role.ADMIN, Role.OPERATOR}.isdisjoint(one.roles),
        itself=(who := actor()) is not None and who.person_id == person_id,
    )
    return make_response(written, shown.status)
