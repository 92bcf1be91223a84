"""Single texts that people send beside an entry's fields: notes, reasons, remarks."""

from marketplace.domain.field_reader import FieldReader
from marketplace.errors import FieldError, InvalidInput


def text_of(field: str, value: object, limit: int, *, required: bool = False) -> str | None:
    """Return a text of at most ``limit`` characters without blanks around it; an empty one is None.

    Raises:
        InvalidInput: it is no text, too long, holds what cannot be kept, or is missing though required.
    """
    errors: list[FieldError] = []
    text = FieldReader({field: value}, errors).text(field, limit, required=required, lines=True)
    if errors:
        raise InvalidInput(errors)
    return text
