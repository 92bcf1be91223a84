"""Writes docs/counting-rules.md from the rules themselves; `--check` only compares."""

import sys
from pathlib import Path

from marketplace.domain.rule import Rule, StateCounts
from marketplace.domain.rule_laws import MEANINGS
from marketplace.domain.shipped_rules import RULES

TARGET = Path(__file__).parents[1] / "docs" / "counting-rules.md"
_CLASSES = """# Counting rules

Made from the shipped rules (`marketplace/domain/shipped_rules.py`) by `scripts/counting_rules.py`. A published version
never changes; a new one gets the next number. Every figure names the rule and the version it was counted by.

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
_LAWS = """
## Publishing a rule

An operator publishes a further version, or a rule of another id, with `marketplace counting-rules publish FILE` or
`POST /api/v1/counting-rules`: the fields of a rule as `GET /api/v1/counting-rules` shows them, without `version`,
`units`, `published_at` and `published_by`. It gets the next number of its id. Versions that are there stay as they
are: the database refuses to change them. A request may say `latest`; every answer names the number.

Before that, the rule is run against these laws: over every standing that an authority can have, and over small ledgers
that count through everything an event can say. A rule that breaks one is refused, with a counter-example. A rule over
states counts claims and stale records of authorities by its kind.

| law | what it says |
|---|---|
"""
_VERSIONS = """
## What a further version keeps

Whoever names an id without a version reads on by what is published next. A further version of any id therefore keeps its
kind, `state_counts`: authorities stay authorities, and a state goes on to count by the same condition; units and groupings
go with it. Pages and ready questions say by the shipped ids what is live, of whom, and in which states. So that these
sentences stay true, a further version of a shipped id also keeps `counted`, `inherited` and `developing_states`. It is
free in its texts, `claims`, `stale_after_days` and `area_wide_percent`. To count something else, take another id.

A version that was published before this was checked, and counts something else, stays what it is: its figures can be
computed again where its number is named. An id alone, or `latest`, means the newest version that counts what the first
one does, and ready questions and figures of regions refuse the other one by name.
"""
HEAD = (
    _CLASSES + _LAWS + "".join(f"| `{law}` | {meaning} |\n" for law, meaning in MEANINGS.items()) + _VERSIONS
)


def section(rule: Rule) -> str:
    """Return the text of one rule version."""
    counted = ", ".join(f"`{status}`" for status in sorted(rule.counted))
    parameters = [
        ("counted statuses", counted),
        ("a provider's claim counts", "yes" if rule.claims else "no"),
        ("a cover's record counts", "yes" if rule.inherited else "no"),
        ("stale after", f"{rule.stale_after_days} days"),
        ("developing states", "in" if rule.developing_states else "out"),
    ]
    if rule.state_counts is not None:
        parameters = [("a state counts when", f"`{rule.state_counts}`")]
    if rule.state_counts is StateCounts.ALL_LIVE:
        parameters.append(("area-wide from", f"{rule.area_wide_percent} % of its eligible authorities on"))
    table = "".join(f"| {name} | {value} |\n" for name, value in parameters)
    return f"""
## `{rule.id}` version {rule.version}: {rule.title_de} / {rule.title_en}

{_language("Beispiel", "Schwäche", rule.text_de, rule.example_de, rule.weakness_de)}

{_language("Example", "Weakness", rule.text_en, rule.example_en, rule.weakness_en)}

| parameter | value |
|---|---|
{table}"""


def _language(example_head: str, weakness_head: str, text: str, example: str, weakness: str) -> str:
    named = f"{text}\n**{example_head}.** {example}\n**{weakness_head}.** {weakness}"
    return named.replace("\n", "\n\n")


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
