"""The list of catalogue entries, by filters from SQL: it works when the search does not."""

from flask import Response, render_template

from marketplace.actions import catalogue
from marketplace.actions.paging import MAX_PAGE_SIZE, PageRequest
from marketplace.actions.services import ServiceFilter, list_services
from marketplace.actions.tables import services_table
from marketplace.domain.access import Action
from marketplace.domain.service import Service, ServiceKind
from marketplace.errors import InvalidInput
from marketplace.http import actor, context, needs
from marketplace.web import labels, queries
from marketplace.web.blueprint import web
from marketplace.web.downloads import csv_file

SORTS = ("name", "-updated")


def _filter() -> ServiceFilter:
    return ServiceFilter(
        kind=queries.texts_of("kind"),
        lead_state=queries.texts_of("lead_state"),
        theme_field=queries.texts_of("theme_field"),
    )


@web.get("/dienste")
@needs(Action.READ_PUBLIC)
def services() -> str:
    """List the entries by the filters of the address."""
    sort = queries.text_of("sort") or "name"
    if sort not in SORTS:
        raise InvalidInput.one("sort", "choice", f"must be one of {', '.join(SORTS)}")
    ctx = context()
    return render_template(
        "services.html",
        found=list_services(ctx, _filter(), sort, queries.page_request(), actor()),
        states=catalogue.state_names(ctx),
        theme_fields=[
            (field.theme_field.id, field.theme_field.name) for field in catalogue.list_theme_fields(ctx)
        ],
        kinds=[(kind.value, labels.label(kind)) for kind in ServiceKind],
        sort=sort,
    )


@web.get("/dienste.csv")
@needs(Action.READ_PUBLIC)
def services_csv() -> Response:
    """Send the whole list by the same filters as a table."""
    entries: list[Service] = []
    number = 1
    while True:
        page = list_services(context(), _filter(), "name", PageRequest(number, MAX_PAGE_SIZE), actor())
        entries.extend(page.items)
        if number >= page.pages:
            return csv_file(services_table(entries))
        number += 1
