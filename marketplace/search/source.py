"""What search reads: the database, in batches inside the caller's transaction."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.domain.catalogue import OBJECT_DIGITS, Procedure, object_of
from marketplace.domain.lifecycle import EntryStatus, is_findable
from marketplace.domain.regions import FEDERATION_KEY, PSEUDO_ASSOCIATION
from marketplace.domain.revision import was_published
from marketplace.domain.service import Service
from marketplace.search.document import Document, References, document_of_object, document_of_service
from marketplace.search.engines.held import Held
from marketplace.search.german import stems
from marketplace.search.lexicon import Lexicon
from marketplace.search.suggestions import Suggestion
from marketplace.search.thesaurus import Thesaurus, wordings_of
from marketplace.store import catalogue, organisations, services
from marketplace.store.tables import BundleRow, ProcedureRow, RegionVersionRow, ServiceRow, ThesaurusRow

BATCH = 500
# Textkennzeichen (GV100AD) of districts that are one municipality: Kreisfreie Stadt, Stadtkreis.
_TOWNS_ALONE = ("41", "42")
_ASSOCIATION = 9
_WORDS = {2: "Land", 5: "Kreis", 9: "Gemeindeverband"}
"""What a region is called by the length of its key; a municipality needs no word."""


def all_documents(session: Session) -> Iterator[Document]:
    """Yield the document of every entry of both collections, tombstones included."""
    ids = services.all_ids(session)
    for start in range(0, len(ids), BATCH):
        yield from _services(session, ids[start : start + BATCH])
    every = catalogue.all_procedures(session)
    for start in range(0, len(every), BATCH):
        # A batch begins and ends between two objects: keys ascend, so that an object's procedures are neighbours.
        yield from _objects(session, every[_border(every, start) : _border(every, start + BATCH)])


def documents(session: Session, entries: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Document]:
    """Return the documents of entries (collection, id); those without a row are not in it."""
    wanted = list(entries)
    service_ids = [entry_id for collection, entry_id in wanted if collection == "services"]
    object_ids = [entry_id for collection, entry_id in wanted if collection == "procedures"]
    found = [
        *_services(session, service_ids),
        *_objects(session, catalogue.procedures_of_objects(session, object_ids)),
    ]
    return {(document.collection, document.id): document for document in found}


def as_last_published(session: Session, service_ids: Iterable[str]) -> dict[str, Document]:
    """Return the documents of services that are or were public, withdrawn ones as they stood before."""
    loaded = services.load(session, list(service_ids)).values()
    public = [replace(one, status=EntryStatus.PUBLISHED) for one in loaded if was_published(one)]
    return {one.id: one for one in _documents_of(session, public)}


def expected(session: Session) -> Iterator[Held]:
    """Yield what an index has to hold: every entry, its version, and whether only its tombstone."""
    for entry_id, version, status in session.execute(
        select(ServiceRow.id, ServiceRow.version, ServiceRow.status)
    ):
        yield Held("services", entry_id, version, not is_findable(EntryStatus(status)))
    for object_id, version in object_versions(session):
        yield Held("procedures", object_id, version, withdrawn=False)


def object_versions(session: Session) -> list[tuple[str, int]]:
    """Return every Leistungsobjekt and its version."""
    object_id = func.substr(ProcedureRow.leika_key, 1, OBJECT_DIGITS)
    rows = session.execute(select(object_id, func.sum(ProcedureRow.version)).group_by(object_id))
    return [(one, int(version)) for one, version in rows]


def lexicon(session: Session) -> Lexicon:
    """Return the lexicon of the catalogue: official names and everyday words of bundles and procedures."""
    texts: list[str] = []
    for table in (BundleRow, ProcedureRow):
        for name, situation, said in session.execute(select(table.name, table.life_situation, table.words)):
            texts += [name, situation or "", *said]
    return Lexicon(texts)


def thesaurus(session: Session) -> Thesaurus:
    """Return the editors' wordings."""
    rows = session.execute(
        select(ThesaurusRow.left, ThesaurusRow.right, ThesaurusRow.direction, ThesaurusRow.weight).order_by(
            ThesaurusRow.left_stems
        )
    )
    return Thesaurus(wording for row in rows for wording in wordings_of(*row))


def regions(session: Session) -> list[Suggestion]:
    """Return the regions that stand today as suggestions, with what they are and the district or state they lie in.

    A town that is a district of its own is suggested once, as the municipality; its district and the association of one
    municipality that the register writes for it are left out.
    """
    rows = session.execute(
        select(
            RegionVersionRow.key,
            RegionVersionRow.name,
            RegionVersionRow.text_code,
            RegionVersionRow.population,
        )
        .where(RegionVersionRow.valid_to.is_(None), RegionVersionRow.superseded_at.is_(None))
        .order_by(RegionVersionRow.key)
    ).all()
    alone = {row.key for row in rows if row.text_code in _TOWNS_ALONE}
    names = {row.key: row.name for row in rows if row.key not in alone}
    shown = [
        row
        for row in rows
        if row.key not in alone and row.key != FEDERATION_KEY and row.text_code != PSEUDO_ASSOCIATION
    ]
    namesakes = Counter((row.name, row.key[:5], len(row.key)) for row in shown)
    return [
        Suggestion(
            "regions",
            row.key,
            row.name,
            _detail(row.key, names, is_alone=namesakes[row.name, row.key[:5], len(row.key)] == 1),
            size=row.population or 0,
        )
        for row in shown
    ]


def _detail(key: str, names: Mapping[str, str], *, is_alone: bool) -> str:
    """Say what a region is and where it lies; of namesakes within a district in which association, too."""
    around = next((names[above] for above in (key[:5], key[:2]) if above != key and above in names), "")
    association = "" if is_alone or len(key) <= _ASSOCIATION else names.get(key[:_ASSOCIATION], "")
    return ", ".join(filter(None, (_WORDS.get(len(key)), association, around)))


def places(found: Iterable[Suggestion]) -> frozenset[str]:
    """Return the stems of the regions' names."""
    return frozenset(one for region in found for one in stems(region.name))


def _border(every: Sequence[Procedure], at: int) -> int:
    while 0 < at < len(every) and object_of(every[at].leika_key) == object_of(every[at - 1].leika_key):
        at += 1
    return at


def _services(session: Session, ids: Sequence[str]) -> list[Document]:
    return _documents_of(session, list(services.load(session, ids).values()))


def _documents_of(session: Session, loaded: Sequence[Service]) -> list[Document]:
    references = References(
        catalogue.bundles(session, {ozg_id for service in loaded for ozg_id in service.ozg_ids}),
        catalogue.procedures(session, {key for service in loaded for key in service.leika_keys}),
        {
            one.id: one.name
            for one in organisations.organisations(
                session, {service.publisher for service in loaded}
            ).values()
        },
    )
    return [document_of_service(service, references) for service in loaded]


def _objects(session: Session, procedures: Sequence[Procedure]) -> list[Document]:
    held_by = catalogue.bundles_of(session, [procedure.leika_key for procedure in procedures])
    bundles = catalogue.bundles(session, {one for ids in held_by.values() for one in ids})
    members: dict[str, list[Procedure]] = defaultdict(list)
    for procedure in procedures:
        members[object_of(procedure.leika_key)].append(procedure)
    return [
        document_of_object(
            group,
            [
                bundles[ozg_id]
                for ozg_id in sorted({one for key in group for one in held_by.get(key.leika_key, ())})
                if ozg_id in bundles
            ],
        )
        for group in members.values()
    ]
