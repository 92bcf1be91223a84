"""The page that puts the figures of all services side by side."""

from flask import Response, render_template, request, url_for

from marketplace.actions import catalogue, counting_rules
from marketplace.actions.questions import DEFAULT_RULE
from marketplace.actions.reuse_overview import OverviewFilter, ReuseOverview, reuse_overview
from marketplace.actions.tables import overview_table
from marketplace.domain.access import Action
from marketplace.http import context, needs
from marketplace.web import queries
from marketplace.web.blueprint import web
from marketplace.web.downloads import csv_file
from marketplace.web.links import with_query


def _overview() -> ReuseOverview:
    chosen = OverviewFilter(
        lead_state=queries.texts_of("lead_state"), theme_field=queries.texts_of("theme_field")
    )
    return reuse_overview(
        context(),
        chosen,
        rule=queries.text_of("rule") or DEFAULT_RULE,
        as_of=queries.day_of("as_of"),
        known_at=queries.text_of("known_at") or None,
        sort=queries.text_of("sort") or "name",
    )


@web.get("/quoten")
@needs(Action.READ_PUBLIC)
def figures() -> str:
    """Show how widely each service is reused, all by one rule."""
    ctx, overview = context(), _overview()
    pinned: dict[str, str | list[str]] = {
        "rule": f"{overview.rule.id}@{overview.rule.version}",
        "as_of": overview.as_of.isoformat(),
        "known_at": overview.known_at.isoformat().replace("+00:00", "Z"),
        "sort": request.args.get("sort") or "name",
        **{name: queries.texts_of(name) for name in ("lead_state", "theme_field")},
    }
    return render_template(
        "figures.html",
        overview=overview,
        rules=counting_rules.rules_to_choose_from(ctx, overview.rule),
        states=catalogue.state_names(ctx),
        theme_fields=[(one.theme_field.id, one.theme_field.name) for one in catalogue.list_theme_fields(ctx)],
        sort=pinned["sort"],
        addresses={
            "page": with_query(url_for("web.figures"), **pinned),
            "csv": with_query(url_for("web.figures_csv"), **pinned),
            "api": with_query("/api/v1/statistics/overview", **pinned),
        },
        pinned=pinned,
    )


@web.get("/quoten.csv")
@needs(Action.READ_PUBLIC)
def figures_csv() -> Response:
    """Send the figures that the page shows as a table."""
    return csv_file(overview_table(_overview()))
