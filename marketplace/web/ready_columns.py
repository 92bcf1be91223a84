"""How the rows of ready answers are shown: which columns with which headings, in which form."""

from collections.abc import Mapping
from typing import NamedTuple

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from marketplace.domain import ready_questions as q


class Column(NamedTuple):
    """A column: the field of the row, its heading, and the form of its cells (``parts/ready_cells.html``)."""

    field: str
    heading: LazyString | str
    form: str = "number"


SERVICE = Column("name", _("Dienst"), "service")
STATE = Column("name", _("Land"), "state")
LIVE = Column("figure", _("produktiv"), "figure")

COLUMNS: Mapping[str, tuple[Column, ...]] = {
    q.SIZE_CLASSES.id: (
        Column("label", _("Dienste"), "line"),
        Column("size_class", _("Einwohner"), "size"),
        Column("figure", _("Quote"), "figure"),
    ),
    q.JOINED_STATES.id: (
        STATE,
        Column("standing", _("Beitritt des Landes"), "joined"),
        Column("joined_from", _("von"), "day"),
        Column("until", _("bis (erster Tag danach)"), "day"),
        Column("status", _("Erklärung des Landes am Stichtag"), "said"),
        LIVE._replace(heading=_("seine Behörden produktiv")),
    ),
    q.REUSING_STATES.id: (
        STATE,
        Column("reaches", _("erreicht die Schwelle"), "yes"),
        Column("reused", _("nachgenutzt")),
        Column("developed", _("selbst entwickelt")),
        Column("undecided", _("umsetzendes Land unbekannt")),
        Column("might_reach", _("mit diesen erreicht"), "yes"),
        Column("services", _("Dienste mit zuständigen Behörden")),
        Column("items", _("nachgenutzte Dienste"), "items"),
    ),
    q.ONLINE_IN_STATE.id: (
        SERVICE,
        Column("counted_as", _("hier"), "words"),
        Column("area_wide", _("in der Fläche"), "yes"),
        Column("maturity_level", _("Reifegrad"), "maturity"),
        Column("dashboard_on", _("im Dashboard zuletzt"), "day"),
        Column("difference", _("Vergleich"), "word"),
    ),
    q.PAID_SERVICES.id: (
        SERVICE,
        Column("status", _("Erklärung des Landes"), "status"),
        Column("since", _("seit"), "day"),
        Column("proof", _("Beleg"), "label"),
        Column("proof_until", _("Beleg bis"), "day"),
        LIVE,
    ),
    q.NEARLY_AREA_WIDE.id: (
        SERVICE,
        Column("state_name", _("Land"), "state"),
        Column("missing", _("es fehlen")),
        Column("live", _("produktiv")),
        Column("eligible", _("zuständig")),
        Column("authorities", _("noch nicht produktiv"), "authorities"),
    ),
    q.PLANNED_GO_LIVES.id: (
        Column("quarter", _("Quartal"), "text"),
        Column("authorities", _("Paare aus Behörde und Dienst")),
        Column("overdue", _("davon überfällig")),
        Column("states", _("Länder")),
        Column("services", _("Dienste")),
        Column("items", _("welche"), "items"),
    ),
    q.ONE_OR_ALL.id: (
        SERVICE,
        Column("at_least_one", _("In mindestens einer Behörde"), "figure"),
        Column("area_wide", _("In der Fläche"), "figure"),
        Column("difference", _("Unterschied")),
    ),
}


def columns_of(question_id: str, where_area_wide: str | None = None) -> tuple[Column, ...]:
    """Return the columns of a question; what is called area-wide stands with the words of the rule that counted it."""
    columns = COLUMNS[question_id]
    if where_area_wide is None:
        return columns
    return tuple(
        one._replace(heading=f"{one.heading} ({where_area_wide})") if one.field == "area_wide" else one
        for one in columns
    )


FIGURE_PARTS = (_("Anteil"), _("Zähler"), _("Nenner"), _("Spanne"))

WORDS: Mapping[str, LazyString] = {
    "joined": _("beigetreten"),
    "left": _("nicht mehr beigetreten"),
    "not_joined": _("nicht beigetreten"),
    "not_said": _("Land hat nichts erklärt"),
    "both": _("beide sagen: online"),
    "only_here": _("nur dieses Register"),
    "only_dashboard": _("nur das Dashboard"),
    "federal": _("Dienst des Bundes"),
    "reused": _("nachgenutzt"),
    "own": _("eigener Dienst"),
    "unconfirmed": _("unbestätigt"),
    "entitled": _("berechtigt, nicht angebunden"),
    "in_progress": _("in Arbeit"),
    "negative": _("abgelehnt"),
    "ended": _("beendet"),
    "unknown": _("unbekannt"),
    "excluded": _("nicht zuständig"),
}

LINES: Mapping[str, LazyString] = {
    "all": _("alle Dienste zusammen"),
    "theme_field": _("je Themenfeld"),
    "service": _("je Dienst"),
}

EMPTY: Mapping[str, LazyString] = {
    q.SIZE_CLASSES.id: _("Kein Dienst passt zu diesen Filtern"),
    q.JOINED_STATES.id: _("Es ist nicht bekannt, welche Behörden diesen Dienst ausführen"),
    q.REUSING_STATES.id: _("In keinem Land ist für diese Dienste eine Behörde bekannt"),
    q.ONLINE_IN_STATE.id: _("In diesem Land ist noch nichts online gemeldet"),
    q.PAID_SERVICES.id: _("Unter dieser Schwelle liegt kein Dienst, dem das Land beigetreten ist"),
    q.NEARLY_AREA_WIDE.id: _("Keinem Dienst fehlen nur noch so wenige Behörden"),
    q.PLANNED_GO_LIVES.id: _("Es ist keine Produktivnahme geplant"),
    q.ONE_OR_ALL.id: _("Kein Dienst passt zu diesen Filtern"),
}
