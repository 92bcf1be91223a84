"""The log of an organisation: what its people and machines did, and what was done to it."""

from marketplace.actions.organisation_log import log_of
from marketplace.domain.access import Action
from marketplace.http import actor, context, needs
from marketplace.web import log_words, queries
from marketplace.web.act_words import WORDS
from marketplace.web.blueprint import web
from marketplace.web.organisation_forms import whose
from marketplace.web.organisation_pages import LOG, page

PAGE = 50


@web.get("/organisation/protokoll", defaults={"organisation_id": None})
@web.get("/organisationen/<organisation_id>/protokoll")
@needs(Action.READ_OWN_LOG)
def log_of_organisation(organisation_id: str | None) -> str:
    """List the entries of the log, newest first."""
    found = log_of(context(), actor(), whose(organisation_id), queries.page_request(size=PAGE))
    return page(
        "log",
        found.organisation,
        organisation_id,
        LOG,
        entries=found.entries,
        names=found.names,
        acts=WORDS,
        told=log_words,
    )
