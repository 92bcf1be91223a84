"""Server-rendered pages on the KERN design system. They work without JavaScript and load nothing from elsewhere."""

from pathlib import Path

from flask import Flask
from flask_babel import Babel

from marketplace.web import (
    account,
    audit_log,
    authority_desk,
    catalogue,
    claims,
    coordination_desk,
    counting,
    declaring,
    declaring_drafts,
    declaring_files,
    delegations,
    demand,
    entry_drafts,
    entry_edit,
    entry_history,
    entry_kept,
    entry_new,
    entry_preview,
    entry_review,
    entry_taking_in,
    entry_withdrawal,
    feeds,
    figure_changes,
    follow_box,
    given_back,
    import_template,
    inbox,
    invitations,
    language,
    layout,
    legal,
    mail_ending,
    mail_following,
    members,
    merging,
    my_region,
    openid,
    operator_desk,
    organisation_admin,
    organisation_log,
    overview,
    publisher_desk,
    ready_questions,
    regions,
    rollout,
    rollout_recording,
    search,
    self_check,
    service_page,
    services,
    session,
    start,
    subscription_forms,
    subscriptions,
    thesaurus,
    tokens,
    transfers,
    webhook_page,
    webhooks,
)
from marketplace.web.blueprint import web
from marketplace.web.errors import register_errors
from marketplace.web.filters import register_filters
from marketplace.web.security import protect

TRANSLATIONS = Path(__file__).parents[1] / "translations"

# Importing a page family hangs its views on the blueprint.
FAMILIES = (
    account,
    audit_log,
    authority_desk,
    catalogue,
    claims,
    coordination_desk,
    declaring,
    declaring_drafts,
    declaring_files,
    delegations,
    counting,
    demand,
    entry_drafts,
    entry_edit,
    entry_history,
    entry_kept,
    entry_new,
    entry_preview,
    entry_review,
    entry_taking_in,
    entry_withdrawal,
    feeds,
    figure_changes,
    given_back,
    follow_box,
    import_template,
    inbox,
    invitations,
    language,
    legal,
    mail_ending,
    mail_following,
    members,
    merging,
    my_region,
    openid,
    operator_desk,
    organisation_admin,
    organisation_log,
    overview,
    publisher_desk,
    ready_questions,
    regions,
    rollout,
    rollout_recording,
    search,
    self_check,
    service_page,
    services,
    session,
    start,
    subscription_forms,
    subscriptions,
    thesaurus,
    tokens,
    transfers,
    webhook_page,
    webhooks,
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
    session.register_session(app)
    app.register_blueprint(web)
    register_errors(app)
