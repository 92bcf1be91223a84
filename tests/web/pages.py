"""Every kind of page by an address on the seed, and a reader of what is on it."""

from html.parser import HTMLParser

PAGES = {
    "start": "/",
    "search": "/suche?q=Umzug",
    "search without words": "/suche",
    "search of procedures": "/suche?q=Wohnsitz&in=procedures",
    "search without result": "/suche?q=xyzzyqwv",
    "search of a misspelt word": "/suche?q=Wonsitz+ummelden",
    "search under filters": "/suche?q=online&kind=online_service&lead_state=02&lead_state=05&sort=reuse_rate",
    "search in a region": "/suche?q=Umzug&region=05&live_here=true",
    "search for what nobody offers": "/suche?q=Hundesteuer",
    "procedure that nobody offers": "/leistungen/99102013000000",
    "services": "/dienste",
    "services without result": "/dienste?kind=component&lead_state=16&theme_field=bildung",
    "service": "/dienste/elektronische-wohnsitzanmeldung",
    "service by size class": "/dienste/elektronische-wohnsitzanmeldung?by=size_class&rule=coverage",
    "service by district": "/dienste/elektronische-wohnsitzanmeldung?by=district&unit=population",
    "service with parts": "/dienste/sozialplattform",
    "service without authority set": "/dienste/elfe",
    "history of a service": "/dienste/elfe/verlauf",
    "version of a service": "/dienste/elfe/verlauf?version=1",
    "part": "/dienste/fuehrerschein-umtausch",
    "procedure": "/leistungen/99115005104000",
    "bundle": "/leistungsbuendel/10124",
    "theme fields": "/themenfelder",
    "theme field": "/themenfelder/bauen-wohnen",
    "organisations": "/organisationen",
    "organisation": "/organisationen/dataport",
    "regions": "/regionen",
    "regions found": "/regionen?q=Bonn",
    "regions not found": "/regionen?q=Nirgendwo",
    "state": "/regionen/05",
    "district": "/regionen/05382",
    "municipality": "/regionen/053140000000",
    "member of an association": "/regionen/010585803001",
    "claims that wait": "/regionen/05/angaben",
    "claims where none waits": "/regionen/010585803001/angaben",
    "choose region": "/meine-region?q=53111",
    "figures of all services": "/quoten?rule=coverage&theme_field=familie-kind",
    "figures without result": "/quoten?theme_field=umwelt&lead_state=16",
    "changes of a figure": "/quoten/veraenderung?service=elektronische-wohnsitzanmeldung&from=2025-03-31&by=state",
    "changes of no figure yet": "/quoten/veraenderung",
    "questions": "/fragen",
    "question about sizes": "/fragen/size-classes?rows=theme_field",
    "question about joined states": "/fragen/joined-states?service=elektronische-wohnsitzanmeldung",
    "question about reusing states": "/fragen/reusing-states?at_least=2",
    "question about one state": "/fragen/online-in-state?state=05",
    "question without a state": "/fragen/paid-services",
    "question about paid services": "/fragen/paid-services?state=05&below=0.5",
    "question about nearly area-wide services": "/fragen/nearly-area-wide?missing=20",
    "question about plans": "/fragen/planned-go-lives",
    "question about one or all": "/fragen/one-or-all",
    "demand": "/bedarf",
    "demand of a state": "/bedarf?region=05&theme_field=bildung",
    "demand of a name that several have": "/bedarf?region=Neustadt",
    "need": "/bedarf/neu?object=99107023",
    "need that was counted": "/bedarf/neu?done=1",
    "counting rules": "/zaehlregeln",
    "thesaurus": "/thesaurus?theme_field=familie-kind",
    "thesaurus without result": "/thesaurus?q=xyzzyqwv",
    "imprint": "/impressum",
    "privacy": "/datenschutz",
    "accessibility": "/barrierefreiheit",
    "sign in": "/anmelden",
    "not found": "/gibt-es-nicht",
}

OWN = "/dienste/online-service-infrastruktur"
"""An entry of the organisation that the demo's publisher, reviewer and admin act for."""
PAGES_OF: dict[str, tuple[str, ...]] = {
    "Bereitsteller": (
        "/konto", "/schreibtisch", "/pruefungen", f"{OWN}/vorschau", f"{OWN}/neue-fassung", f"{OWN}/efa-selbstauskunft",
        f"{OWN}/ausrollung", f"{OWN}/nachnutzung-melden", "/organisation/verlassen",
    ),
    "Prüfung": ("/pruefungen",),
    "Verwaltung der Organisation": (
        "/organisation/mitglieder/demo-admin", "/organisation/verlassen", "/organisation/protokoll",
        "/organisation/einladungen/neu", "/organisation/zugaenge/neu",
    ),
    "Behörde": (
        "/behoerde", "/behoerde/melden?service=elektronische-wohnsitzanmeldung", "/delegationen",
        "/abonnements?of=organisation", "/abonnements/neu?followed=figure", "/abonnements/neu?followed=own",
    ),
    "Verband": ("/behoerde", "/delegationen"),
    "Koordination des Landes": (
        "/koordination", "/koordination/fehlende?service=elektronische-wohnsitzanmeldung", "/delegationen",
    ),
    "Auswertung": ("/konto", "/nachrichten", "/abonnements", "/abonnements?of=organisation"),
    "Betrieb": (
        "/betrieb", "/betrieb/protokoll", "/betrieb/organisationen", "/betrieb/organisationen/neu",
        "/betrieb/organisationen/dataport", "/organisationen/dataport/mitglieder", "/thesaurus/neu",
        f"{OWN}/zusammenfuehren",
    ),
}  # fmt: skip
"""What only the signed-in see and no journey looks at on its way, by the title of the demo's role."""


class Element:
    """An element with its attributes and all text inside it."""

    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag, self.attributes, self.pieces = tag, attributes, list[str]()

    @property
    def text(self) -> str:
        return " ".join("".join(self.pieces).split())


BLOCKS = {"dd", "dt", "h1", "h2", "h3", "li", "p", "td", "th"}
VOID = {"input", "link", "meta", "br", "img", "hr"}


class Page(HTMLParser):
    """The elements of a page in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop().tag != tag:
            pass
        if tag in BLOCKS:
            self.handle_data(" ")

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.pieces.append(data)

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """The elements of a tag whose attributes have these values."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [e for e in self.elements if e.tag == tag and wanted.items() <= e.attributes.items()]

    def links(self) -> dict[str, str]:
        """Text and address of the links; of several with the same text the first."""
        found: dict[str, str] = {}
        for element in self.all("a"):
            found.setdefault(element.text, element.attributes.get("href", ""))
        return found

    @property
    def text(self) -> str:
        """All text of the page's main part."""
        return self.all("main")[0].text
