"""The desks that somebody signed in can go to, by the roles they act with: shown in the header of every page."""

from collections.abc import Sequence

from flask import url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from marketplace.actions.declaring import speaks_for_authorities
from marketplace.domain.access import Action, Actor, Role, decide

Desk = tuple[LazyString, str]


def desks(actor: Actor | None) -> Sequence[Desk]:
    """Return label and address of each desk, in the order of the header; none for the public.

    Whoever builds a desk adds its line, with the action (``domain.access.decide``) that its page needs.
    """
    found: list[Desk] = []
    if actor is None:
        return found
    if decide(actor, Action.READ_REVISION).allowed:
        found.append((_("Schreibtisch"), url_for("web.publisher_desk")))
        found.append((_("Prüfungen"), url_for("web.reviews")))
    if speaks_for_authorities(actor):
        if Role.COORDINATION in actor.roles:
            found.append((_("Koordination"), url_for("web.desk_of_coordination")))
        if Role.AUTHORITY in actor.roles:
            found.append((_("Meine Behörde"), url_for("web.desk_of_authority")))
        found.append((_("Vertretungen"), url_for("web.delegations")))
    if decide(actor, Action.OPERATE).allowed:
        found.append((_("Betrieb"), url_for("web.operations")))
    if decide(actor, Action.MANAGE_ORGANISATIONS).allowed:
        found.append((_("Organisationen"), url_for("web.kept_organisations")))
    elif decide(actor, Action.MANAGE_MEMBERS).allowed:
        found.append((_("Meine Organisation"), url_for("web.members_of_organisation")))
    elif decide(actor, Action.TRANSFER_SERVICE).allowed:
        found.append((_("Übergaben"), url_for("web.transfers_of_organisation")))
    return found
