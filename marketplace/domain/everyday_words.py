"""What people call an entry beside its name, and what makes such a word (FIM: Begriff im Kontext).

Words stand one a line in the form of an entry and with ``|`` between them in files, and are parted by commas where
somebody types them so. A word that holds such a mark would come back as two: it is refused.
"""

import re
import unicodedata

from marketplace.domain.field_reader import FieldReader
from marketplace.domain.folding import fold

MAX_WORDS, MIN_WORD, MAX_WORD = 30, 2, 100
BETWEEN_WORDS = re.compile(r"[\n;|]|,(?!\d)|(?<!\d),")
"""What parts words: a comma does so unless digits stand on both sides (3,5 Tonnen)."""
_CONTROLS = frozenset({"Cc", "Zl", "Zp"})


def read_words(reader: FieldReader, field: str) -> tuple[str, ...]:
    """Return the words of a list, in order, each without surplus blanks; broken rules are noted by position.

    Words that differ in case, accents and blanks only are the same word.
    """
    found: dict[str, str] = {}
    for name, text in reader.texts(field, MAX_WORDS, MAX_WORD).items():
        word = " ".join(text.split())
        key = fold(word)
        if any(unicodedata.category(mark) in _CONTROLS for mark in text):
            reader.refuse(name, "characters", "holds characters that are not allowed")
        elif BETWEEN_WORDS.search(word):
            reader.refuse(name, "characters", "holds a mark that parts words: | or ; or a comma")
        elif len(word) < MIN_WORD:
            reader.refuse(name, "length", f"must have at least {MIN_WORD} characters")
        elif not any(mark.isalnum() for mark in word):
            reader.refuse(name, "format", "needs a letter or a digit")
        elif key in found:
            reader.refuse(name, "unique", f"says the same as {found[key]}")
        else:
            found[key] = word
    return tuple(found.values())
