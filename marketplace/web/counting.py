"""How it is counted: every rule and every version in words."""

from collections import Counter

from flask import render_template

from marketplace.actions.counting_rules import list_rules
from marketplace.domain.access import Action
from marketplace.domain.counting import CLASSES
from marketplace.domain.rule_versions import newest_of
from marketplace.http import context, needs
from marketplace.web.blueprint import web


@web.get("/zaehlregeln")
@needs(Action.READ_PUBLIC)
def counting_rules() -> str:
    """Show the counting rules, shipped and published, and what the classes of the denominator mean."""
    rules = list_rules(context())
    newest = {rule.id: rule.version for rule in newest_of(listed.rule for listed in rules)}
    versions = Counter(listed.rule.id for listed in rules)
    return render_template("counting.html", rules=rules, newest=newest, versions=versions, classes=CLASSES)
