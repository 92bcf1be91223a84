"""Why a figure differs between two dates."""

from typing import TYPE_CHECKING

from marshmallow import Schema, fields

from marketplace.actions.figure_notes import rule_name
from marketplace.actions.reuse_changes import LISTED, MAX_LISTED
from marketplace.api.answers import FORMATS
from marketplace.api.fields import Choice, Day, KnownAt, Text, WholeNumber
from marketplace.api.schemas.base import InAnswer, day, instant, word
from marketplace.api.schemas.statistics import (
    FigureEntry,
    RuleNamed,
    Sourced,
    address,
    figure_body,
    rule_named,
    sourced_body,
)
from marketplace.domain.changes import Cause
from marketplace.domain.rule import GROUPINGS, Unit

if TYPE_CHECKING:
    from marketplace.actions.reuse_changes import CauseOfChange, ChangedFigure, ReuseChanges


class CauseEntry(InAnswer):
    """What one cause adds. Events and authorities are listed up to a limit; their numbers are whole."""

    cause = word(Cause)
    numerator = fields.Integer()
    denominator = fields.Integer()
    events = fields.List(
        fields.Integer(), metadata={"description": "Ids of the events behind it, `listed` at most"}
    )
    event_count = fields.Integer()
    authorities = fields.List(
        fields.String(), metadata={"description": "Keys of those whose share it is, `listed` at most"}
    )
    authority_count = fields.Integer()


class ChangedEntry(InAnswer):
    """A figure at both ends. The numerators and denominators of the causes add up to the differences exactly."""

    key = fields.String()
    label = fields.String()
    before = fields.Nested(FigureEntry)
    after = fields.Nested(FigureEntry)
    numerator = fields.Integer(metadata={"description": "The difference of the numerators"})
    denominator = fields.Integer(metadata={"description": "The difference of the denominators"})
    causes = fields.List(fields.Nested(CauseEntry))


class EndEntry(InAnswer):
    """At what one end is read."""

    rule = fields.Nested(RuleNamed)
    as_of = fields.Date()
    known_at = fields.DateTime()
    territory_on = fields.Date(allow_none=True)


class ChangesBody(Sourced):
    """Why a figure differs between two dates."""

    rule = fields.Nested(RuleNamed)
    service = fields.String()
    by = word(GROUPINGS, null=True)
    first = fields.Nested(EndEntry, data_key="from")
    last = fields.Nested(EndEntry, data_key="to")
    total = fields.Nested(ChangedEntry)
    rows = fields.List(fields.Nested(ChangedEntry))


class ChangesQuery(Schema):
    """Which figure between which dates."""

    service = Text(high=80, required=True, metadata={"description": "Id of the service"})
    first = Day(data_key="from", required=True, metadata={"description": "The first day"})
    last = Day(data_key="to", metadata={"description": "The last day; today in Germany if left out"})
    known_first = KnownAt(
        data_key="known_from",
        metadata={"description": "When the first figure was known; as the last one if left out"},
    )
    known_last = KnownAt(
        data_key="known_to", metadata={"description": "When the last figure is known; now if left out"}
    )
    rule = Text(high=100, load_default="reuse-rate", metadata={"description": "As in `/statistics/reuse`"})
    rule_first = Text(
        high=100,
        data_key="rule_from",
        metadata={"description": "The rule of the first figure, where it is another"},
    )
    unit = Choice(Unit)
    by = Choice(GROUPINGS, metadata={"description": "Explain each group too"})
    listed = WholeNumber(
        1,
        MAX_LISTED,
        load_default=LISTED,
        metadata={"description": "How many events and authorities each cause names at most"},
    )
    format = Choice(FORMATS, metadata={"description": "json, csv or xlsx; otherwise `Accept` decides"})


def changes_link(changes: "ReuseChanges", path: str) -> str:
    """Return the address under which this answer can be had again."""
    return address(
        path,
        {
            "service": changes.service_id,
            "from": changes.first.as_of.isoformat(),
            "to": changes.last.as_of.isoformat(),
            "known_from": instant(changes.first.known_at),
            "known_to": instant(changes.last.known_at),
            "rule_from": rule_name(changes.first.rule),
            "rule": rule_name(changes.last.rule),
            "unit": changes.unit,
            "by": changes.by,
            "listed": None if changes.listed == LISTED else changes.listed,
        },
    )


def changes_body(changes: "ReuseChanges", link: str) -> dict[str, object]:
    """Make the answer."""
    first, last = changes.first, changes.last
    return {
        **sourced_body(
            changes.unit, last.known_at, changes.territory_on, changes.demo, link, changes.territories
        ),
        "rule": rule_named(last.rule),
        "service": changes.service_id,
        "by": changes.by,
        "from": {
            "rule": rule_named(first.rule),
            "as_of": day(first.as_of),
            "known_at": instant(first.known_at),
            "territory_on": day(changes.territory_on_first),
        },
        "to": {
            "rule": rule_named(last.rule),
            "as_of": day(last.as_of),
            "known_at": instant(last.known_at),
            "territory_on": day(changes.territory_on),
        },
        "total": _changed(changes.total),
        "rows": [_changed(row) for row in changes.rows],
    }


def _changed(row: "ChangedFigure") -> dict[str, object]:
    return {
        "key": row.key,
        "label": row.label,
        "before": figure_body(row.before),
        "after": figure_body(row.after),
        "numerator": row.numerator,
        "denominator": row.denominator,
        "causes": [_cause(one) for one in row.causes],
    }


def _cause(one: "CauseOfChange") -> dict[str, object]:
    return {
        "cause": one.cause,
        "numerator": one.numerator,
        "denominator": one.denominator,
        "events": one.event_ids,
        "event_count": one.event_count,
        "authorities": one.authority_keys,
        "authority_count": one.authority_count,
    }
