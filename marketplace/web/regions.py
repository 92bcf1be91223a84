"""Regions: finding one by name or postcode, and what stands in it, service by service."""

from datetime import timedelta

from flask import Response, render_template, url_for

from marketplace.actions import adoptions, catalogue
from marketplace.actions import regions as action
from marketplace.actions.paging import PageRequest
from marketplace.actions.tables import plain_table
from marketplace.domain.access import Action
from marketplace.domain.regions import RegionKind
from marketplace.http import context, needs
from marketplace.web import labels, queries, standings
from marketplace.web.blueprint import web
from marketplace.web.downloads import csv_file
from marketplace.web.standings import Group

STATES = 16
COLUMNS = ("service_id", "service_name", "own_status", "own_since", "eligible", *standings.COUNTED, "unknown")


@web.get("/regionen")
@needs(Action.READ_PUBLIC)
def regions() -> str:
    """Find a region by name or postcode; without a question, the states."""
    ctx, text = context(), queries.text_of("q")
    found = action.find_regions(ctx, q=text, page=queries.page_request()) if text else None
    states = action.find_regions(ctx, RegionKind.STATE, page=PageRequest(1, STATES))
    return render_template(
        "regions.html",
        q=text,
        found=found,
        states=sorted(states.items, key=lambda state: state.key),
        state_names=catalogue.state_names(ctx),
    )


@web.get("/regionen/<key>")
@needs(Action.READ_PUBLIC)
def region(key: str) -> str:
    """Show a region's facts and how every service stands there."""
    ctx, day = context(), queries.day_of("as_of")
    detail = action.get_region(ctx, key, day)
    then = day if detail.ended_on is None else detail.ended_on - timedelta(days=1)
    standing = adoptions.adoptions_of_region(ctx, detail.region.key, as_of=then)
    groups = standings.by_status(standing.standings)
    own = [group for group in Group if group.value in labels.GROUPS and groups[group]]
    return render_template(
        "region.html",
        detail=detail,
        region=detail.region,
        parents=[(above.name, url_for("web.region", key=above.key)) for above in reversed(detail.parents)],
        names={above.key: above.name for above in (detail.region, *detail.parents)},
        standing=standing,
        own=[(group.value, labels.GROUPS[group], groups[group]) for group in own],
        elsewhere=[one for one in groups[Group.ELSEWHERE] if (one.eligible or 0) <= 1],
        undetermined=groups[Group.UNDETERMINED],
        below=standings.with_several(standing.standings),
    )


@web.get("/regionen/<key>/nachnutzung.csv")
@needs(Action.READ_PUBLIC)
def region_csv(key: str) -> Response:
    """Send the standing of all services in a region as a table."""
    found = adoptions.adoptions_of_region(context(), key, as_of=queries.day_of("as_of"))
    rows = [standings.as_row(one) for one in found.standings]
    return csv_file(plain_table(f"region-{found.region.key}-{found.as_of}", COLUMNS, rows))
