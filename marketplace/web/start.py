"""The start page: the search, three ways in, four figures each with what it counts and its date."""

from typing import NamedTuple

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from marketplace import formats
from marketplace.actions.catalogue import list_theme_fields
from marketplace.actions.overview import Overview, get_overview
from marketplace.domain.access import Action
from marketplace.domain.service import ServiceKind
from marketplace.http import context, needs
from marketplace.web.blueprint import web
from marketplace.web.filters import locale
from marketplace.web.links import with_query


class Figure(NamedTuple):
    """A number with what it counts, on what it stands, and where one can look it up."""

    what: str
    value: int
    note: str
    address: str


@web.get("/")
@needs(Action.READ_PUBLIC)
def start() -> str:
    """Show the start page."""
    ctx = context()
    return render_template(
        "start.html",
        figures=_figures(get_overview(ctx)),
        theme_fields=list_theme_fields(ctx),
    )


def _figures(overview: Overview) -> list[Figure]:
    here, catalogue = locale(), overview.catalogue
    return [
        Figure(
            _("Onlinedienste im Katalog"),
            catalogue.services,
            ngettext(
                "ohne %(num)s Teilanwendung; Stand %(date)s",
                "ohne %(num)s Teilanwendungen; Stand %(date)s",
                catalogue.parts,
                date=formats.day(overview.as_of, here),
            ),
            url_for("web.services", kind=ServiceKind.ONLINE_SERVICE.value),
        ),
        Figure(
            _("LeiKa-Leistungen, die ein Eintrag online bringt"),
            catalogue.procedures_online,
            _(
                "von %(all)s Leistungen im Katalog; Bezeichnungen nach dem Stand %(date)s",
                all=formats.number(catalogue.procedures, here),
                date=formats.month(catalogue.snapshot_on, here),
            ),
            with_query(url_for("web.search"), **{"in": "procedures"}),
        ),
        Figure(
            _("Meldungen im Register der Nachnutzung"),
            overview.events,
            _(
                "von oder zu %(authorities)s Behörden; letzte am %(date)s",
                authorities=formats.number(overview.authorities, here),
                date=formats.instant(overview.last_recorded_at, here),
            )
            if overview.events
            else _("noch keine; Stand %(date)s", date=formats.day(overview.as_of, here)),
            url_for("web.services"),
        ),
        Figure(
            _("Gemeinden im Gemeindeverzeichnis"),
            overview.municipalities,
            _(
                "ohne gemeindefreie Gebiete; Gebietsstand %(date)s",
                date=formats.day(overview.territory_on, here),
            ),
            url_for("web.regions"),
        ),
    ]
