"""A fixed sample of the catalogue, to tell whether this version would write another index than the last one. Pure.

Every field of an entry is filled, with words of many kinds: what an index is made of shows in the sample whichever field
is read next and however its words are cut. Change a word of it, and every index counts as another version's.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from types import ModuleType

from marketplace.domain.catalogue import Bundle, Procedure
from marketplace.domain.lifecycle import EntryStatus
from marketplace.domain.reading import Activation
from marketplace.domain.service import (
    Contact,
    Maturity,
    Offer,
    Origin,
    Route,
    Service,
    ServiceKind,
    Source,
    Stage,
)
from marketplace.search import analysis, german, lexicon, part_list
from marketplace.search.document import Document, References, document_of_object, document_of_service
from marketplace.search.lexicon import LINKS, Lexicon
from marketplace.search.part_list import PARTS

_OF_QUERIES_OR_MEMORY = frozenset(["GENERIC_STEMS", "KEPT_WORDS", "KEPT_SPLITS"])
"""Constants that no document depends on."""
_PLAIN = (int, float, str, tuple, frozenset)

BUNDLE = Bundle(
    "10999", "Kraftfahrzeugzulassung und Führerschein", "mobilitaet", "Auto & Mobilität", date(2026, 1, 1),
    ("Wunschkennzeichen", "Lappen"),
)  # fmt: skip
PROCEDURES = (
    Procedure(
        "99036008000000", 1, "Zulassung eines Kraftfahrzeuges", "2/3", "mobilitaet", "Autofahren",
        ({"list": "Umsetzung"},), date(2026, 1, 1), ("Auto anmelden", "Nummernschild beantragen"),
    ),
    Procedure(
        "99036008070001", 2, "Zulassung eines Kraftfahrzeuges Verlängerung", "4", "verkehr", "Reise",
        ({"list": "Fokus"},), date(2026, 1, 2), ("Oldtimer",),
    ),
)  # fmt: skip
SERVICE = Service(
    id="beispiel",
    name="Anwohnerparkausweis der Gemeinde: Straßenverkehrsbehörde & Führerscheinstelle online",
    summary="Sie beantragen einen Bewohnerparkausweis (§ 45 StVO), z. B. für 12 Monate; über die Gebühr entscheidet das Amt.",
    description=(
        "Wer in der Äußeren Neustadt wohnt, braucht für Fahrzeug und Anhänger eine Ausnahmegenehmigung. Strasse, "
        "Fuehrerschein, Quelle, Steuer, Maße und Masse; Café, Señor, Œuvre, ﬁnden, KFZ-Zulassung, E-Rechnung, 2.500 "
        "Euro, 4711, a1b2. Prozesskostenhilfe, Briefwahlunterlagen, Geburtsurkunden, Schwerbehindertenausweise, "
        "Kindergeldes, Häuser, gegangene, Hundesteueranmeldung, Quastenflosserhaltung, Anmeldung, Erlaubnisse, "
        f"Bezug, Waldweg, {'Donau' * 9}weg, {'Donau' * 9}wege, {'Dampf' * 14}."
    ),
    words=(
        "Parken vor der Tür",
        "eins zwei drei vier fünf sechs",
        "eins zwei drei vier fünf sechs sieben",
        "Auto",
    ),
    kind=ServiceKind.PLATFORM,
    lead_state="02",
    partner_states=("04", "06"),
    theme_field="mobilitaet",
    ozg_ids=(BUNDLE.ozg_id,),
    leika_keys=tuple(one.leika_key for one in PROCEDURES),
    authority_set="gemeinden",
    authority_set_reason="Begründung Zuständigkeit",
    authority_set_assumed=True,
    activation=Activation.CENTRAL,
    part_of="ganzes",
    stage=Stage.PILOT,
    origin=Origin.EFA,
    publisher="verlag",
    url="https://beispiel.example/antrag",
    requires=("bundid",),
    maturity=Maturity("2.0", 3),
    available_from=date(2026, 1, 3),
    offers=(
        Offer("angebot", Route.FIT_STORE, "Lieferant", "Vertrag", "Laufzeit", "Rechenzentrum", "Lizenz"),
    ),
    contacts=(Contact("Kontaktperson", "kontakt@beispiel.example", "030 1"),),
    sources={"*": (Source("https://beispiel.example/quelle", "Quellentitel", "2026", "Anmerkung"),)},
    status=EntryStatus.PUBLISHED,
    version=3,
    created_at=datetime(2026, 1, 4, tzinfo=UTC),
    updated_at=datetime(2026, 1, 5, tzinfo=UTC),
)
REFERENCES = References(
    {BUNDLE.ozg_id: BUNDLE},
    {one.leika_key: one for one in PROCEDURES},
    {"verlag": "Herausgeberverlag"},
)


def sample_lexicon() -> Lexicon:
    """Return a lexicon of the sample's own official words."""
    official = (BUNDLE, *PROCEDURES)
    return Lexicon(text for one in official for text in (one.name, one.life_situation or "", *one.words))


def sample_documents() -> Iterator[Document]:
    """Yield the sample as documents: a service, a part that says less, a tombstone, an object, and every part in pairs."""
    yield document_of_service(SERVICE, REFERENCES)
    yield document_of_service(
        Service(id="kurz", name="Kurabgabe", summary="", description="", kind=ServiceKind.COMPONENT,
                status=EntryStatus.PUBLISHED),
        REFERENCES,
    )  # fmt: skip
    yield document_of_service(
        Service(id="weg", name="Zurückgezogen", summary="", description="", kind=ServiceKind.ONLINE_SERVICE,
                status=EntryStatus.WITHDRAWN),
        REFERENCES,
    )  # fmt: skip
    yield document_of_object(PROCEDURES, [BUNDLE])
    yield Document(collection="services", id="teile", version=1, body=" ".join(_compounds()))


def constants() -> dict[str, object]:
    """Return every plain constant of the modules that an indexed text goes through, sets in order."""
    modules: tuple[ModuleType, ...] = (analysis, german, lexicon, part_list)
    found = {
        f"{module.__name__}.{name}": value
        for module in modules
        for name, value in vars(module).items()
        if name.isupper()
        and name[0] != "_"
        and name not in _OF_QUERIES_OR_MEMORY
        and isinstance(value, _PLAIN)
    }
    return {name: sorted(value) if isinstance(value, frozenset) else value for name, value in found.items()}


def _compounds() -> Iterator[str]:
    """Yield every curated part, joined with the next one by each linking letter in turn."""
    for number, (part, following) in enumerate(zip(PARTS, (*PARTS[1:], PARTS[0]), strict=True)):
        yield part + ("", *LINKS)[number % (len(LINKS) + 1)] + following
