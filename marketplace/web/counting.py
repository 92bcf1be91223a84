"""How it is counted: every rule and every version in words."""

from flask import render_template

from marketplace.domain.access import Action
from marketplace.domain.counting import CLASSES
from marketplace.domain.shipped_rules import RULES
from marketplace.http import needs
from marketplace.web.blueprint import web


@web.get("/zaehlregeln")
@needs(Action.READ_PUBLIC)
def counting_rules() -> str:
    """Show the counting rules and what the classes of the denominator mean."""
    return render_template("counting.html", rules=RULES, classes=CLASSES)
