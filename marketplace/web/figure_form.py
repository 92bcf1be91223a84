"""The form of a figure: by which rule, of which service and state, and when one hears of it."""

from collections.abc import Mapping
from typing import Any

from marketplace.actions import catalogue, counting_rules
from marketplace.actions.questions import DEFAULT_RULE
from marketplace.actions.services import get_service
from marketplace.domain.rule import Unit
from marketplace.errors import NotFound
from marketplace.http import actor, context
from marketplace.web.labels import ENUMS

NAMED = ("rule", "service", "state", "unit")
FIELDS = (*NAMED, "threshold")
"""What an address may bring; the month is wanted where no threshold is."""
TRUE = "true"


def detail_of(typed: Mapping[str, str]) -> dict[str, Any]:
    """Return the figure that was typed; a threshold that is no number stays what it is, to be refused by name."""
    found: dict[str, Any] = {name: typed.get(name) or None for name in NAMED}
    percent = (typed.get("threshold") or "").strip().replace(",", ".")
    try:
        found["threshold"] = round(float(percent) / 100, 6) if percent else None
    except ValueError:
        found["threshold"] = percent
    return found | {"monthly": typed.get("monthly") == TRUE}


def typed_of(detail: Mapping[str, Any]) -> dict[str, str]:
    """Return the fields that a figure fills."""
    threshold = detail.get("threshold")
    return {name: detail.get(name) or "" for name in NAMED} | {
        "threshold": "" if threshold is None else f"{threshold * 100:g}",
        "monthly": TRUE if detail.get("monthly") else "",
    }


def choices(typed: Mapping[str, Any]) -> dict[str, object]:
    """Return the rule that is chosen (None: there is no such), what the form offers, and the name of the service that it is about (None: of all of them)."""
    ctx = context()
    rule = counting_rules.find_rule(ctx, str(typed.get("rule") or DEFAULT_RULE))
    return {
        "rule": rule,
        "rules": [] if rule is None else counting_rules.rules_to_choose_from(ctx, rule),
        "units": list(ENUMS[Unit].items()),
        "states": catalogue.state_names(ctx),
        "service_name": _service_name(str(typed.get("service") or "")),
    }


def _service_name(service_id: str) -> str | None:
    if not service_id:
        return None
    try:
        return get_service(context(), service_id, actor()).service.name
    except NotFound:
        return None
