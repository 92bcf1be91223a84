"""A counting rule as an operator writes it, for tests."""

from dataclasses import replace
from typing import Any

from marketplace.actions.context import Context
from marketplace.domain.rule import Rule
from marketplace.domain.rule_reader import read_rule
from marketplace.store import counting_rules, head

TEXTS = {
    "title_de": "Eigene Quote", "title_en": "A rate of our own",
    "text_de": "Anteil der Behörden.\nNur eigene Erklärungen.", "text_en": "Share of authorities.\nOwn ones only.",
    "example_de": "1 von 2 sind 50 %.", "example_en": "1 of 2 is 50 %.",
    "weakness_de": "Sagt nichts über Fälle.", "weakness_en": "Says nothing about cases.",
}  # fmt: skip


def rule_fields(rule_id: str = "own-rate", **fields: Any) -> dict[str, Any]:
    """The fields of a lawful rule, with some of them otherwise."""
    return {"id": rule_id, **TEXTS, **fields}


def published_before(ctx: Context, rule_id: str, version: int, **fields: Any) -> Rule:
    """A version as the database may hold it from before versions were held against the first of their id."""
    rule = replace(read_rule(rule_fields(rule_id, **fields)), version=version)
    with ctx.database.writing() as session:
        held = head.lock(session)
        counting_rules.add(session, rule, head.advance(session, held, ctx.clock()), "operator")
    return rule
