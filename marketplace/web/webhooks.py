"""Webhooks of an organisation: the list, adding one, whose secret is shown once, changing and removing it."""

from typing import Any

from flask import make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from marketplace.actions import webhooks
from marketplace.actions.webhooks import NewSecret, ShownWebhook
from marketplace.domain.access import Action
from marketplace.domain.webhook import KINDS, MAX_WEBHOOKS, Follows
from marketplace.errors import Conflict, InvalidInput, VersionMismatch
from marketplace.http import actor, context, needs
from marketplace.web import queries
from marketplace.web.blueprint import web
from marketplace.web.invitations import NOT_KEPT
from marketplace.web.organisation_forms import CHECK, Form, problems_of, text, whole, whose
from marketplace.web.organisation_pages import WEBHOOKS, page
from marketplace.web.webhook_words import (
    BROKEN,
    CHANGED_MEANWHILE,
    DONE,
    ENOUGH,
    FOLLOWS,
    KIND_WORDS,
    LABELS,
    OFF_REASONS,
)


@web.get("/organisation/webhooks", defaults={"organisation_id": None})
@web.get("/organisationen/<organisation_id>/webhooks")
@needs(Action.MANAGE_WEBHOOKS)
def webhooks_of_organisation(organisation_id: str | None) -> str:
    """List the webhooks of an organisation with how each fares."""
    organisation, found = webhooks.list_webhooks(context(), actor(), whose(organisation_id))
    return page(
        "webhooks", organisation, organisation_id, WEBHOOKS, found=found, most=MAX_WEBHOOKS, follows=FOLLOWS,
        reasons=OFF_REASONS, done=DONE.get(queries.text_of("done")),
    )  # fmt: skip


@web.get("/organisation/webhooks/neu", defaults={"organisation_id": None})
@web.get("/organisationen/<organisation_id>/webhooks/neu")
@needs(Action.MANAGE_WEBHOOKS)
def new_webhook(organisation_id: str | None) -> Response:
    """Show an empty form: everything, of all kinds."""
    kinds = [str(kind) for kind in KINDS]
    return _form(organisation_id, None, Form({"kinds": kinds, "follows": str(Follows.EVERYTHING)}))


@web.post("/organisation/webhooks", defaults={"organisation_id": None})
@web.post("/organisationen/<organisation_id>/webhooks")
@needs(Action.MANAGE_WEBHOOKS)
def make_webhook(organisation_id: str | None) -> Response:
    """Add a webhook and show its secret, once."""
    typed = _typed()
    try:
        made = webhooks.add_webhook(context(), actor(), whose(organisation_id), typed)
    except (InvalidInput, Conflict) as error:
        return _form(organisation_id, None, _refused(error, typed))
    return _secret(organisation_id, made)


@web.get("/organisation/webhooks/<webhook_id>/bearbeiten", defaults={"organisation_id": None})
@web.get("/organisationen/<organisation_id>/webhooks/<webhook_id>/bearbeiten")
@needs(Action.MANAGE_WEBHOOKS)
def edit_webhook(organisation_id: str | None, webhook_id: str) -> Response:
    """Show a webhook's form."""
    shown = webhooks.get_webhook(context(), actor(), whose(organisation_id), webhook_id)
    return _form(organisation_id, shown, Form(_typed_of(shown)))


@web.post("/organisation/webhooks/<webhook_id>/bearbeiten", defaults={"organisation_id": None})
@web.post("/organisationen/<organisation_id>/webhooks/<webhook_id>/bearbeiten")
@needs(Action.MANAGE_WEBHOOKS)
def change_webhook(organisation_id: str | None, webhook_id: str) -> Response:
    """Change a webhook, or show the form again with what is wrong, or that somebody was quicker."""
    ctx, wanted, typed = context(), whose(organisation_id), _typed()
    try:
        webhooks.change_webhook(ctx, actor(), wanted, webhook_id, typed, whole("version"))
    except (InvalidInput, Conflict, VersionMismatch) as error:
        shown = webhooks.get_webhook(ctx, actor(), wanted, webhook_id)
        return _form(organisation_id, shown, _refused(error, typed))
    address = url_for("web.webhook", organisation_id=organisation_id, webhook_id=webhook_id, done="changed")
    return redirect(address, 303)


@web.post("/organisation/webhooks/<webhook_id>/entfernen", defaults={"organisation_id": None})
@web.post("/organisationen/<organisation_id>/webhooks/<webhook_id>/entfernen")
@needs(Action.MANAGE_WEBHOOKS)
def remove_webhook(organisation_id: str | None, webhook_id: str) -> Response:
    """Remove a webhook with its log."""
    ctx, wanted = context(), whose(organisation_id)
    shown = webhooks.get_webhook(ctx, actor(), wanted, webhook_id)
    webhooks.remove_webhook(ctx, actor(), wanted, webhook_id, shown.webhook.version)
    return redirect(
        url_for("web.webhooks_of_organisation", organisation_id=organisation_id, done="removed"), 303
    )


@web.post("/organisation/webhooks/<webhook_id>/geheimnis", defaults={"organisation_id": None})
@web.post("/organisationen/<organisation_id>/webhooks/<webhook_id>/geheimnis")
@needs(Action.MANAGE_WEBHOOKS)
def rotate_webhook_secret(organisation_id: str | None, webhook_id: str) -> Response:
    """Give a webhook a new secret and show it, once."""
    return _secret(
        organisation_id, webhooks.rotate_secret(context(), actor(), whose(organisation_id), webhook_id)
    )


def _secret(organisation_id: str | None, made: NewSecret) -> Response:
    organisation = webhooks.organisation_of(context(), actor(), made.shown.webhook.organisation_id)
    written = page("webhook_secret", organisation, organisation_id, WEBHOOKS, made=made)
    return make_response(written, NOT_KEPT)


def _form(organisation_id: str | None, shown: ShownWebhook | None, form: Form) -> Response:
    organisation = webhooks.organisation_of(context(), actor(), whose(organisation_id))
    written = page(
        "webhook_form", organisation, organisation_id, WEBHOOKS, shown=shown, form=form, labels=LABELS,
        follows=FOLLOWS, kinds=[(str(kind), KIND_WORDS[str(kind)], "") for kind in KINDS],
    )  # fmt: skip
    return make_response(written, form.status)


def _refused(error: InvalidInput | Conflict | VersionMismatch, typed: dict[str, Any]) -> Form:
    if isinstance(error, InvalidInput):
        return Form(typed, problems_of(error.errors, BROKEN), CHECK, 422)
    if isinstance(error, Conflict):
        return Form(typed, {}, ENOUGH, 409)
    return Form(typed, {}, CHANGED_MEANWHILE, 412)


def _typed() -> dict[str, Any]:
    return {
        "url": text("url"),
        "note": text("note"),
        "follows": text("follows"),
        "kinds": request.form.getlist("kinds"),
    }


def _typed_of(shown: ShownWebhook) -> dict[str, Any]:
    fields = shown.webhook.fields
    kinds = [str(kind) for kind in fields.kinds]
    return {"url": fields.url, "note": fields.note or "", "follows": str(fields.follows), "kinds": kinds}
