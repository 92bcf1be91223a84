"""What an operator writes of a counting rule: from plain JSON values to a rule, or every broken rule by field.

One place for the API and the command line. The shape is that of ``POST /api/v1/counting-rules``.
"""

import re
from collections.abc import Mapping
from typing import Any

from marketplace.domain.adoption import Status
from marketplace.domain.field_reader import FieldReader
from marketplace.domain.reading import STALE_AFTER_DAYS
from marketplace.domain.rule import LATEST, Rule, StateCounts
from marketplace.domain.rule_laws import Breach, breaches_of_parameters
from marketplace.domain.rule_laws_of_ledgers import breaches_of_ledgers
from marketplace.domain.rule_laws_of_standings import breaches_of_standings
from marketplace.errors import FieldError, InvalidInput

NOT_NUMBERED = 0
MAX_TITLE, MAX_TEXT = 200, 6000
COUNTABLE = tuple(status for status in Status if status is not Status.VOID)
DEFAULTS: Mapping[str, Any] = {
    "counted": [Status.LIVE.value],
    "claims": False,
    "inherited": True,
    "stale_after_days": STALE_AFTER_DAYS,
    "developing_states": True,
    "area_wide_percent": 100,
}
FIELDS = (
    "id", "title_de", "title_en", "text_de", "text_en", "example_de", "example_en", "weakness_de", "weakness_en",
    "counted", "claims", "inherited", "stale_after_days", "developing_states", "state_counts", "area_wide_percent",
)  # fmt: skip
_COUNTABLE = re.compile("|".join(COUNTABLE))


def read_rule(fields: Mapping[str, Any]) -> Rule:
    """Return the rule that ``fields`` describe, lawful, with the version ``NOT_NUMBERED``.

    What they leave out is as in ``DEFAULTS``.

    Raises:
        InvalidInput: naming every field that breaks a rule; then every law that the rule breaks, by the parameter at
            fault, with a counter-example.
    """
    errors: list[FieldError] = []
    given = {name: value for name, value in fields.items() if value is not None}
    reader = FieldReader({**DEFAULTS, **given}, errors)
    reader.only(FIELDS)
    rule_id = reader.slug("id")
    if rule_id is None and not any(error.field == "id" for error in errors):
        reader.refuse("id", "required", "is missing")
    if rule_id == LATEST:
        reader.refuse("id", "choice", f"must not be {LATEST}: in a request that asks for the newest version")
    counted = reader.keys("counted", _COUNTABLE, f"one of {', '.join(COUNTABLE)}", len(COUNTABLE))
    rule = Rule(
        id=rule_id or "",
        version=NOT_NUMBERED,
        title_de=reader.text("title_de", MAX_TITLE, required=True) or "",
        title_en=reader.text("title_en", MAX_TITLE, required=True) or "",
        text_de=reader.text("text_de", MAX_TEXT, required=True, lines=True) or "",
        text_en=reader.text("text_en", MAX_TEXT, required=True, lines=True) or "",
        example_de=reader.text("example_de", MAX_TEXT, required=True, lines=True) or "",
        example_en=reader.text("example_en", MAX_TEXT, required=True, lines=True) or "",
        weakness_de=reader.text("weakness_de", MAX_TEXT, required=True, lines=True) or "",
        weakness_en=reader.text("weakness_en", MAX_TEXT, required=True, lines=True) or "",
        counted=frozenset(Status(name) for name in counted),
        claims=reader.flag("claims"),
        inherited=reader.flag("inherited"),
        stale_after_days=_integer(reader, "stale_after_days"),
        developing_states=reader.flag("developing_states"),
        state_counts=reader.one_of("state_counts", StateCounts),
        area_wide_percent=_integer(reader, "area_wide_percent"),
    )
    if not errors:
        errors += [FieldError(one.field, one.law, one.message) for one in broken_laws(rule)]
    if errors:
        raise InvalidInput(errors)
    return rule


def broken_laws(rule: Rule) -> list[Breach]:
    """Return the laws that a rule breaks, each once for a parameter, with its first counter-example.

    Parameters are looked at first, then single authorities, then whole ledgers: what breaks is told where it is
    easiest to see.
    """
    for looked_at in (breaches_of_parameters, breaches_of_standings, breaches_of_ledgers):
        first: dict[tuple[str, str], Breach] = {}
        for breach in looked_at(rule):
            first.setdefault((breach.law, breach.field), breach)
        if first:
            return list(first.values())
    return []


def _integer(reader: FieldReader, field: str) -> int:
    value = reader.fields[field]
    if isinstance(value, bool) or not isinstance(value, int):
        reader.refuse(field, "type", "must be a whole number")
        return 0
    return value
