"""Regions: finding one by name or postcode, and what stands in it, service by service."""

from datetime import timedelta
from operator import itemgetter

from flask import Response, render_template, url_for

from marketplace.actions import adoptions, catalogue
from marketplace.actions import regions as action
from marketplace.actions.claims import list_claims
from marketplace.actions.paging import PageRequest
from marketplace.actions.tables import plain_table
from marketplace.domain.access import Action
from marketplace.domain.regions import RegionKind
from marketplace.http import actor, context, needs
from marketplace.web import labels, queries, standings
from marketplace.web.blueprint import web
from marketplace.web.downloads import csv_file
from marketplace.web.links import with_query
from marketplace.web.region_words import region_word
from marketplace.web.standings import Group

STATES = 16
STATE_COLUMNS = ("key", "name", "population", "area_ha", "seat")
VERSION_COLUMNS = ("valid_from", "valid_to", "key", "ags", "name", "population", "area_ha")


@web.get("/regionen")
@needs(Action.READ_PUBLIC)
def regions() -> str:
    """Find a region by name, postcode or key, also a former one, or those that ended without a decision; else the states."""
    ctx, text = context(), queries.text_of("q")
    undecided = queries.text_of("offen") == "1"
    found = None
    if text or undecided:
        found = action.search_regions(ctx, q=text, page=queries.page_request(), undecided=undecided)
    states = action.find_regions(ctx, RegionKind.STATE, page=PageRequest(1, STATES))
    return render_template(
        "regions.html",
        q=text,
        found=found,
        undecided=undecided,
        states=sorted(states.items, key=lambda state: state.key),
        state_names=catalogue.state_names(ctx),
    )


@web.get("/regionen/<key>")
@needs(Action.READ_PUBLIC)
def region(key: str) -> str:
    """Show a region's facts and how every service stands there."""
    ctx, day, known_at = context(), queries.day_of("as_of"), queries.text_of("known_at") or None
    detail = action.get_region(ctx, key, day, known_at)
    then = day if detail.ended_on is None else detail.ended_on - timedelta(days=1)
    standing = adoptions.adoptions_of_region(ctx, detail.region.key, as_of=then, known_at=known_at)
    pinned = {
        "as_of": standing.as_of.isoformat(),
        "known_at": standing.known_at.isoformat().replace("+00:00", "Z"),
    }
    groups = standings.by_status(standing.standings)
    own = [group for group in Group if group.value in labels.GROUPS and groups[group]]
    return render_template(
        "region.html",
        detail=detail,
        region=detail.region,
        parents=_steps_to(detail),
        standing=standing,
        waiting=list_claims(ctx, actor(), PageRequest(1, 1), region=detail.region.key).total,
        permanent=with_query(url_for("web.region", key=detail.region.key), **pinned),
        csv=with_query(url_for("web.region_csv", key=detail.region.key), **pinned),
        versions_csv=with_query(url_for("web.region_versions_csv", key=detail.region.key), **pinned),
        own=[(group.value, labels.GROUPS[group], groups[group]) for group in own],
        elsewhere=standings.with_somebody_above(standing.standings),
        nowhere=standings.with_nobody(standing.standings),
        undetermined=groups[Group.UNDETERMINED],
        below=standings.with_several(standing.standings),
    )


@web.get("/regionen/<key>/nachnutzung.csv")
@needs(Action.READ_PUBLIC)
def region_csv(key: str) -> Response:
    """Send the standing of all services in a region as a table."""
    found = adoptions.adoptions_of_region(
        context(), key, as_of=queries.day_of("as_of"), known_at=queries.text_of("known_at") or None
    )
    rows = [standings.as_row(one) for one in found.standings]
    return csv_file(plain_table(f"region-{found.region.key}-{found.as_of}", standings.COLUMNS, rows))


@web.get("/regionen.csv")
@needs(Action.READ_PUBLIC)
def states_csv() -> Response:
    """Send the states with key and inhabitants as a table."""
    found = action.find_regions(context(), RegionKind.STATE, page=PageRequest(1, STATES))
    rows = [{name: getattr(one, name) for name in STATE_COLUMNS} for one in found.items]
    return csv_file(plain_table("states", STATE_COLUMNS, sorted(rows, key=itemgetter("key"))))


@web.get("/regionen/<key>/staende.csv")
@needs(Action.READ_PUBLIC)
def region_versions_csv(key: str) -> Response:
    """Send how a region stood in each register as a table."""
    detail = action.get_region(context(), key, queries.day_of("as_of"), queries.text_of("known_at") or None)
    rows = [{name: getattr(one, name) for name in VERSION_COLUMNS} for one in detail.versions]
    return csv_file(plain_table(f"versions-{detail.region.key}", VERSION_COLUMNS, rows))


def _steps_to(detail: action.RegionDetail) -> list[tuple[str, str]]:
    """Return names and addresses of the regions above, the widest first; namesakes say what they are."""
    steps = []
    for above in reversed(detail.parents):
        namesake = above.name == detail.region.name
        name = f"{above.name} ({region_word(above)})" if namesake else above.name
        steps.append((name, url_for("web.region", key=above.key)))
    return steps
