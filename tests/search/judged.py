"""Questions with the entry that has to come first (or whether anything may be found at all).

What is asked here is short on purpose and has to be right on every engine; how good search is on the whole is measured
in ``tests/relevance``.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Judged:
    """A query, and what a reader expects: ``first`` is the best entry, None: nothing is found, "": anything."""

    query: str
    first: str | None
    collection: str = "services"


SERVICES = [
    Judged("wohngeld beantragen", "wohngeld-online"),
    Judged("Umzug Wohnung anmelden Bürgeramt", "elektronische-wohnsitzanmeldung"),
    Judged("Fuehrerschein umtauschen", "fuehrerschein-umtausch"),
    Judged("führerschein ersatzausfertigung", "fuehrerschein-ersatz"),
    Judged("fuhrerschein verloren gestohlen", "fuehrerschein-ersatz"),
    Judged("begleitetes Fahren", "fuehrerschein-begleitetes-fahren"),
    Judged("Unterhaltsvorschuss", "unterhaltsvorschuss-online"),
    Judged("Unterhaltsvorschuss anderer Elternteil zahlt nicht", "unterhaltsvorschuss-online"),
    Judged("Unterhaltsvorschuss jährliche Überprüfung", "unterhaltsvorschuss-jaehrliche-ueberpruefung"),
    Judged("Bafög", "bafoeg-digital"),
    Judged("Einbürgerung", "digitale-einbuergerung"),
    Judged("Einbuergerung", "digitale-einbuergerung"),
    Judged("deutsche Staatsangehörigkeit", "digitale-einbuergerung"),
    Judged("Staatsangehörigkeit Schnelltest", "digitale-einbuergerung"),
    Judged("Aufenthaltstitel Erwerbstätigkeit", "aufenthalt-erwerbstaetigkeit"),
    Judged("Geflüchtete aus der Ukraine", "aufenthalt-ukraine"),
    Judged("Eheschließung", "ehe-online"),
    Judged("Eheschliessung anmelden", "ehe-online"),
    Judged("Adoption", "adoption-digital"),
    Judged("Drohnen", "drohnen-betrieb"),
    Judged("Infektionsschutzbelehrung Lebensmittel", "infektionsschutzbelehrung"),
    Judged("Geburtsurkunde und Eheurkunde bestellen", "personenstandsurkunden"),
    Judged("OZG-10124", "elektronische-wohnsitzanmeldung"),
    Judged("10124", "elektronische-wohnsitzanmeldung"),
    Judged("99 115 005 104 000", "elektronische-wohnsitzanmeldung"),
    Judged("Antrag", ""),
    Judged("online beantragen", ""),
    Judged("Quastenflosser", None),
]
PROCEDURES = [
    Judged("99115005104000", "99115005104000", "procedures"),
    Judged("99 115 005", "99115005000000", "procedures"),
    Judged("Abfallgebühr", "99001001000000", "procedures"),
    Judged("Abfallgebuehr Festsetzung", "99001001002000", "procedures"),
    Judged("Quastenflosser", None, "procedures"),
    Judged("Antrag auf Genehmigung", "", "procedures"),
    Judged("Hund Steuer anmelden", "", "procedures"),
    Judged("Baugenehmigung", "", "procedures"),
]
JUDGED = SERVICES + PROCEDURES
