"""The pages a public body must have, filled from settings: Impressum, Datenschutz, Barrierefreiheit."""

from flask import render_template

from marketplace.domain.access import Action
from marketplace.http import context, needs
from marketplace.web.blueprint import web


@web.get("/impressum")
@needs(Action.READ_PUBLIC)
def imprint() -> str:
    """Show who runs this marketplace (§ 5 Digitale-Dienste-Gesetz)."""
    return render_template("legal/imprint.html", settings=context().settings)


@web.get("/datenschutz")
@needs(Action.READ_PUBLIC)
def privacy() -> str:
    """Show which data are processed and why (Art. 13 DSGVO)."""
    return render_template("legal/privacy.html", settings=context().settings)


@web.get("/barrierefreiheit")
@needs(Action.READ_PUBLIC)
def accessibility() -> str:
    """Show the declaration on accessibility with a way to report barriers (§ 12b BGG, BITV 2.0)."""
    return render_template("legal/accessibility.html", settings=context().settings)
