"""The words on the pages for the words in the code; German here, English in the catalogue of translations."""

import re
from collections.abc import Mapping
from enum import StrEnum

from flask_babel import LazyString, format_decimal
from flask_babel import lazy_gettext as _

from marketplace import fact_words
from marketplace.domain.access import Role
from marketplace.domain.adoption import AssertedBy, Proof, Status
from marketplace.domain.authority import Level
from marketplace.domain.changes import Cause
from marketplace.domain.counting import Undefined
from marketplace.domain.lifecycle import EntryStatus
from marketplace.domain.reading import Activation
from marketplace.domain.regions import RegionKind
from marketplace.domain.rule import Unit
from marketplace.domain.service import Origin, Route, ServiceKind, Stage
from marketplace.domain.standings import NO_DISTRICT, UNKNOWN_GROUP

_BOUND = re.compile(r"\d+")

FACETS: Mapping[str, LazyString] = {
    "lead_state": _("Umsetzendes Land"),
    "theme_field": _("Themenfeld"),
    "kind": _("Art"),
    "authority_set": _("Zuständige Behörden"),
}

SORTS: Mapping[str, LazyString] = {
    "relevance": _("nach Treffgüte"),
    "name": _("nach Namen"),
    "reuse_rate": _("nach Nachnutzungsquote"),
    "newest": _("neue zuerst"),
}

GROUPINGS: Mapping[str, LazyString] = {
    "state": _("nach Land"),
    "district": _("nach Kreis"),
    "size_class": _("nach Gemeindegröße"),
    "degree_of_urbanisation": _("nach Siedlungsdichte"),
    "kind": _("nach Art der Behörde"),
    "it_provider": _("nach IT-Dienstleister"),
    "specialist_system": _("nach Fachverfahren"),
}
GROUPS_OF: Mapping[str, Mapping[str, LazyString]] = {
    "degree_of_urbanisation": {
        "01": _("dicht besiedelt"), "02": _("mittlere Besiedlungsdichte"), "03": _("gering besiedelt"),
    },
    "kind": {
        "state": _("Land"), "district": _("Kreis oder kreisfreie Stadt"), "association": _("Gemeindeverband"),
        "municipality": _("Gemeinde"),
    },
    "it_provider": {},
    "specialist_system": {},
}  # fmt: skip
"""Words for the groups that are no regions; what has none is called by its key."""

CLASSES: Mapping[str, LazyString] = {
    "counted": _("gezählt"),
    "unconfirmed": _("unbestätigt"),
    "in_progress": _("in Arbeit"),
    "own_solution": _("Eigenlösung"),
    "negative": _("abgelehnt"),
    "ended": _("beendet"),
    "unknown": _("unbekannt"),
}

CLASS_MEANINGS: Mapping[str, LazyString] = {
    "counted": _("produktiv und bestätigt: der Zähler"),
    "unconfirmed": _(
        "produktiv, aber länger nicht bestätigt, als die Regel zulässt, oder nur vom Anbieter angegeben"
    ),
    "in_progress": _("Interesse bekundet, vereinbart oder in Anbindung"),
    "own_solution": _("online, aber mit einer eigenen Lösung"),
    "negative": _("abgelehnt, oder nicht zuständig und noch nicht bestätigt"),
    "ended": _("die Nachnutzung ist beendet"),
    "unknown": _("keine Angabe: nicht Nein, sondern nicht bekannt"),
}

GROUPS: Mapping[str, LazyString] = {
    "live": _("Produktiv"),
    "in_progress": _("In Arbeit"),
    "entitled": _("Berechtigt, noch nicht angebunden"),
    "other": _("Anders entschieden oder beendet"),
    "unknown": _("Unbekannt"),
}

ORGANISATION_KINDS: Mapping[str, LazyString] = {
    "provider": _("IT-Dienstleister"),
    "authority": _("Behörde"),
    "association": _("Verband"),
    "coordination": _("OZG-Koordination"),
    "policy": _("Politik und Steuerung"),
    "operator": _("Betreiber"),
}

TYPES: Mapping[str, LazyString] = {
    "1": _("Bund regelt und führt aus"),
    "2": _("Bund regelt, Land oder Kommune führt aus"),
    "3": _("Bund regelt, Land oder Kommune führt aus"),
    "2/3": _("Bund regelt, Land oder Kommune führt aus"),
    "4": _("Land regelt, Land oder Kommune führt aus"),
    "5": _("Kommune regelt und führt aus"),
}

