"""Warning of likely duplicates before an entry is made: what is compared is kept a process until the catalogue changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from marketplace.actions.context import Context
from marketplace.actions.kept import Kept
from marketplace.actions.rights import acting
from marketplace.domain.access import Action, Actor, may_see_revision
from marketplace.domain.duplicates import Compared, Duplicates, Likely
from marketplace.domain.field_reader import FieldReader
from marketplace.domain.lifecycle import is_findable
from marketplace.domain.service_rules import LEIKA_KEY, MAX_NAME, OZG_ID, STATE_FORM, STATE_KEY
from marketplace.errors import FieldError, InvalidInput
from marketplace.store.compared_entries import compared_entries, mark

FIELDS = frozenset({"id", "name", "lead_state", "leika_keys", "ozg_ids", "part_of"})


@dataclass(frozen=True, slots=True)
class _Shelf:
    """All entries ready to be compared with; ``hidden`` maps those that are not public to their publisher."""

    entries: Duplicates
    hidden: Mapping[str, str | None]


_kept: Kept[_Shelf] = Kept(1)


def likely_duplicates(ctx: Context, actor: Actor | None, fields: Mapping[str, Any]) -> list[Likely]:
    """Return the entries that are likely the same service as what ``fields`` say, the likeliest first, ten at most.

    ``fields``: ``name``, and what is known of ``leika_keys``, ``ozg_ids``, ``lead_state``, ``part_of``; ``id`` leaves
    out the entry itself. Entries in work are compared for those only who may know of them.

    Raises:
        Unauthenticated, Forbidden: the actor works on no entries.
        InvalidInput: a field breaks a rule.
    """
    who = acting(actor, Action.READ_REVISION)
    wanted = _read(fields)
    with ctx.database.reading() as session:
        shelf = _kept.get(ctx.database.engine, mark(session), lambda: _shelf(session))
    return shelf.entries.likely(
        wanted, lambda one: one not in shelf.hidden or may_see_revision(who, shelf.hidden[one])
    )


def _shelf(session: Session) -> _Shelf:
    found = compared_entries(session)
    return _Shelf(
        Duplicates(entry.compared for entry in found),
        {entry.compared.id: entry.publisher for entry in found if not is_findable(entry.status)},
    )


def _read(fields: Mapping[str, Any]) -> Compared:
    errors: list[FieldError] = []
    reader = FieldReader(fields, errors)
    reader.only(FIELDS)
    wanted = Compared(
        id=reader.slug("id") or "",
        name=reader.text("name", MAX_NAME, required=True) or "",
        lead_state=reader.matching("lead_state", STATE_KEY, STATE_FORM),
        leika_keys=frozenset(
            reader.keys("leika_keys", LEIKA_KEY, "a LeiKa key: 14 digits, the first two 99")
        ),
        ozg_ids=frozenset(reader.keys("ozg_ids", OZG_ID, "an OZG id of 5 digits")),
        part_of=reader.slug("part_of"),
    )
    if errors:
        raise InvalidInput(errors)
    return wanted
