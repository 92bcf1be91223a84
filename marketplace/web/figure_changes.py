"""The page that says why a figure is another one than on an earlier day: cause by cause, with who is behind each."""

from datetime import date, timedelta

from flask import Response, render_template, url_for

from marketplace.actions import counting_rules
from marketplace.actions.authority_naming import names_on
from marketplace.actions.context import Context
from marketplace.actions.figure_notes import rule_name
from marketplace.actions.further_figure_tables import changes_table
from marketplace.actions.questions import DEFAULT_RULE
from marketplace.actions.ready_questions.choices import services_to_choose_from
from marketplace.actions.reuse_changes import LISTED, MAX_LISTED, ReuseChanges, reuse_changes
from marketplace.domain.access import Action
from marketplace.domain.rule import Rule, Unit
from marketplace.errors import InvalidInput
from marketplace.http import context, needs
from marketplace.web import labels, queries
from marketplace.web.blueprint import web
from marketplace.web.downloads import csv_file
from marketplace.web.links import absolute, with_query

A_YEAR = timedelta(days=365)


@web.get("/quoten/veraenderung")
@needs(Action.READ_PUBLIC)
def figure_changes() -> str:
    """Show why the figure of a service differs between two days, or ask for the service."""
    ctx, rule = context(), _rule()
    changes, days = _changes(ctx, rule, LISTED), _days(ctx)
    services = services_to_choose_from(ctx)
    return render_template(
        "figure_changes.html",
        changes=changes,
        services=services,
        service_name=dict(services).get(changes.service_id, changes.service_id) if changes else "",
        chosen={
            "service": queries.text_of("service"),
            "from": days[0].isoformat(),
            "to": days[1].isoformat(),
            "by": (changes.by or "") if changes else queries.text_of("by"),
            "known_from": queries.text_of("known_from")[:10],
            "known_to": queries.text_of("known_to")[:10],
        },
        rule=rule,
        rules=counting_rules.rules_to_choose_from(ctx, rule),
        groupings=labels.GROUPINGS,
        units=list(Unit),
        unit=changes.unit if changes else rule.units[0],
        names=_names(ctx, changes) if changes else {},
        addresses=_addresses(changes) if changes else {},
    )


@web.get("/quoten/veraenderung.csv")
@needs(Action.READ_PUBLIC)
def figure_changes_csv() -> Response:
    """Send why a figure differs as a table that names all events and authorities, as far as an answer goes."""
    changes = _changes(context(), _rule(), MAX_LISTED)
    if changes is None:
        raise queries.required("service")
    return csv_file(changes_table(changes, absolute(_addresses(changes)["page"])))


def _rule() -> Rule:
    name = queries.text_of("rule") or DEFAULT_RULE
    rule = counting_rules.find_rule(context(), name)
    if rule is None:
        raise InvalidInput.one("rule", "unknown", f"there is no rule {name!r}")
    return rule


def _days(ctx: Context) -> tuple[date, date]:
    """Return the days that are compared: until today, from a year before, unless the address says otherwise."""
    last = queries.day_of("to") or ctx.today()
    return queries.day_of("from") or last - A_YEAR, last


def _changes(ctx: Context, rule: Rule, listed: int) -> ReuseChanges | None:
    service = queries.text_of("service")
    if not service:
        return None
    by, unit = queries.text_of("by"), queries.text_of("unit")
    first, last = _days(ctx)
    # The form offers every group and unit beside every rule: what the chosen rule does not have falls back.
    return reuse_changes(
        ctx,
        service,
        first=first,
        last=last,
        by=None if by in labels.GROUPINGS and by not in rule.groupings else by or None,
        rule=rule_name(rule),
        rule_first=queries.text_of("rule_from") or None,
        unit=None if unit in set(Unit) and unit not in rule.units else unit or None,
        known_first=queries.text_of("known_from") or None,
        known_last=queries.text_of("known_to") or None,
        listed=listed,
    )


def _names(ctx: Context, changes: ReuseChanges) -> dict[str, str]:
    """Return the names of the authorities that a page of changes names."""
    keys = {key for cause in changes.total.causes for key in cause.authority_keys}
    return names_on(ctx, keys, (changes.first.as_of, changes.last.as_of), changes.last.known_at)


def _addresses(changes: ReuseChanges) -> dict[str, str]:
    """Return where this answer stays: page, table, and the same for programs."""
    first, last = changes.first, changes.last
    instants = (moment.known_at.isoformat().replace("+00:00", "Z") for moment in (first, last))
    pinned = {
        "service": changes.service_id, "from": first.as_of.isoformat(), "to": last.as_of.isoformat(),
        **dict(zip(("known_from", "known_to"), instants, strict=True)),
        "rule": rule_name(last.rule), "rule_from": rule_name(first.rule), "by": changes.by or "",
        "unit": str(changes.unit),
    }  # fmt: skip
    api = {name: value for name, value in pinned.items() if value}
    return {
        "page": with_query(url_for("web.figure_changes"), **pinned),
        "csv": with_query(url_for("web.figure_changes_csv"), **pinned),
        "api": with_query("/api/v1/statistics/changes", **api),
    }
