"""What is told of a figure that somebody follows, by message and by feed alike."""

from collections.abc import Callable
from typing import Any

from marketplace.actions.followed_objects import FigureNames
from marketplace.domain.change import MessageKind
from marketplace.domain.followed_figures import FigureNews, FigureValue, FollowedFigure

Causes = Callable[[FigureValue, FigureValue], list[dict[str, Any]]]
"""Tells why the second of two values differs from the first."""


def facts_of(figure: FollowedFigure, names: FigureNames, one: FigureNews, causes: Causes) -> dict[str, Any]:
    """Return the facts of what is news of a figure, as ``notify.wording`` takes them."""
    facts = {
        "title_de": names.title_de, "title_en": names.title_en, "service": figure.service, "name": names.service,
        "state": figure.state, "state_name": names.state, "unit": figure.unit, **one.value.as_stored(),
        "before": None, "causes": [],
    }  # fmt: skip
    if one.kind is MessageKind.FIGURE_CROSSED:
        facts["threshold"] = figure.threshold
    if one.before is not None and one.before.as_of <= one.value.as_of:
        facts["before"] = one.before.as_stored()
        facts["causes"] = causes(one.before, one.value)
    return facts
