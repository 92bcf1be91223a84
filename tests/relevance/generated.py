"""A catalogue of any size around the real entries, the same at every run.

What is added answers none of the judged queries, as far as official facts tell: each entry is made of a Leistungsobjekt
of a LeiKa group, of bundles and of a life situation that no real service serves. Names, everyday words, bundles and theme
fields are official ones; a state, a form of name and a few sentences are drawn. What people call the first procedure, or
else the first bundle, are words of the entry's own, as a publisher would say them: noise is as loud as the real entries. So
the judgements of the real entries hold as they are, and every added entry that comes before one of them is noise. There are
fewer objects than entries wanted: each comes in several forms, as several states offer the same, and the forms of one object
take one place in a ranking, so that one wrong guess is not counted ten times.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import count, islice
from random import Random
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from marketplace.domain.catalogue import Bundle, Procedure, object_of
from marketplace.domain.folding import fold
from marketplace.store import catalogue, outbox
from marketplace.store.database import Database
from marketplace.store.tables import AuthoritySetRow, ServiceBundleRow, ServiceProcedureRow, ServiceRow

SEED = 20261122
WHEN = datetime(2026, 11, 1, tzinfo=UTC)
GROUP_DIGITS = 5
MOST_PROCEDURES = 4
MOST_WORDS = 10
STATES = (
    "Schleswig-Holstein", "Hamburg", "Niedersachsen", "Bremen", "Nordrhein-Westfalen", "Hessen", "Rheinland-Pfalz",
    "Baden-Württemberg", "Bayern", "Saarland", "Berlin", "Brandenburg", "Mecklenburg-Vorpommern", "Sachsen",
    "Sachsen-Anhalt", "Thüringen",
)  # fmt: skip
NAMES = (
    "{name}", "{name} online", "{name} {state}", "Onlinedienst {name}", "{name} digital", "{name} – Antragsassistent",
    "Antrag {name}", "{name} für Unternehmen und Verwaltung",
)  # fmt: skip
SUMMARIES = (
    "{name} online beantragen und den Stand des Verfahrens verfolgen.",
    "Der Dienst führt durch den Antrag und gibt ihn an die zuständige Behörde in {state} weiter.",
    "Antrag, Nachweise und Bescheid ohne Weg zum Amt: {name}.",
)
SENTENCES = (
    "Die Angaben werden beim Ausfüllen geprüft und der zuständigen Stelle elektronisch übermittelt.",
    "Nachweise können als Datei hochgeladen oder nachgereicht werden.",
    "Gebühren werden online bezahlt, soweit welche anfallen.",
    "Für die Anmeldung genügt ein Nutzerkonto; bei einigen Verfahren ist der Online-Ausweis nötig.",
    "{state} stellt den Dienst nach dem Prinzip Einer für Alle den anderen Ländern zur Nachnutzung bereit.",
    "Der Bescheid kommt in das Postfach des Kontos oder mit der Post.",
    "Zum Dienst gehören: {members}.",
    "Er deckt die Leistungen aus dem Bündel {bundle} ab.",
    "Wer unterbricht, speichert einen Entwurf und arbeitet später weiter.",
    "Am Ende steht eine Zusammenfassung zum Herunterladen.",
    "Die Daten werden im vereinbarten Standard an das Fachverfahren übergeben.",
    "Fragen beantwortet die Hotline des Betreibers an Werktagen.",
    "Der Betrieb liegt bei einem öffentlichen Rechenzentrum.",
    "Im ersten Jahr war er nur in wenigen Landkreisen verfügbar.",
    "Erklärungen gibt es auch in Leichter Sprache und auf Englisch.",
    "Ansprechstelle bleibt die Verwaltung am Wohnort oder am Sitz der Firma.",
    "Vertreterinnen und Bevollmächtigte handeln mit einer Vollmacht.",
    "Kommunen in {state} schließen eine Vereinbarung und hinterlegen ihre Kontaktstelle.",
    "Der Stand der Bearbeitung ist jederzeit einsehbar.",
    "Ein Vorgang dauert ungefähr zwanzig Minuten.",
    "Fristen und Voraussetzungen richten sich nach Bundesrecht und der Ordnung des Landes.",
    "Rückmeldungen aus der Pilotphase sind in die zweite Fassung eingeflossen.",
    "Eine Unterschrift auf Papier ist nicht mehr erforderlich.",
    "Sachbearbeitende sehen Eingänge gesammelt und fordern Fehlendes nach.",
)
"""What any description might say. There are so many that, as in the real entries' descriptions, "Land" is the word most of
them have (31 % of both), and the next but generic ones stand in about a fifth (23 and 18 %). Words that half of a catalogue
shares would count as saying nothing, which no real catalogue does to Ausweis, Post or Gebühr."""
DRAWN_SENTENCES = 4


def add_services(database: Database, total: int) -> dict[str, str]:
    """Add published services until there are ``total``; return the id of each added one with its object.

    They are written as rows, by table, with what search is told of them; the ledger hears nothing.
    """
    with database.writing() as session:
        real = set(session.scalars(select(ServiceRow.id)))
        procedures = catalogue.all_procedures(session)
        bundles_of = catalogue.bundles_of(session, [one.leika_key for one in procedures])
        bundles = catalogue.bundles(session, {one for ids in bundles_of.values() for one in ids})
        sets = sorted(session.scalars(select(AuthoritySetRow.id)))
        free = _free(session, procedures, bundles_of, bundles)
        drawn = islice(_drawn(free, sets), total - len(real))
        services, links = [], []
        for service, members, held in drawn:
            services.append(service)
            links.append((service["id"], members, held))
        session.execute(insert(ServiceRow), services)
        session.execute(insert(ServiceProcedureRow), [
            {"service_id": service_id, "leika_key": one.leika_key, "position": position}
            for service_id, members, _ in links for position, one in enumerate(members)
        ])  # fmt: skip
        session.execute(insert(ServiceBundleRow), [
            {"service_id": service_id, "ozg_id": one.ozg_id, "position": position}
            for service_id, _, held in links for position, one in enumerate(held)
        ])  # fmt: skip
        outbox.enqueue(session, "services", [(service["id"], 1) for service in services], WHEN)
    return {service_id: object_of(members[0].leika_key) for service_id, members, _ in links}


def _free(
    session: Session,
    procedures: Sequence[Procedure],
    bundles_of: Mapping[str, Sequence[str]],
    bundles: Mapping[str, Bundle],
) -> list[tuple[list[Procedure], list[Bundle]]]:
    """Return the objects that have nothing to do with a real service, with their bundles."""
    served = set(session.scalars(select(ServiceProcedureRow.leika_key)))
    bundled = set(session.scalars(select(ServiceBundleRow.ozg_id)))
    groups = {key[:GROUP_DIGITS] for key in served}
    situations = {one.life_situation for one in procedures if one.leika_key in served}
    situations |= {one.life_situation for one in bundles.values() if one.ozg_id in bundled}
    objects: dict[str, list[Procedure]] = defaultdict(list)
    for one in procedures:
        objects[object_of(one.leika_key)].append(one)
    free = []
    for object_id, members in sorted(objects.items()):
        held = sorted({one for member in members for one in bundles_of.get(member.leika_key, ())})
        entries: list[Procedure | Bundle] = [*members, *(bundles[one] for one in held if one in bundles)]
        if (
            object_id[:GROUP_DIGITS] not in groups
            and bundled.isdisjoint(held)
            and not any(one.life_situation in situations for one in entries if one.life_situation)
        ):
            free.append((members, [bundles[one] for one in held if one in bundles]))
    return free


Drawn = tuple[dict[str, Any], list[Procedure], list[Bundle]]


def _drawn(free: Sequence[tuple[list[Procedure], list[Bundle]]], sets: Sequence[str]) -> Iterator[Drawn]:
    """Yield endless services: every object once, then every object with the next kind of name, and so on."""
    random = Random(SEED)
    numbers = count(1)
    for pattern, (members, bundles) in ((pattern, one) for pattern in _endless(NAMES) for one in free):
        state = random.randrange(16)
        said = members[0].words or (bundles[0].words if bundles else ())
        words = {
            "name": members[0].name,
            "state": STATES[state],
            "members": ", ".join(one.name for one in members[:MOST_PROCEDURES]),
            "bundle": bundles[0].name if bundles else members[0].name,
        }
        name = pattern.format(**words)[:300]
        yield (
            {
                "id": f"erzeugt-{next(numbers):05}",
                "version": 1,
                "status": "published",
                "kind": "online_service",
                "name": name,
                "name_folded": fold(name)[:320],
                "summary": random.choice(SUMMARIES).format(**words)[:400],
                "description": " ".join(random.sample(SENTENCES, DRAWN_SENTENCES)).format(**words),
                "words": list(said[:MOST_WORDS]),
                "lead_state": f"{state + 1:02}",
                "partner_states": [],
                "theme_field_id": members[0].theme_field or (bundles[0].theme_field if bundles else None),
                "authority_set_id": random.choice(sets),
                "authority_set_assumed": False,
                "activation": "each",
                "stage": "regular",
                "contacts": [],
                "sources": {"*": [{"url": "https://example.org/erzeugt"}]},
                "created_at": WHEN,
                "updated_at": WHEN,
            },
            members[:MOST_PROCEDURES],
            bundles[:2],
        )


def _endless(patterns: Sequence[str]) -> Iterator[str]:
    """Yield the patterns again and again, with a number from the second round on."""
    yield from patterns
    for round_ in count(2):
        yield from (f"{one} {round_}" for one in patterns)
