"""Server-rendered pages on the KERN design system. They work without JavaScript and load nothing from elsewhere."""

from pathlib import Path

from flask import Flask
from flask_babel import Babel

from marketplace.web import (
    catalogue,
    claims,
    counting,
    demand,
    feeds,
    import_template,
    language,
    layout,
    legal,
    my_region,
    overview,
    ready_questions,
    regions,
    search,
    service_page,
    services,
    session,
    start,
    thesaurus,
)
from marketplace.web.blueprint import web
from marketplace.web.errors import register_errors
from marketplace.web.filters import register_filters
from marketplace.web.security import protect

TRANSLATIONS = Path(__file__).parent / "translations"

# Importing a page family hangs its views on the blueprint.
FAMILIES = (
    catalogue,
    claims,
    counting,
    demand,
    feeds,
    import_template,
    language,
    legal,
    my_region,
    overview,
    ready_questions,
    regions,
    search,
    service_page,
    services,
    session,
    start,
    thesaurus,
)


def register(app: Flask) -> None:
    """Put the pages into the application. Call after the API, whose error handlers stay its own."""
    Babel(
        app,
        default_locale="de",
        default_timezone="Europe/Berlin",
        default_translation_directories=str(TRANSLATIONS),
        locale_selector=language.chosen_language,
    )
    protect(app)
    register_filters(app)
    layout.register_layout(app)
    app.before_request(session.recognise)
    app.register_blueprint(web)
    register_errors(app)
