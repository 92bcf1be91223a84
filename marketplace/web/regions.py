"""Regions: finding one by name or postcode, and what stands in it, service by service."""

from flask import Response, render_template

from marketplace.actions import adoptions
from marketplace.actions import regions as action
from marketplace.actions.paging import Page, PageRequest
from marketplace.actions.tables import plain_table
from marketplace.domain.access import Action
from marketplace.domain.regions import Region, RegionKind
from marketplace.http import context, needs
from marketplace.web import queries, standings
from marketplace.web.blueprint import web
from marketplace.web.downloads import csv_file

STATES = 16
COLUMNS = ("service_id", "service_name", "own_status", "own_since", "eligible", *standings.COUNTED, "unknown")


@web.get("/regionen")
@needs(Action.READ_PUBLIC)
def regions() -> str:
    """Find a region by name or postcode; without a question, the states."""
    ctx, text = context(), queries.text_of("q")
    found: Page[Region] | None = None
    if text:
        found = action.find_regions(ctx, None, None, text, None, queries.page_request())
    states = action.find_regions(ctx, RegionKind.STATE, None, None, None, PageRequest(1, STATES))
    return render_template("regions.html", q=text, found=found, states=states.items)


@web.get("/regionen/<key>")
@needs(Action.READ_PUBLIC)
def region(key: str) -> str:
    """Show a region's facts and how every service stands there."""
    ctx, day = context(), queries.day_of("as_of")
    detail = action.get_region(ctx, key, day)
    standing = adoptions.adoptions_of_region(ctx, detail.region.key, as_of=day)
    return render_template(
        "region.html",
        detail=detail,
        region=detail.region,
        standing=standing,
        groups=standings.by_status(standing.standings),
        below=standings.with_several(standing.standings),
    )


@web.get("/regionen/<key>/nachnutzung.csv")
@needs(Action.READ_PUBLIC)
def region_csv(key: str) -> Response:
    """Send the standing of all services in a region as a table."""
    found = adoptions.adoptions_of_region(context(), key, as_of=queries.day_of("as_of"))
    rows = [standings.as_row(one) for one in found.standings]
    return csv_file(plain_table(f"region-{found.region.key}-{found.as_of}", COLUMNS, rows))
