"""What administrations have to offer online, and who builds it: procedures, bundles, theme fields, organisations."""

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from marketplace.actions import catalogue
from marketplace.actions.paging import MAX_PAGE_SIZE, PageRequest
from marketplace.actions.services import ServiceFilter, list_services
from marketplace.domain.access import Action
from marketplace.http import actor, context, needs
from marketplace.web import queries
from marketplace.web.blueprint import web

BUNDLES = 50


@web.get("/leistungen/<leika_key>")
@needs(Action.READ_PUBLIC)
def procedure(leika_key: str) -> str:
    """Show a procedure with the bundles that hold it and the services that put it online."""
    ctx = context()
    return render_template(
        "procedure.html",
        detail=catalogue.get_procedure(ctx, leika_key, actor()),
        states=catalogue.state_names(ctx),
    )


@web.get("/leistungsbuendel/<ozg_id>")
@needs(Action.READ_PUBLIC)
def bundle(ozg_id: str) -> str:
    """Show a bundle with its procedures and the services that serve it."""
    ctx = context()
    return render_template(
        "bundle.html",
        detail=catalogue.get_bundle(ctx, ozg_id, actor()),
        states=catalogue.state_names(ctx),
    )


@web.get("/themenfelder")
@needs(Action.READ_PUBLIC)
def theme_fields() -> str:
    """List the theme fields."""
    return render_template("theme_fields.html", theme_fields=catalogue.list_theme_fields(context()))


@web.get("/themenfelder/<theme_field_id>")
@needs(Action.READ_PUBLIC)
def theme_field(theme_field_id: str) -> str:
    """Show a theme field with its services and bundles."""
    ctx = context()
    detail = catalogue.get_theme_field(ctx, theme_field_id)
    wanted = ServiceFilter(theme_field=theme_field_id)
    return render_template(
        "theme_field.html",
        detail=detail,
        theme_field=detail.theme_field,
        found=list_services(ctx, wanted, "name", PageRequest(1, MAX_PAGE_SIZE), actor()),
        bundles=catalogue.list_bundles(ctx, theme_field_id, None, queries.page_request(size=BUNDLES)),
        states=catalogue.state_names(ctx),
    )


@web.get("/organisationen")
@needs(Action.READ_PUBLIC)
def organisations() -> str:
    """List the organisations."""
    ctx = context()
    found = catalogue.list_organisations(ctx, None, None, None, PageRequest(1, MAX_PAGE_SIZE))
    return render_template("organisations.html", found=found, states=catalogue.state_names(ctx))


@web.get("/organisationen/<organisation_id>")
@needs(Action.READ_PUBLIC)
def organisation(organisation_id: str) -> str | Response:
    """Show an organisation with what it publishes and offers; of one that went into another, that other one."""
    ctx = context()
    detail = catalogue.get_organisation(ctx, organisation_id, actor())
    if detail.merged_into is not None:
        return redirect(url_for("web.organisation", organisation_id=detail.merged_into), 301)
    return render_template(
        "organisation.html",
        detail=detail,
        states=catalogue.state_names(ctx),
    )
