"""The start page: the search, three ways in, four figures."""

from flask import render_template

from marketplace.domain.access import Action
from marketplace.http import context, needs
from marketplace.web.blueprint import web


@web.get("/")
@needs(Action.READ_PUBLIC)
def start() -> str:
    """Show the start page."""
    return render_template("start.html")
