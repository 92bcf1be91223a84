"""A counting rule as an operator writes it, for tests."""

from typing import Any

TEXTS = {
    "title_de": "Eigene Quote", "title_en": "A rate of our own",
    "text_de": "Anteil der Behörden.\nNur eigene Erklärungen.", "text_en": "Share of authorities.\nOwn ones only.",
    "example_de": "1 von 2 sind 50 %.", "example_en": "1 of 2 is 50 %.",
    "weakness_de": "Sagt nichts über Fälle.", "weakness_en": "Says nothing about cases.",
}  # fmt: skip


def rule_fields(rule_id: str = "own-rate", **fields: Any) -> dict[str, Any]:
    """The fields of a lawful rule, with some of them otherwise."""
    return {"id": rule_id, **TEXTS, **fields}