FACTS: Mapping[str, LazyString] = {
    "*": _("Alle übrigen Angaben"),
    **{name: _(text) for name, text in fact_words.FACTS.items()},
}

ENUMS: Mapping[type[StrEnum], Mapping[str, LazyString]] = {
    Status: {name: _(text) for name, text in fact_words.STATUSES.items()},
    Proof: {
        "none": _("ohne Beleg"),
        "link": _("Verweis"),
        "contract": _("Vertrag"),
        "usage": _("Nutzungszahlen"),
    },
    AssertedBy: {
        "provider": _("Anbieter"),
        "authority": _("Behörde"),
        "coordination": _("Koordination des Landes"),
        "register": _("Register"),
    },
    Role: {
        "publisher": _("Bereitsteller"),
        "reviewer": _("Prüfung"),
        "authority": _("Behörde"),
        "coordination": _("Koordination des Landes"),
        "analyst": _("Auswertung"),
        "admin": _("Verwaltung der Organisation"),
        "operator": _("Betrieb"),
    },
    ServiceKind: {
        "online_service": _("Onlinedienst"),
        "platform": _("Plattform"),
        "component": _("Basiskomponente"),
    },
    Stage: {
        "development": _("in Entwicklung"),
        "pilot": _("im Pilotbetrieb"),
        "regular": _("im Regelbetrieb"),
        "retired": _("eingestellt"),
    },
    Origin: {
        "federal": _("vom Bund"),
        "efa": _("Einer für Alle"),
        "own": _("für eigene Zwecke"),
    },
    Route: {
        "fit_store": _("FIT-Store"),
        "govdigital": _("EfA-Marktplatz der govdigital"),
        "direct": _("direkt"),
    },
    Activation: {
        "each": _("Jede Behörde bindet sich selbst an."),
        "central": _("Das Land schaltet den Dienst für alle frei."),
    },
    EntryStatus: {
        "draft": _("Entwurf"),
        "in_review": _("in Prüfung"),
        "published": _("veröffentlicht"),
        "withdrawn": _("zurückgezogen"),
    },
    RegionKind: {
        "federation": _("Bund"),
        "state": _("Land"),
        "district": _("Kreis"),
        "association": _("Gemeindeverband"),
        "municipality": _("Gemeinde"),
    },
    Level: {
        "state": _("Länder"),
        "district": _("Kreise und kreisfreie Städte"),
        "local_administration": _("Einheitsgemeinden und Gemeindeverbände"),
        "municipality": _("Gemeinden"),
    },
    Unit: {
        "authorities": _("Behörden"),
        "population": _("Einwohnerinnen und Einwohner"),
        "states": _("Länder"),
    },
    Cause: {name: _(text) for name, text in fact_words.CAUSES.items()},
    Undefined: {
        "empty_denominator": _("keine zuständige Behörde"),
        "developing_state": _("entwickelndes Land, zählt nicht mit"),
        "lead_state_unknown": _("umsetzendes Land unbekannt"),
        "authority_set_unknown": _("zuständige Behörden unbekannt"),
    },
}


KINDS, STAGES = ENUMS[ServiceKind], ENUMS[Stage]


def label(value: StrEnum) -> str:
    """Return the words for a member of one of the domain's enumerations."""
    return str(ENUMS[type(value)][value.value])


def size_class_label(name: str) -> str:
    """Return the words for a size class (``<5k``, ``100-500k``, ``>=500k``), or that nobody counts inhabitants."""
    if name == UNKNOWN_GROUP:
        return str(_("ohne Angabe"))
    bounds = [format_decimal(int(bound) * 1000) for bound in _BOUND.findall(name)]
    if name.startswith("<"):
        return str(_("unter %(limit)s", limit=bounds[0]))
    if name.startswith(">="):
        return str(_("ab %(limit)s", limit=bounds[0]))
    return str(_("%(low)s bis unter %(high)s", low=bounds[0], high=bounds[1]))


def group_label(key: str, label: str, by: str) -> str:
    """Return the words for a group of a figure: a region's name, a size class, a kind, or that it is not known."""
    if by == "size_class":
        return size_class_label(key)
    if by == "district" and key == NO_DISTRICT:
        return str(_("ohne Kreis"))
    if by not in GROUPS_OF:
        return label
    if key == UNKNOWN_GROUP:
        return str(_("ohne Angabe"))
    return str(GROUPS_OF[by].get(key, label))
