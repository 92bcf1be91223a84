"""What a list of results shows of an entry: lean rows of services and procedures, and what they are sorted by."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BindParameter, bindparam, or_, select, union
from sqlalchemy.orm import Session

from marketplace.domain.catalogue import Procedure, object_of
from marketplace.domain.folding import fold
from marketplace.domain.lifecycle import EntryStatus, is_findable
from marketplace.store.catalogue import procedure_of_row
from marketplace.store.tables import (
    BundleProcedureRow,
    ProcedureRow,
    ServiceBundleRow,
    ServiceProcedureRow,
    ServiceRow,
)

CHUNK = 200
_IDS: BindParameter[Sequence[str]] = bindparam("ids", expanding=True)
_SERVICES = select(
    ServiceRow.id, ServiceRow.name, ServiceRow.summary, ServiceRow.kind, ServiceRow.lead_state,
    ServiceRow.theme_field_id, ServiceRow.stage, ServiceRow.status, ServiceRow.part_of,
).where(ServiceRow.id.in_(_IDS))  # fmt: skip


@dataclass(frozen=True, slots=True)
class FoundService:
    """A published service as a result shows it."""

    id: str
    name: str
    summary: str
    kind: str
    lead_state: str | None
    theme_field: str | None
    stage: str | None
    part_of: str | None


@dataclass(frozen=True, slots=True)
class SortKey:
    """By what an entry is sorted: its folded name, and when it came into the catalogue (None for a procedure)."""

    name: str
    created_at: datetime | None = None


def found_services(session: Session, ids: Sequence[str]) -> dict[str, FoundService]:
    """Return those of the services that are published, by id."""
    return {
        row.id: FoundService(
            row.id,
            row.name,
            row.summary,
            row.kind,
            row.lead_state,
            row.theme_field_id,
            row.stage,
            row.part_of,
        )
        for chunk in _chunks(ids)
        for row in session.execute(_SERVICES, {"ids": chunk})
        if is_findable(EntryStatus(row.status))
    }


def procedures_by_object(session: Session, object_ids: Sequence[str]) -> dict[str, list[Procedure]]:
    """Return the procedures of Leistungsobjekte (the first eight digits of their keys), each object's by key."""
    found: dict[str, list[Procedure]] = {object_id: [] for object_id in object_ids}
    for chunk in _chunks(object_ids):
        # A range for each object, so that the primary key's index leads to its procedures.
        inside = or_(*(ProcedureRow.leika_key.between(one, f"{one}999999") for one in chunk))
        for row in session.execute(select(ProcedureRow.__table__).where(inside)):
            found[object_of(row.leika_key)].append(procedure_of_row(row))
    return {one: sorted(group, key=lambda each: each.leika_key) for one, group in found.items() if group}


def serving(session: Session, service_ids: Sequence[str], object_ids: Sequence[str]) -> set[str]:
    """Return those of a few services that execute a procedure of some Leistungsobjekte, or belong to a bundle of one."""
    procedure, bundle = ServiceProcedureRow, ServiceBundleRow
    of_objects = or_(*(ProcedureRow.leika_key.between(one, f"{one}999999") for one in object_ids))
    executing = (
        select(procedure.service_id)
        .join(ProcedureRow, ProcedureRow.leika_key == procedure.leika_key)
        .where(procedure.service_id.in_(service_ids), of_objects)
    )
    bundled = (
        select(bundle.service_id)
        .join(BundleProcedureRow, BundleProcedureRow.ozg_id == bundle.ozg_id)
        .join(ProcedureRow, ProcedureRow.leika_key == BundleProcedureRow.leika_key)
        .where(bundle.service_id.in_(service_ids), of_objects)
    )
    return set(session.scalars(union(executing, bundled)))


def sort_keys(session: Session, collection: str) -> dict[str, SortKey]:
    """Return by what each findable entry of a collection is sorted; of an object the name of its first procedure.

    An engine outside may still find what was withdrawn meanwhile: it has no place in an order.
    """
    if collection == "services":
        services = session.execute(
            select(ServiceRow.id, ServiceRow.name, ServiceRow.created_at).where(
                ServiceRow.status == EntryStatus.PUBLISHED
            )
        )
        return {row.id: SortKey(fold(row.name), row.created_at) for row in services}
    first: dict[str, tuple[str, str]] = {}
    for leika_key, name in session.execute(select(ProcedureRow.leika_key, ProcedureRow.name)):
        object_id = object_of(leika_key)
        if object_id not in first or leika_key < first[object_id][0]:
            first[object_id] = leika_key, name
    return {object_id: SortKey(fold(name)) for object_id, (_, name) in first.items()}


def _chunks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]
