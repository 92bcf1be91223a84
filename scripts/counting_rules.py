"""Writes docs/counting-rules.md from the rules themselves; `--check` only compares."""

import sys
from pathlib import Path

from marketplace.domain.rule import Rule
from marketplace.domain.shipped_rules import RULES

TARGET = Path(__file__).parents[1] / "docs" / "counting-rules.md"
HEAD = """# Counting rules

Made from `marketplace/domain/shipped_rules.py` by `scripts/counting_rules.py`. A published version never changes; a new
one gets the next number. Every figure names the rule and the version it was counted by.

Every eligible authority falls in exactly one class, and the classes add up to the denominator:

| class | German | what falls in it |
|---|---|---|
| `counted` | gezählt | what the rule counts, confirmed: the numerator |
| `unconfirmed` | unbestätigt | live, but stale or only claimed by the provider |
| `in_progress` | in Arbeit | interested, agreed or connecting, own or inherited |
| `own_solution` | Eigenlösung | online, but not reused |
| `negative` | abgelehnt, nicht zuständig | declined; not competent, but not confirmed by the state or a register |
| `ended` | beendet | used once, not any more |
| `unknown` | unbekannt | no record, or only a claim of something less than live: unknown is never no |

Authorities whose lack of competence is confirmed leave the denominator and are reported as `excluded`. The interval
runs from the share counted to the share if everything unconfirmed and unknown turned out to be counted. A rate
without a denominator, or without a known lead state where the rule needs one, is undefined: null with the reason,
never 0.
"""


def section(rule: Rule) -> str:
    """Return the text of one rule version."""
    counted = ", ".join(f"`{status}`" for status in sorted(rule.counted))
    head = f"""
## `{rule.id}` version {rule.version}: {rule.title_de} / {rule.title_en}

{rule.text_de}

{rule.text_en}
"""
    if rule.state_counts is not None:
        return f"{head}\n| parameter | value |\n|---|---|\n| a state counts when | `{rule.state_counts}` |\n"
    return f"""{head}
| parameter | value |
|---|---|
| counted statuses | {counted} |
| a provider's claim counts | {"yes" if rule.claims else "no"} |
| a cover's record counts | {"yes" if rule.inherited else "no"} |
| stale after | {rule.stale_after_days} days |
| developing states | {"in" if rule.developing_states else "out"} |
"""


def main() -> int:
    """Write the page, or compare it; the exit code says whether it was up to date."""
    text = HEAD + "".join(section(rule) for rule in RULES)
    if "--check" in sys.argv:
        same = TARGET.read_text(encoding="utf-8") == text
        if not same:
            print("docs/counting-rules.md is not what the rules say: run scripts/counting_rules.py")
        return 0 if same else 1
    TARGET.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
