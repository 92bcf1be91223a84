"""Organisations as operators keep them: the list, adding, changing, letting one go into another."""

from collections.abc import Mapping
from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from marketplace.actions import organisations as actions
from marketplace.actions.catalogue import list_organisations, state_names
from marketplace.actions.organisation_choices import organisations_of_kind
from marketplace.actions.organisation_merging import merge
from marketplace.domain.access import Action
from marketplace.domain.organisation_fields import OrganisationFields
from marketplace.domain.regions import FEDERATION_KEY
from marketplace.errors import Conflict, InvalidInput, VersionMismatch, VersionRequired
from marketplace.http import actor, context, needs
from marketplace.web import queries
from marketplace.web.blueprint import web
from marketplace.web.labels import ORGANISATION_KINDS
from marketplace.web.organisation_forms import Form, refused, text
from marketplace.web.organisation_words import DONE

PAGE = 50
OTHERWISE = _("Jemand war schneller: Gespeichert ist inzwischen etwas anderes. Prüfen Sie Ihre Angaben und speichern Sie noch einmal.")  # fmt: skip
GONE = _("Diese Organisation ist inzwischen in einer anderen aufgegangen.")
LABELS: Mapping[str, LazyString] = {
    "id": _("Kennung"),
    "name": _("Name"),
    "kind": _("Art"),
    "state": _("Land"),
    "authorities": _("Spricht für diese Behörden"),
    "url": _("Adresse im Netz"),
    "source": _("Quelle"),
    "into": _("Geht auf in"),
}


@web.get("/betrieb/organisationen")
@needs(Action.MANAGE_ORGANISATIONS)
def kept_organisations() -> str:
    """List the organisations with the way to each one's pages."""
    q, kind = queries.text_of("q"), queries.text_of("kind")
    found = list_organisations(context(), kind or None, None, q or None, queries.page_request(size=PAGE))
    return render_template(
        "organisation/kept_list.html",
        found=found,
        q=q,
        kind=kind,
        kinds=ORGANISATION_KINDS,
        states=state_names(context()),
        done=DONE.get(queries.text_of("done")),
    )


@web.get("/betrieb/organisationen/neu")
@needs(Action.MANAGE_ORGANISATIONS)
def new_organisation() -> Response:
    """Show an empty form."""
    return _form(None, Form({}))


@web.post("/betrieb/organisationen")
@needs(Action.MANAGE_ORGANISATIONS)
def add_organisation() -> Response:
    """Add an organisation, or show the form again with what is wrong."""
    try:
        actions.put_organisation(context(), actor(), text("id"), _fields(), None)
    except InvalidInput as error:
        return _form(None, refused(error, _typed()))
    except VersionRequired:
        return _form(None, refused(InvalidInput.one("id", "unique", "is taken"), _typed()))
    return redirect(url_for("web.kept_organisation", organisation_id=text("id"), done="added"), 303)


@web.get("/betrieb/organisationen/<organisation_id>")
@needs(Action.MANAGE_ORGANISATIONS)
def kept_organisation(organisation_id: str) -> Response:
    """Show an organisation's form."""
    kept = actions.read_kept(context(), actor(), organisation_id)
    return _form(kept, Form(_typed_of(kept.fields)))


@web.post("/betrieb/organisationen/<organisation_id>")
@needs(Action.MANAGE_ORGANISATIONS)
def change_organisation(organisation_id: str) -> Response:
    """Change an organisation, or show the form again with what is wrong, or with what somebody else saved."""
    seen = text("tag")
    try:
        actions.put_organisation(context(), actor(), organisation_id, _fields(), [seen])
    except (InvalidInput, Conflict) as error:
        kept = actions.read_kept(context(), actor(), organisation_id)
        return _form(kept, refused(error, _typed(), GONE), seen)
    except VersionMismatch:
        kept = actions.read_kept(context(), actor(), organisation_id)
        return _form(kept, Form(_typed(), {}, OTHERWISE, 412))
    return redirect(url_for("web.kept_organisation", organisation_id=organisation_id, done="saved"), 303)


@web.post("/betrieb/organisationen/<organisation_id>/zusammenfuehren")
@needs(Action.MANAGE_ORGANISATIONS)
def merge_organisation(organisation_id: str) -> Response:
    """Let an organisation go into another one, or say why not."""
    into = text("into")
    try:
        merge(context(), actor(), organisation_id, into)
    except (InvalidInput, Conflict) as error:
        kept = actions.read_kept(context(), actor(), organisation_id)
        return _form(kept, refused(error, _typed_of(kept.fields) | {"into": into}, GONE))
    return redirect(url_for("web.kept_organisation", organisation_id=into, done="merged"), 303)


def _form(kept: actions.KeptOrganisation | None, form: Form, seen: str | None = None) -> Response:
    ctx = context()
    states = {key: name for key, name in state_names(ctx).items() if key != FEDERATION_KEY}
    others = [] if kept is None else organisations_of_kind(ctx, kept.fields.organisation.kind)
    written = render_template(
        "organisation/kept.html",
        kept=kept,
        form=form,
        tag=seen if kept is None else seen or kept.fields.tag,
        labels=LABELS,
        kinds=ORGANISATION_KINDS,
        states=states,
        others=[one for one in others if kept and one[0] != kept.fields.organisation.id],
        done=DONE.get(queries.text_of("done")),
    )
    return make_response(written, form.status)


def _typed() -> dict[str, Any]:
    return {name: text(name) for name in (*LABELS, "own_review")}


def _fields() -> dict[str, Any]:
    return {
        "name": text("name"),
        "kind": text("kind"),
        "state": text("state"),
        "authorities": text("authorities").replace(",", " ").split(),
        "url": text("url"),
        "source": text("source"),
        "own_review": bool(request.form.get("own_review")),
    }


def _typed_of(fields: OrganisationFields) -> dict[str, Any]:
    one = fields.organisation
    return {
        "id": one.id,
        "name": one.name,
        "kind": one.kind,
        "state": one.state or "",
        "authorities": "\n".join(fields.authorities),
        "url": one.url or "",
        "source": one.source or "",
        "own_review": "true" if one.own_review else "",
    }
