"""The page of an entry as it will stand once what is in work is published."""

from werkzeug.wrappers import Response

from marketplace.actions.contact_reads import record_contact_read
from marketplace.actions.revisions import read_revision
from marketplace.actions.services import detail_of
from marketplace.domain.access import Action
from marketplace.http import context, needs
from marketplace.web.blueprint import web
from marketplace.web.entry_pages import acting_person, private
from marketplace.web.service_page import page_of


@web.get("/dienste/<service_id>/vorschau")
@needs(Action.READ_REVISION)
def entry_preview(service_id: str) -> Response:
    """Show what is in work as the public will see it; figures are those of today."""
    who = acting_person(Action.READ_REVISION)
    revision = read_revision(context(), who, service_id)
    record_contact_read(context(), who, revision.service)
    return private(page_of(detail_of(context(), revision.service, who), preview=revision))
