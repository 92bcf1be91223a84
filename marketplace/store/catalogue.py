"""Theme fields, OZG bundles and LeiKa procedures: reading them one by one, many at once and in lists."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, true
from sqlalchemy.orm import Session

from marketplace.domain.catalogue import OBJECT_DIGITS, Bundle, Procedure, ThemeField
from marketplace.domain.folding import fold
from marketplace.domain.regions import FEDERATION_KEY
from marketplace.store.ordering import by_code_point, like_pattern
from marketplace.store.tables import (
    BundleProcedureRow,
    BundleRow,
    ProcedureRow,
    RegionVersionRow,
    ThemeFieldRow,
)

CHUNK = 500
FEDERATION_NAME = "Bund"
STATE_KEYS = tuple(f"{number:02d}" for number in range(1, 17))


def theme_fields(session: Session) -> list[ThemeField]:
    """Return all theme fields by name."""
    found = [
        ThemeField(row.id, row.name, tuple(row.lead_states), row.ministry, row.evidence, row.source)
        for row in session.scalars(select(ThemeFieldRow))
    ]
    return sorted(found, key=lambda theme_field: fold(theme_field.name))


def theme_field(session: Session, theme_field_id: str) -> ThemeField | None:
    """Return one theme field."""
    return next((one for one in theme_fields(session) if one.id == theme_field_id), None)


def state_names(session: Session) -> dict[str, str]:
    """Return the states' names by key, and "Bund" for the federation; empty before the first register."""
    statement = (
        select(RegionVersionRow.key, RegionVersionRow.name)
        .where(
            RegionVersionRow.key.in_(STATE_KEYS),
            RegionVersionRow.valid_to.is_(None),
            RegionVersionRow.superseded_at.is_(None),
        )
        .order_by(RegionVersionRow.key)
    )
    names = {row.key: row.name for row in session.execute(statement)}
    return names | {FEDERATION_KEY: FEDERATION_NAME} if names else names


def theme_field_counts(session: Session) -> dict[str, tuple[int, int]]:
    """Return how many bundles and how many procedures each theme field has."""
    bundle_counts = _count_by_theme_field(session, BundleRow)
    procedure_counts = _count_by_theme_field(session, ProcedureRow)
    return {
        one: (bundle_counts.get(one, 0), procedure_counts.get(one, 0))
        for one in bundle_counts.keys() | procedure_counts.keys()
    }


def bundles(session: Session, ozg_ids: Iterable[str]) -> dict[str, Bundle]:
    """Return the bundles of these ids (those that exist), in the order asked for."""
    wanted = list(dict.fromkeys(ozg_ids))
    found = {
        row.ozg_id: _bundle(row)
        for start in range(0, len(wanted), CHUNK)
        for row in session.execute(
            select(BundleRow.__table__).where(BundleRow.ozg_id.in_(wanted[start : start + CHUNK]))
        )
    }
    return {ozg_id: found[ozg_id] for ozg_id in wanted if ozg_id in found}


def procedures(session: Session, leika_keys: Iterable[str]) -> dict[str, Procedure]:
    """Return the procedures of these keys (those that exist), in the order asked for."""
    wanted = list(dict.fromkeys(leika_keys))
    found = {
        row.leika_key: procedure_of_row(row)
        for start in range(0, len(wanted), CHUNK)
        for row in session.execute(
            select(ProcedureRow.__table__).where(ProcedureRow.leika_key.in_(wanted[start : start + CHUNK]))
        )
    }
    return {key: found[key] for key in wanted if key in found}


def all_procedures(session: Session) -> list[Procedure]:
    """Return every procedure by key: what the search engines are filled from."""
    order = by_code_point(session, ProcedureRow.leika_key)
    return [procedure_of_row(row) for row in session.execute(select(ProcedureRow.__table__).order_by(order))]


def procedures_of_objects(session: Session, object_ids: Sequence[str]) -> list[Procedure]:
    """Return the procedures of these Leistungsobjekte (the first eight digits of their keys), by key."""
    object_id = func.substr(ProcedureRow.leika_key, 1, OBJECT_DIGITS)
    found = [
        procedure_of_row(row)
        for start in range(0, len(object_ids), CHUNK)
        for row in session.execute(
            select(ProcedureRow.__table__).where(object_id.in_(object_ids[start : start + CHUNK]))
        )
    ]
    return sorted(found, key=lambda one: one.leika_key)


