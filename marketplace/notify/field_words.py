"""What the fields of an entry and the statuses of an adoption are called when a change tells of them."""

from marketplace.fact_words import FACTS, STATUSES
from marketplace.notify.catalogues import Translator


def field_words(name: str, translate: Translator) -> str:
    """Return what a field of an entry is called; its own name where it has no other."""
    return translate(FACTS[name]) if name in FACTS else name


def status_words(status: str, translate: Translator) -> str:
    """Return what the status of an adoption is called; its own name where it has no other."""
    return translate(STATUSES[status]) if status in STATUSES else status
