"""Tokens of an organisation's machines: the list, making one, whose secret is shown once, and revoking."""

from flask import make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from marketplace.actions import left_tokens, members, tokens
from marketplace.domain.access import Action, TokenScope
from marketplace.domain.token_rules import usable_scopes
from marketplace.errors import Conflict, InvalidInput
from marketplace.http import actor, context, needs
from marketplace.web import queries
from marketplace.web.blueprint import web
from marketplace.web.invitations import NOT_KEPT
from marketplace.web.organisation_forms import Form, refused, text, whole, whose
from marketplace.web.organisation_pages import TOKENS, page
from marketplace.web.organisation_words import DONE, ROLE_MEANINGS, SCOPES, TOO_MANY

DEFAULT_DAYS = 365


@web.get("/organisation/zugaenge", defaults={"organisation_id": None})
@web.get("/organisationen/<organisation_id>/zugaenge")
@needs(Action.MANAGE_TOKENS)
def tokens_of_organisation(organisation_id: str | None) -> str:
    """List the tokens of an organisation, those that are over too."""
    ctx, wanted = context(), whose(organisation_id)
    found = members.list_members(ctx, actor(), wanted)
    return page(
        "tokens",
        found.organisation,
        organisation_id,
        TOKENS,
        found=found,
        tokens=tokens.list_tokens(ctx, actor(), wanted),
        without_keeper=left_tokens.tokens_without_keeper(ctx, actor(), wanted),
        now=ctx.clock(),
        scopes=SCOPES,
        done=DONE.get(queries.text_of("done")),
    )


@web.get("/organisation/zugaenge/neu", defaults={"organisation_id": None})
@web.get("/organisationen/<organisation_id>/zugaenge/neu")
@needs(Action.MANAGE_TOKENS)
def new_token(organisation_id: str | None) -> Response:
    """Show an empty form."""
    typed = {"name": "", "role": "", "scopes": [str(TokenScope.READ)], "days": str(DEFAULT_DAYS)}
    return _form(organisation_id, Form(typed))


@web.post("/organisation/zugaenge", defaults={"organisation_id": None})
@web.post("/organisationen/<organisation_id>/zugaenge")
@needs(Action.MANAGE_TOKENS)
def make_token(organisation_id: str | None) -> Response:
    """Make a token and show its secret: once, because only its digest is kept."""
    scopes = request.form.getlist("scopes")
    typed = {"name": text("name"), "role": text("role"), "scopes": scopes, "days": text("days")}
    try:
        made = tokens.create_token(
            context(),
            whose(organisation_id),
            text("role"),
            by=actor(),
            scopes=scopes,
            name=text("name"),
            days=whole("days"),
            named=True,
        )
    except (InvalidInput, Conflict) as error:
        return _form(organisation_id, refused(error, typed, TOO_MANY))
    found = members.list_members(context(), actor(), made.organisation_id)
    written = page("token_made", found.organisation, organisation_id, TOKENS, made=made, scopes=SCOPES)
    return make_response(written, NOT_KEPT)


@web.post("/organisation/zugaenge/<int(max=2147483647):token_id>/sperren", defaults={"organisation_id": None})
@web.post("/organisationen/<organisation_id>/zugaenge/<int(max=2147483647):token_id>/sperren")
@needs(Action.MANAGE_TOKENS)
def revoke_token(organisation_id: str | None, token_id: int) -> Response:
    """Revoke a token at once."""
    tokens.revoke_token(context(), actor(), whose(organisation_id), token_id)
    return redirect(
        url_for("web.tokens_of_organisation", organisation_id=organisation_id, done="token-revoked"), 303
    )


def _form(organisation_id: str | None, form: Form) -> Response:
    found = members.list_members(context(), actor(), whose(organisation_id))
    written = page(
        "token",
        found.organisation,
        organisation_id,
        TOKENS,
        found=found,
        form=form,
        meanings=ROLE_MEANINGS,
        scopes={scope: SCOPES[scope] for scope in _usable(found)},
    )
    return make_response(written, form.status)


def _usable(found: members.Membership) -> list[TokenScope]:
    usable = {scope for role in found.roles for scope in usable_scopes(role)}
    return [scope for scope in TokenScope if scope in usable]
