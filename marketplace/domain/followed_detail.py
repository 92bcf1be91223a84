"""The detail of a subscription in its one form, so that the same search or figure is followed once."""

from collections.abc import Mapping
from typing import Any

from marketplace.domain.field_reader import FieldReader, printable
from marketplace.domain.followed import FollowedKind
from marketplace.domain.query_text import LONGEST_QUERY
from marketplace.domain.rule import Unit
from marketplace.errors import FieldError

MAX_VALUES = 50
MAX_VALUE = 80
SEARCH_FIELDS = ("q", "in", "filters", "region", "live_here", "verbatim")
SEARCH_FACETS: Mapping[str, tuple[str, ...]] = {
    "services": ("lead_state", "theme_field", "kind", "authority_set"),
    "procedures": ("theme_field",),
}
"""By what a saved search filters, by the collection that it searches."""
FIGURE_FIELDS = ("rule", "service", "state", "unit", "threshold", "monthly")
THRESHOLD_DIGITS = 6
"""Digits of a threshold after the point; further ones are rounded away."""
HAS_LIKE = frozenset(
    {
        FollowedKind.SERVICE,
        FollowedKind.PUBLISHER,
        FollowedKind.THEME_FIELD,
        FollowedKind.BUNDLE,
        FollowedKind.PROCEDURE,
    }
)
"""Of these, adoptions by authorities like one can be asked for."""


def canonical_detail(
    followed: FollowedKind, given: object, errors: list[FieldError]
) -> dict[str, Any] | None:
    """Return the detail in its one form, None where there is none; broken rules are noted."""
    if given is not None and not isinstance(given, Mapping):
        errors.append(FieldError("detail", "type", "must be an object"))
        return None
    if followed is FollowedKind.SEARCH:
        return _search(FieldReader(given or {}, errors, "detail."))
    if followed is FollowedKind.FIGURE:
        return _figure(FieldReader(given or {}, errors, "detail."))
    if not given:
        return None
    if followed not in HAS_LIKE:
        errors.append(FieldError("detail", "unknown", f"{followed} has no detail"))
        return None
    return _like(FieldReader(given, errors, "detail."))


def _like(reader: FieldReader) -> dict[str, Any] | None:
    reader.only(("like",))
    key = reader.text("like", MAX_VALUE)
    return None if key is None else {"like": key}


def _search(reader: FieldReader) -> dict[str, Any]:
    reader.only(SEARCH_FIELDS)
    collection = reader.text("in", MAX_VALUE) or "services"
    if collection not in SEARCH_FACETS:
        reader.refuse("in", "choice", f"must be one of {', '.join(SEARCH_FACETS)}")
    found = {
        "q": reader.text("q", LONGEST_QUERY) or "",
        "in": collection,
        "filters": _filters(reader, collection),
        "region": reader.text("region", MAX_VALUE),
        "live_here": reader.flag("live_here"),
        "verbatim": reader.flag("verbatim"),
    }
    if found["live_here"] and found["region"] is None:
        reader.refuse("region", "required", "live_here needs a region")
    if found["live_here"] and collection == "procedures":
        reader.refuse("live_here", "unknown", "procedures are not live anywhere")
    return found


def _filters(reader: FieldReader, collection: str) -> dict[str, list[str]]:
    given = reader.fields.get("filters") or {}
    if not isinstance(given, Mapping):
        reader.refuse("filters", "type", "must be an object")
        return {}
    facets = SEARCH_FACETS.get(collection, ())
    found: dict[str, list[str]] = {}
    for facet, values in given.items():
        name = f"filters.{printable(str(facet))}"
        if facet not in facets:
            reader.refuse(name, "unknown", f"{collection} can be filtered by {', '.join(facets)}")
        elif not isinstance(values, list | tuple) or not all(isinstance(one, str) for one in values):
            reader.refuse(name, "type", "must be a list of texts")
        elif len(values) > MAX_VALUES or any(len(one) > MAX_VALUE for one in values):
            reader.refuse(
                name, "length", f"at most {MAX_VALUES} values of {MAX_VALUE} characters are allowed"
            )
        elif values:
            found[str(facet)] = sorted(set(values))
    return dict(sorted(found.items()))


def _figure(reader: FieldReader) -> dict[str, Any]:
    reader.only(FIGURE_FIELDS)
    rule = reader.text("rule", MAX_VALUE, required=True)
    if rule is not None and "@" in rule:
        reader.refuse("rule", "format", "must be a rule without a version: its newest one is followed")
    return {
        "rule": rule,
        "service": reader.slug("service"),
        "state": reader.text("state", MAX_VALUE),
        "unit": reader.one_of("unit", Unit),
        "threshold": _threshold(reader),
        "monthly": reader.flag("monthly"),
    }


def _threshold(reader: FieldReader) -> float | None:
    value = reader.fields.get("threshold")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        reader.refuse("threshold", "type", "must be a number")
        return None
    share = round(float(value), THRESHOLD_DIGITS)
    if not 0 < share <= 1 or value > 1:
        reader.refuse("threshold", "range", "must lie above 0 and not above 1")
        return None
    return share


def threshold_text(share: float) -> str:
    """Return a threshold as an address writes it: without an exponent, without zeros at the end."""
    return f"{share:.{THRESHOLD_DIGITS}f}".rstrip("0").rstrip(".")
