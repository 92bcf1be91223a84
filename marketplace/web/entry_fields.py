"""The fields of the form of an entry: their order, names, help texts, and what they are filled in with."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from marketplace.domain import service_rules as rules
from marketplace.web.labels import FACTS


class Widget(StrEnum):
    """How a field is filled in."""

    LINE = "line"
    TEXT = "text"
    LIST = "list"
    CHOICE = "choice"
    CHECKS = "checks"
    FLAG = "flag"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Field:
    """One field; ``limit`` is its longest text, ``choices`` the name of the list it is chosen from.

    ``required``: nothing is saved without it; ``published``: nothing is published without it.
    """

    name: str
    label: LazyString
    widget: Widget = Widget.LINE
    help: LazyString | None = None
    limit: int = 500
    choices: str = ""
    required: bool = False
    published: bool = False
    rows: int = 2


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that stand several times, at most ``limit`` times; ``carried`` says nothing by itself."""

    name: str
    one: LazyString
    add: LazyString
    fields: tuple[Field, ...]
    limit: int
    carried: frozenset[str]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the form under a heading of its own."""

    anchor: str
    title: LazyString
    intro: LazyString
    fields: tuple[Field, ...] = ()
    group: Group | None = None


_LINE, _TEXT, _LIST, _CHOICE = Widget.LINE, Widget.TEXT, Widget.LIST, Widget.CHOICE
LABELS: Mapping[str, LazyString] = {
    **FACTS,
    "status": _("Stand des Eintrags"),
    "id": _("Kennung"),
}
OFFERS = Group(
    "offers", _("Angebot"), _("Weiteres Angebot"),
    (
        Field("route", _("Weg"), _CHOICE, _("Über welchen Vertragsweg kommt der Dienst zu denen, die ihn nachnutzen?"), choices="route", required=True),
        Field("supplier", _("Anbieter"), _CHOICE, _("Wer schließt den Vertrag?"), choices="organisation"),
        Field("contract_form", _("Vertragsform"), help=_("zum Beispiel Nachnutzungsvertrag oder SaaS-Vertrag"), limit=300),
        Field("contract_term", _("Laufzeit"), help=_("zum Beispiel „zwei Jahre, danach jährlich kündbar“"), limit=300),
        Field("hosting", _("Betrieb"), help=_("Wer betreibt den Dienst, und wo?"), limit=300),
        Field("licence", _("Lizenz"), help=_("Lizenz der Software, zum Beispiel EUPL-1.2"), limit=300),
        Field("price", _("Preis"), help=_("Sehen nur angemeldete öffentliche Stellen. Nennen Sie, worauf er sich bezieht, zum Beispiel „1.200 Euro im Jahr je Kommune“."), limit=rules.MAX_NOTE),
        Field("price_source", _("Quelle des Preises"), help=_("Adresse der Preisliste oder des Vertrags. Ein Preis steht nur mit seiner Quelle."), limit=rules.MAX_NOTE),
        Field("url", _("Adresse des Angebots"), help=_("Seite im Netz, auf der das Angebot steht, mit https://")),
    ),
    rules.MAX_OFFERS, frozenset({"id"}),
)  # fmt: skip
CONTACTS = Group(
    "contacts", _("Ansprechperson"), _("Weitere Ansprechperson"),
    (
        Field("name", _("Name oder Stelle"), help=_("Eine Stelle („Nachnutzungsteam“) bleibt länger richtig als ein Name."), limit=200, required=True),
        Field("email", _("E-Mail-Adresse"), limit=254),
        Field("phone", _("Telefon"), limit=50),
    ),
    rules.MAX_CONTACTS, frozenset(),
)  # fmt: skip
SOURCES = Group(
    "sources", _("Quelle"), _("Weitere Quelle"),
    (
        Field("about", _("Belegt"), _CHOICE, _("Welche Angabe steht dort?"), choices="about", required=True),
        Field("url", _("Adresse der Quelle"), help=_("mit https://"), required=True),
        Field("title", _("Titel der Quelle"), limit=300),
        Field("date", _("Stand der Quelle"), help=_("als Jahr, Jahr-Monat oder Tag, zum Beispiel 2026, 2026-03 oder 2026-03-31"), limit=10),
        Field("note", _("Anmerkung"), limit=rules.MAX_NOTE),
    ),
    rules.MAX_SOURCES, frozenset({"about"}),
)  # fmt: skip
GROUPS: Mapping[str, Group] = {group.name: group for group in (OFFERS, CONTACTS, SOURCES)}

SECTIONS = (
    Section("worum", _("Worum geht es"), _("Was Menschen suchen und auf einen Blick verstehen sollen."), (
        Field("name", FACTS["name"], help=_("So, wie der Dienst bei den Behörden heißt, gern mit der Abkürzung in Klammern."), limit=rules.MAX_NAME, required=True),
        Field("summary", FACTS["summary"], _TEXT, _("Ein oder zwei Sätze: Wer erledigt damit was? Steht in den Treffern der Suche."), rules.MAX_SUMMARY, published=True),
        Field("description", FACTS["description"], _TEXT, _("Was der Dienst kann, für wen er gedacht ist, was er nicht kann. Eine leere Zeile beginnt einen Absatz."), rules.MAX_DESCRIPTION, published=True, rows=10),
        Field("words", FACTS["words"], _LIST, _("Womit Menschen danach suchen, zum Beispiel „Hundemarke“: ein Begriff je Zeile oder mit Komma getrennt, höchstens 30. In der Suche führen sie zum Eintrag; sie stehen auch auf seiner Seite."), rows=4),
        Field("kind", FACTS["kind"], _CHOICE, _("Plattformen und Basiskomponenten werden ebenso nachgenutzt wie Onlinedienste, aber für sich gezählt."), choices="kind", required=True),
        Field("url", FACTS["url"], help=_("Seite, auf der Bürgerinnen und Bürger oder Unternehmen den Dienst benutzen, mit https://")),
    )),
    Section("recht", _("Recht und Zuständigkeit"), _("Welche Leistungen der Dienst online bringt und welche Behörden sie ausführen. Daran hängt der Nenner jeder Quote."), (
        Field("theme_field", FACTS["theme_field"], _CHOICE, choices="theme_field"),
        Field("ozg_ids", FACTS["ozg_ids"], _LIST, _("OZG-IDs mit fünf Ziffern, eine je Zeile oder mit Komma getrennt")),
        Field("leika_keys", FACTS["leika_keys"], _LIST, _("LeiKa-Schlüssel mit 14 Ziffern, die mit 99 beginnen; einer je Zeile oder mit Komma getrennt"), rows=4),
        Field("authority_set", FACTS["authority_set"], _CHOICE, _("Welche Behörden führen die Leistung aus? Ein Dienst der Kreise hat 400 zuständige Behörden, nicht 10.751."), choices="authority_set"),
        Field("authority_set_reason", LABELS["authority_set_reason"], _TEXT, _("Woraus ergibt sich die Zuständigkeit? Nennen Sie Gesetz und Paragraf."), rules.MAX_REASON, rows=3),
        Field("authority_set_assumed", LABELS["authority_set_assumed"], Widget.FLAG, _("Kreuzen Sie das an, solange die Zuständigkeit nicht geprüft ist. Es steht dann am Eintrag.")),
    )),
    Section("umsetzung", _("Umsetzung"), _("Wer den Dienst gebaut hat, wie weit er ist und wie Behörden sich anschließen."), (
        Field("publisher", FACTS["publisher"], _CHOICE, _("Wer baut und betreibt den Dienst und hält diesen Eintrag aktuell?"), choices="publisher"),
        Field("lead_state", FACTS["lead_state"], _CHOICE, _("Das Land, das den Dienst umsetzt. Es zählt in der Nachnutzungsquote nicht mit."), choices="state"),
        Field("partner_states", FACTS["partner_states"], Widget.CHECKS, _("Länder, die mitentwickelt haben. Auch sie zählen in der Nachnutzungsquote nicht mit."), choices="state"),
        Field("stage", FACTS["stage"], _CHOICE, _("Wie weit ist der Dienst selbst, unabhängig davon, wie viele ihn nutzen?"), choices="stage"),
        Field("origin", FACTS["origin"], _CHOICE, _("Für wen wurde er gebaut?"), choices="origin"),
        Field("activation", FACTS["activation"], _CHOICE, _("Tritt ein Land bei, sind seine Behörden dann schon produktiv, oder schließt sich jede einzeln an?"), choices="activation", required=True),
        Field("available_from", FACTS["available_from"], Widget.DAY, _("Tag, seit dem Behörden den Dienst nachnutzen können")),
        Field("maturity", FACTS["maturity"], _CHOICE, _("Stufen verschiedener Modelle lassen sich nicht vergleichen. Seit 07/2025 gilt Modell 2.0."), choices="maturity"),
        Field("part_of", FACTS["part_of"], help=_("Ist der Dienst Teil eines anderen, dann dessen Kennung: das letzte Stück der Adresse seines Eintrags. Sie können auch die ganze Adresse einfügen."), limit=500),
        Field("requires", FACTS["requires"], _LIST, _("Einträge, die der Dienst braucht (Plattformen, Basiskomponenten): Kennungen oder Adressen, eine je Zeile oder mit Komma getrennt"), rows=3),
    )),
    Section("angebote", _("Angebote"), _("Wege, den Dienst zu bekommen. Derselbe Dienst über zwei Wege ist ein Eintrag mit zwei Angeboten."), group=OFFERS),
    Section("personen", _("Ansprechpersonen"), _("Wen Behörden fragen können. Das sehen nur angemeldete öffentliche Stellen."), group=CONTACTS),
    Section("quellen", _("Quellen"), _("Wo die Angaben nachzulesen sind. Zur Veröffentlichung gehört mindestens eine Quelle."), group=SOURCES),
)  # fmt: skip
FIELDS: Mapping[str, Field] = {field.name: field for section in SECTIONS for field in section.fields}
"""The fields that stand once, by name."""
PARTS: Mapping[str, Field] = {
    f"{group.name}.{field.name}": field for group in GROUPS.values() for field in group.fields
}
"""The fields of the groups, by the names of group and field."""
