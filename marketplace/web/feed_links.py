"""Which feed belongs to the page that is shown: its address, with the filters of the page, in the page's language."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from flask import request, url_for
from flask_babel import gettext as _

from marketplace.actions.counting_rules import find_rule
from marketplace.actions.questions import DEFAULT_RULE
from marketplace.domain.followed_detail import threshold_text
from marketplace.domain.ready_questions import find_ready_question
from marketplace.http import context
from marketplace.web.language import language
from marketplace.web.links import with_query

OWN = frozenset(
    {
        "web.services", "web.search", "web.service", "web.organisation", "web.theme_fields", "web.theme_field",
        "web.bundle", "web.procedure", "web.regions", "web.region", "web.demand", "web.counting_rules",
    }
)  # fmt: skip
"""Pages with a feed at their path and ``.atom``."""
PART_OF: Mapping[str, str] = {"web.entry_history": "web.service", "web.claims": "web.region"}
"""Pages that show a part of what another page's feed tells."""
FILTERS: Mapping[str, tuple[str, ...] | None] = {
    "web.services": ("kind", "lead_state", "theme_field"),
    "web.search": None,
}
"""Parameters of a page that its feed has too; None: all but what follows."""
NOT_OF_THE_FEED = frozenset({"sort", "page", "lang"})
FIGURE_PARTS = ("rule", "service", "state", "unit", "threshold", "monthly")
STATE_KEY, FEDERATION = 2, "00"


class PageFeed(NamedTuple):
    """A feed that a page leads to."""

    address: str
    title: str


def page_feeds() -> list[PageFeed]:
    """Return the feeds of this page, its own first, then that of the figure it shows, then that of all entries."""
    own, figure = own_feed(), _shown_figure()
    whole = _in_language(url_for("web.services") + ".atom")
    found = []
    if own is not None:
        found.append(PageFeed(own, str(_("Änderungen dieser Seite"))))
    if figure is not None:
        found.append(PageFeed(figure_feed(figure), _title_of(figure)))
    if own != whole:
        found.append(PageFeed(whole, str(_("Onlinedienste: neue und geänderte Einträge"))))
    return found


def figure_feed(detail: Mapping[str, Any]) -> str:
    """Return the address of the feed of a figure, by the detail of a subscription; the newest rule is followed."""
    said = {name: detail[name] for name in FIGURE_PARTS if detail.get(name)}
    if "rule" in said:
        said["rule"] = str(said["rule"]).partition("@")[0]
    if "threshold" in said:
        said["threshold"] = threshold_text(said["threshold"])
    else:
        # Without a threshold the months are all that there is.
        said.pop("monthly", None)
    if "monthly" in said:
        said["monthly"] = "true"
    named = {name: [str(one)] for name, one in said.items()}
    return _in_language(url_for("web.figures") + ".atom", **named)


def own_feed() -> str | None:
    """Return the address of the feed of this page, None where it has none."""
    endpoint = PART_OF.get(request.endpoint or "", request.endpoint or "")
    if endpoint not in OWN:
        return None
    names = FILTERS.get(endpoint, ())
    kept: dict[str, list[str]] = {}
    for name, value in request.args.items(multi=True):
        if value and (name in names if names is not None else name not in NOT_OF_THE_FEED):
            kept.setdefault(name, []).append(value)
    return _in_language(url_for(endpoint, **(request.view_args or {})) + ".atom", **kept)


def _shown_figure() -> Mapping[str, str] | None:
    """Return the detail of the figure that this page shows, None where it shows none."""
    named = request.view_args or {}
    match request.endpoint:
        case "web.figures":
            return _asked("rule")
        case "web.figure_changes":
            return _asked("rule", "unit", "service")
        case "web.service":
            return {**_asked("rule", "unit"), "service": named["service_id"]}
        case "web.region" if len(named["key"]) == STATE_KEY:
            return {} if named["key"] == FEDERATION else {"state": named["key"]}
        case "web.ready_questions":
            return {}
        case "web.ready_question":
            return _figure_of_question(named["question_id"])
    return None


def _figure_of_question(question_id: str) -> Mapping[str, str] | None:
    """Return the figure that a ready answer stands on: of a state by a rule that has figures of states."""
    question = find_ready_question(question_id)
    if question is None:
        return None
    asked = {"rule": question.rules[0], **_asked("rule", *question.parameters)}
    figure = {name: asked[name] for name in FIGURE_PARTS if name in asked}
    if "state" in figure:
        rules = [find_rule(context(), name) for name in (figure["rule"], *question.rules)]
        fitting = next((rule for rule in rules if rule is not None and rule.state_counts is None), None)
        figure["rule"] = fitting.id if fitting else DEFAULT_RULE
    return figure


def _asked(*names: str) -> dict[str, str]:
    return {name: request.args[name] for name in names if request.args.get(name)}


def _title_of(figure: Mapping[str, str]) -> str:
    if "service" in figure:
        return str(_("Nachnutzungsquote dieses Dienstes, Monat für Monat"))
    if "state" in figure:
        return str(_("Nachnutzungsquote dieses Landes, Monat für Monat"))
    return str(_("Nachnutzungsquote aller Dienste, Monat für Monat"))


def _in_language(path: str, **filters: list[str]) -> str:
    spoken = {} if language() == "de" else {"lang": language()}
    return with_query(path, **filters, **spoken)
