"""What every page of an organisation shows around its content: whose page it is, and the way to the others."""

from typing import Any

from flask import render_template, url_for
from flask_babel import lazy_gettext as _

from marketplace.domain.access import Action, decide
from marketplace.domain.catalogue import Organisation
from marketplace.http import actor

MEMBERS, TOKENS, WEBHOOKS, TRANSFERS, LOG = (
    "web.members_of_organisation",
    "web.tokens_of_organisation",
    "web.webhooks_of_organisation",
    "web.transfers_of_organisation",
    "web.log_of_organisation",
)
TABS = (
    (MEMBERS, _("Mitglieder"), Action.MANAGE_MEMBERS),
    (TOKENS, _("Zugänge für Programme"), Action.MANAGE_TOKENS),
    (WEBHOOKS, _("Webhooks"), Action.MANAGE_WEBHOOKS),
    (TRANSFERS, _("Übergaben"), Action.TRANSFER_SERVICE),
    (LOG, _("Protokoll"), Action.READ_OWN_LOG),
)


def page(
    template: str, organisation: Organisation, organisation_id: str | None, tab: str, **content: Any
) -> str:
    """Write a page of an organisation.

    ``organisation_id`` is the one named in the address (an operator's pages), None on the pages of the one acted for;
    ``tab`` the page's endpoint, or that of the list that it belongs to.
    """
    who = actor()
    tabs = [
        (endpoint, name, url_for(endpoint, organisation_id=organisation_id))
        for endpoint, name, action in TABS
        if decide(who, action).allowed
    ]
    return render_template(
        f"organisation/{template}.html",
        organisation=organisation,
        scope=organisation_id,
        tabs=tabs,
        tab=tab,
        **content,
    )
