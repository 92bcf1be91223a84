"""The audit log on pages: filters for who, for whom, what, when; CSV and XLSX of what passes them."""

from collections.abc import Mapping, Sequence

from flask import Response, render_template, url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from marketplace.actions.audit_log import (
    LogFilter,
    known_acts,
    known_kinds,
    log_table,
    named_people,
    read_log,
)
from marketplace.domain.access import Action
from marketplace.domain.audit import Outcome
from marketplace.http import actor, context, needs
from marketplace.web import log_words, queries
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
    people = {person for one in page.items for person in log_words.people_in(one.entry)}
    return render_template(
        "audit_log.html",
        page=page,
        asked=asked,
        acts=_choices(known_acts(context(), actor()), WORDS),
        kinds=_choices(known_kinds(context(), actor()), log_words.OBJECT_KINDS),
        words=WORDS,
        told=log_words,
        names=named_people(context(), actor(), people),
        outcomes=OUTCOMES,
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


def _choices(known: Sequence[str], words: Mapping[str, LazyString]) -> list[tuple[str, str]]:
    return sorted(((one, str(words.get(one, one))) for one in known), key=lambda pair: pair[1].casefold())


def _asked() -> dict[str, str]:
    days = {name: day.isoformat() for name in ("since", "until") if (day := queries.day_of(name)) is not None}
    return {name: queries.text_of(name) for name in TEXTS} | {"since": "", "until": ""} | days


def _filter() -> LogFilter:
    texts = {name: queries.text_of(name) or None for name in TEXTS}
    return LogFilter(**texts, since=queries.day_of("since"), until=queries.day_of("until"))
