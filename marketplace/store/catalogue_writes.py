"""Writing the catalogues around the services: what is new is added, what differs replaced, nothing is taken away."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select, tuple_, update
from sqlalchemy.orm import Session

from marketplace.domain.catalogue import Bundle, Organisation, Procedure, ThemeField
from marketplace.domain.folding import fold
from marketplace.store.tables import (
    BundleProcedureRow,
    BundleRow,
    OrganisationRow,
    ProcedureRow,
    Table,
    ThemeFieldRow,
)

CHUNK = 400


@dataclass(frozen=True, slots=True)
class Saved:
    """Which keys are new, and which said something else before."""

    new: tuple[str, ...]
    changed: tuple[str, ...]


def save_organisations(session: Session, organisations: Iterable[Organisation]) -> Saved:
    """Add or replace organisations."""
    rows = [
        {
            "id": one.id, "name": one.name, "name_folded": fold(one.name)[:320], "kind": one.kind.value,
            "state": one.state, "region_key": one.region_key, "url": one.url, "source": one.source,
        }
        for one in organisations
    ]  # fmt: skip
    return _save(session, OrganisationRow, "id", rows)


def save_theme_fields(session: Session, theme_fields: Iterable[ThemeField]) -> Saved:
    """Add or replace theme fields."""
    rows = [
        {
            "id": one.id, "name": one.name, "lead_states": list(one.lead_states), "ministry": one.ministry,
            "evidence": one.evidence, "source": one.source,
        }
        for one in theme_fields
    ]  # fmt: skip
    return _save(session, ThemeFieldRow, "id", rows)


def save_bundles(session: Session, bundles: Iterable[Bundle]) -> Saved:
    """Add or replace bundles."""
    rows = [
        {
            "ozg_id": one.ozg_id, "name": one.name, "name_folded": fold(one.name)[:320],
            "theme_field_id": one.theme_field, "life_situation": one.life_situation,
            "snapshot_on": one.snapshot_on, "words": list(one.words),
        }
        for one in bundles
    ]  # fmt: skip
    return _save(session, BundleRow, "ozg_id", rows)


def save_procedures(session: Session, procedures: Iterable[Procedure]) -> list[tuple[str, int]]:
    """Add or replace procedures; return key and new version of those that were written, for the search engines."""
    rows = {
        one.leika_key: {
            "leika_key": one.leika_key, "name": one.name, "name_folded": fold(one.name)[:420],
            "typisierung": one.typisierung, "theme_field_id": one.theme_field,
            "life_situation": one.life_situation, "flags": [dict(flag) for flag in one.flags],
            "snapshot_on": one.snapshot_on, "words": list(one.words),
        }
        for one in procedures
    }  # fmt: skip
    stored = session.execute(select(ProcedureRow.leika_key, ProcedureRow.version))
    versions = {row.leika_key: row.version for row in stored}
    saved = _save(session, ProcedureRow, "leika_key", list(rows.values()), {"version": 1})
    written = [(key, 1) for key in saved.new] + [(key, versions[key] + 1) for key in saved.changed]
    raised = [{"leika_key": key, "version": version} for key, version in written if version > 1]
    if raised:
        session.execute(update(ProcedureRow), raised)
    return written


def save_bundle_procedures(session: Session, pairs: Iterable[tuple[str, str]]) -> int:
    """Make the links between bundles and procedures exactly these pairs of OZG id and LeiKa key; return how many changed."""
    wanted = set(pairs)
    stored = {
        (row.ozg_id, row.leika_key)
        for row in session.execute(select(BundleProcedureRow.ozg_id, BundleProcedureRow.leika_key))
    }
    gone = sorted(stored - wanted)
    key = tuple_(BundleProcedureRow.ozg_id, BundleProcedureRow.leika_key)
    for start in range(0, len(gone), CHUNK):
        session.execute(
            delete(BundleProcedureRow)
            .where(key.in_(gone[start : start + CHUNK]))
            .execution_options(synchronize_session=False)
        )
    new = [{"ozg_id": ozg_id, "leika_key": leika_key} for ozg_id, leika_key in sorted(wanted - stored)]
    if new:
        session.execute(insert(BundleProcedureRow), new)
    return len(gone) + len(new)


def _save(
    session: Session,
    table: type[Table],
    key: str,
    rows: Sequence[dict[str, Any]],
    first: Mapping[str, Any] | None = None,
) -> Saved:
    stored = {row[key]: row for row in session.execute(select(table.__table__)).mappings()}
    new = [row for row in rows if row[key] not in stored]
    changed = [
        row
        for row in rows
        if row[key] in stored and any(stored[row[key]][name] != value for name, value in row.items())
    ]
    if new:
        session.execute(insert(table), [{**row, **(first or {})} for row in new])
    if changed:
        session.execute(update(table), changed)
    return Saved(tuple(row[key] for row in new), tuple(row[key] for row in changed))
