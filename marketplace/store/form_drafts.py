"""What people typed into forms and have not sent yet: one row for a person and a form."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from marketplace.store.tables import FormDraftRow

_ROW = FormDraftRow


@dataclass(frozen=True, slots=True)
class FormDraft:
    """What stood in a form's fields, and when it was kept."""

    content: Mapping[str, str]
    saved_at: datetime


def save(session: Session, person_id: str, form: str, draft: FormDraft) -> None:
    """Keep what a person typed into a form, instead of what was kept of it before. Safe with two windows at once."""
    insert = postgresql.insert if session.connection().dialect.name == "postgresql" else sqlite.insert
    statement = insert(_ROW).values(
        person_id=person_id, form=form, content=dict(draft.content), saved_at=draft.saved_at
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[_ROW.person_id, _ROW.form],
            set_={"content": statement.excluded.content, "saved_at": statement.excluded.saved_at},
        )
    )


def load(session: Session, person_id: str, form: str) -> FormDraft | None:
    """Return what a person typed into a form."""
    row = session.get(_ROW, (person_id, form))
    return FormDraft(row.content, row.saved_at) if row else None


def drop(session: Session, person_id: str, form: str) -> None:
    """Forget what a person typed into a form."""
    session.execute(delete(_ROW).where(_ROW.person_id == person_id, _ROW.form == form))
