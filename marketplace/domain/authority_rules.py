"""What makes an authority set: from plain JSON values to a definition, or every broken rule by field.

One place for the API and imports. The shape is that of ``PUT /api/v1/authority-sets/{id}``.
"""

import re
from collections.abc import Collection, Mapping
from typing import Any

from marketplace.domain.authority import Level, SetDefinition
from marketplace.domain.field_reader import FieldReader, printable
from marketplace.errors import FieldError, InvalidInput

SET_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,78}[a-z0-9]")
SET_ID_FORM = "2 to 80 of a-z, 0-9, - and _, with a letter or digit at both ends"
AUTHORITY_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,79}")
MAX_NAME, MAX_REASON, MAX_SOURCE, MAX_KEYS = 300, 2000, 1000, 20_000
FIELDS = ("id", "name", "level", "states", "add", "remove", "reason", "source", "valid_from")
READ_ONLY = ("valid_to", "version", "as_of", "territory_on", "member_count", "counts_by_state", "members")
"""What an answer shows of a set beside what can be written: sent back, it says nothing."""


def read_definition(set_id: str, fields: Mapping[str, Any]) -> SetDefinition:
    """Return the definition that ``fields`` describe; what they leave out is empty.

    What only answers show is passed over, so that an answer can be sent back with a change.

    Raises:
        InvalidInput: naming every field that breaks a rule.
    """
    errors: list[FieldError] = []
    reader = FieldReader(fields, errors)
    reader.only((*FIELDS, *READ_ONLY))
    if not SET_ID.fullmatch(set_id):
        reader.refuse("id", "format", f"must be {SET_ID_FORM}")
    elif fields.get("id", set_id) != set_id:
        reader.refuse("id", "differs", f"differs from {set_id}, under which the set is written")
    definition = SetDefinition(
        id=set_id,
        name=reader.text("name", MAX_NAME, required=True) or "",
        level=reader.one_of("level", Level),
        states=_states(reader),
        add=reader.keys("add", AUTHORITY_KEY, "an authority key", MAX_KEYS),
        remove=reader.keys("remove", AUTHORITY_KEY, "an authority key", MAX_KEYS),
        reason=reader.text("reason", MAX_REASON, lines=True),
        source=reader.text("source", MAX_SOURCE, lines=True),
        valid_from=reader.day("valid_from"),
    )
    for key in sorted(set(definition.add) & set(definition.remove)):
        reader.refuse("remove", "contradicts", f"{key} is both added and removed")
    if errors:
        raise InvalidInput(errors)
    return definition


def _states(reader: FieldReader) -> dict[str, Level | None]:
    value = reader.fields.get("states")
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        reader.refuse("states", "type", "must be an object of state keys and levels")
        return {}
    found: dict[str, Level | None] = {}
    for state, level in value.items():
        if level is None or (isinstance(level, str) and level in set(Level)):
            found[str(state)] = None if level is None else Level(level)
        else:
            field = f"states.{printable(str(state))}"
            reader.refuse(field, "choice", f"must be null or one of {', '.join(Level)}")
    return dict(sorted(found.items()))


def unknown_keys(
    definition: SetDefinition, states: Collection[str], authorities: Collection[str]
) -> list[FieldError]:
    """Return which state and authority keys of a definition do not exist."""
    errors = [
        FieldError(f"states.{printable(state)}", "unknown", f"there is no state {printable(state)}")
        for state in definition.states
        if state not in states
    ]
    for field, keys in (("add", definition.add), ("remove", definition.remove)):
        errors += [
            FieldError(f"{field}.{position}", "unknown", f"no authority has, or had, the key {key}")
            for position, key in enumerate(keys)
            if key not in authorities
        ]
    return errors
