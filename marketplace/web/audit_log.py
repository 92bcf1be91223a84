"""The audit log on pages: filters for who, for whom, what, when; CSV and XLSX of what passes them."""

from flask import Response, render_template, url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from marketplace.actions.audit_log import LogFilter, known_acts, log_table, read_log, said
from marketplace.domain.access import Action
from marketplace.domain.audit import Outcome
from marketplace.http import actor, context, needs
from marketplace.web import queries
from marketplace.web.act_words import WORDS
from marketplace.web.blueprint import web
from marketplace.web.downloads import table_file
from marketplace.web.links import with_query

PAGE_SIZE = 50
TEXTS = ("actor", "organisation", "on_behalf_of", "act", "object_kind", "object_id", "outcome")
OUTCOMES: dict[Outcome, LazyString] = {Outcome.DONE: _("getan"), Outcome.REFUSED: _("abgelehnt")}


@web.get("/betrieb/protokoll")
@needs(Action.READ_LOG)
def audit_log() -> str:
    """List the entries that pass the filters, the newest first."""
    asked = _asked()
    page = read_log(context(), actor(), _filter(), queries.page_request(size=PAGE_SIZE))
    return render_template(
        "audit_log.html",
        page=page,
        asked=asked,
        acts=sorted(
            ((act, str(WORDS.get(act, act))) for act in known_acts(context(), actor())),
            key=lambda pair: pair[1],
        ),
        words=WORDS,
        outcomes=OUTCOMES,
        said=said,
        csv=with_query(url_for("web.audit_log_csv"), **asked),
        xlsx=with_query(url_for("web.audit_log_xlsx"), **asked),
        json=with_query("/api/v1/audit-entries", **asked),
    )


@web.get("/betrieb/protokoll.csv")
@needs(Action.READ_LOG)
def audit_log_csv() -> Response:
    """Send all entries that pass the filters as CSV."""
    return table_file(log_table(context(), actor(), _filter()), "csv")


@web.get("/betrieb/protokoll.xlsx")
@needs(Action.READ_LOG)
def audit_log_xlsx() -> Response:
    """Send all entries that pass the filters as a workbook."""
    return table_file(log_table(context(), actor(), _filter()), "xlsx")


def _asked() -> dict[str, str]:
    days = {name: day.isoformat() for name in ("since", "until") if (day := queries.day_of(name)) is not None}
    return {name: queries.text_of(name) for name in TEXTS} | {"since": "", "until": ""} | days


def _filter() -> LogFilter:
    texts = {name: queries.text_of(name) or None for name in TEXTS}
    return LogFilter(**texts, since=queries.day_of("since"), until=queries.day_of("until"))
