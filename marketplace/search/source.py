"""Where documents come from: the database, read in batches inside the caller's transaction."""

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.catalogue import Procedure
from marketplace.domain.lifecycle import EntryStatus, is_findable
from marketplace.search.document import Document, Labels, document_of_procedure, document_of_service
from marketplace.search.engines.held import Held
from marketplace.store import catalogue, services
from marketplace.store.tables import ProcedureRow, ServiceRow

BATCH = 500


def all_documents(session: Session) -> Iterator[Document]:
    """Yield the document of every entry of both collections, tombstones included."""
    ids = services.all_ids(session)
    for start in range(0, len(ids), BATCH):
        yield from _services(session, ids[start : start + BATCH])
    every = catalogue.all_procedures(session)
    for start in range(0, len(every), BATCH):
        yield from _procedures(session, every[start : start + BATCH])


def documents(session: Session, entries: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Document]:
    """Return the documents of entries (collection, id); those without a row are not in it."""
    wanted = list(entries)
    service_ids = [entry_id for collection, entry_id in wanted if collection == "services"]
    leika_keys = [entry_id for collection, entry_id in wanted if collection == "procedures"]
    found = [
        *_services(session, service_ids),
        *_procedures(session, list(catalogue.procedures(session, leika_keys).values())),
    ]
    return {(document.collection, document.id): document for document in found}


def expected(session: Session) -> Iterator[Held]:
    """Yield what an index has to hold: every entry, its version, and whether only its tombstone."""
    for entry_id, version, status in session.execute(
        select(ServiceRow.id, ServiceRow.version, ServiceRow.status)
    ):
        yield Held("services", entry_id, version, not is_findable(EntryStatus(status)))
    for leika_key, version in session.execute(select(ProcedureRow.leika_key, ProcedureRow.version)):
        yield Held("procedures", leika_key, version, withdrawn=False)


def _services(session: Session, ids: Sequence[str]) -> list[Document]:
    loaded = services.load(session, ids).values()
    labels = Labels(
        _bundle_names(session, {ozg_id for service in loaded for ozg_id in service.ozg_ids}),
        {
            key: procedure.name
            for key, procedure in catalogue.procedures(
                session, {key for service in loaded for key in service.leika_keys}
            ).items()
        },
    )
    return [document_of_service(service, labels) for service in loaded]


def _procedures(session: Session, procedures: Sequence[Procedure]) -> list[Document]:
    held_by = catalogue.bundles_of(session, [procedure.leika_key for procedure in procedures])
    labels = Labels(_bundle_names(session, {one for ids in held_by.values() for one in ids}), {})
    return [
        document_of_procedure(procedure, held_by.get(procedure.leika_key, ()), labels)
        for procedure in procedures
    ]


def _bundle_names(session: Session, ozg_ids: Iterable[str]) -> dict[str, str]:
    return {ozg_id: bundle.name for ozg_id, bundle in catalogue.bundles(session, ozg_ids).items()}