def bundles_of(session: Session, leika_keys: Sequence[str]) -> dict[str, list[str]]:
    """Return the ids of the bundles that hold each of these procedures."""
    return _linked(session, BundleProcedureRow.leika_key, BundleProcedureRow.ozg_id, leika_keys)


def procedures_of(session: Session, ozg_ids: Sequence[str]) -> dict[str, list[str]]:
    """Return the keys of the procedures that each of these bundles holds."""
    return _linked(session, BundleProcedureRow.ozg_id, BundleProcedureRow.leika_key, ozg_ids)


def find_bundles(
    session: Session, theme_field: str | None, q: str | None, limit: int, offset: int
) -> tuple[list[Bundle], int]:
    """Return one page of the bundles by name, and how many there are; ``q`` is a part of name or id."""
    condition = _condition(BundleRow, BundleRow.ozg_id, theme_field, q)
    total = session.scalar(select(func.count()).select_from(BundleRow).where(condition)) or 0
    order = by_code_point(session, BundleRow.name_folded), by_code_point(session, BundleRow.ozg_id)
    rows = session.execute(
        select(BundleRow.__table__).where(condition).order_by(*order).limit(limit).offset(offset)
    )
    return [_bundle(row) for row in rows], total


def find_procedures(
    session: Session, theme_field: str | None, ozg_id: str | None, q: str | None, limit: int, offset: int
) -> tuple[list[Procedure], int]:
    """Return one page of the procedures by name, and how many there are; ``q`` is a part of name or key."""
    condition = _condition(ProcedureRow, ProcedureRow.leika_key, theme_field, q)
    if ozg_id is not None:
        condition &= exists().where(
            BundleProcedureRow.leika_key == ProcedureRow.leika_key, BundleProcedureRow.ozg_id == ozg_id
        )
    total = session.scalar(select(func.count()).select_from(ProcedureRow).where(condition)) or 0
    order = by_code_point(session, ProcedureRow.name_folded), by_code_point(session, ProcedureRow.leika_key)
    rows = session.execute(
        select(ProcedureRow.__table__).where(condition).order_by(*order).limit(limit).offset(offset)
    )
    return [procedure_of_row(row) for row in rows], total


def _count_by_theme_field(session: Session, table: type[BundleRow | ProcedureRow]) -> dict[str, int]:
    statement = (
        select(table.theme_field_id, func.count())
        .where(table.theme_field_id.is_not(None))
        .group_by(table.theme_field_id)
    )
    return {theme_field_id: count for theme_field_id, count in session.execute(statement) if theme_field_id}


def _condition(
    table: type[BundleRow | ProcedureRow], key: Any, theme_field: str | None, q: str | None
) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = []
    if theme_field is not None:
        conditions.append(table.theme_field_id == theme_field)
    if q and q.strip():
        in_name = table.name_folded.like(like_pattern(fold(q)), escape="\\")
        conditions.append(or_(in_name, key.like(like_pattern("".join(q.split())), escape="\\")))
    return and_(true(), *conditions)


def _linked(session: Session, key: Any, value: Any, wanted: Sequence[str]) -> dict[str, list[str]]:
    linked: dict[str, list[str]] = defaultdict(list)
    for start in range(0, len(wanted), CHUNK):
        statement = select(key, value).where(key.in_(wanted[start : start + CHUNK]))
        for one, other in session.execute(statement.order_by(by_code_point(session, value))):
            linked[one].append(other)
    return dict(linked)


def _bundle(row: Any) -> Bundle:
    return Bundle(
        row.ozg_id, row.name, row.theme_field_id, row.life_situation, row.snapshot_on, tuple(row.words)
    )


def procedure_of_row(row: Any) -> Procedure:
    """Return the procedure of a row of its table."""
    return Procedure(
        leika_key=row.leika_key,
        version=row.version,
        name=row.name,
        typisierung=row.typisierung,
        theme_field=row.theme_field_id,
        life_situation=row.life_situation,
        flags=tuple(row.flags),
        snapshot_on=row.snapshot_on,
        words=tuple(row.words),
    )
