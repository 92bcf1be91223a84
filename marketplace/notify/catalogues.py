"""The texts of what is told, in German and English, for whoever writes them outside a page: mails, feeds, the inbox."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.support import Translations

FOLDER = Path(__file__).parents[1] / "translations"
GERMAN = "de"
LANGUAGES = (GERMAN, "en")


@dataclass(frozen=True, slots=True)
class Translator:
    """Turns a German text into one language; called with the text, and what stands in its ``%(name)s``."""

    locale: Locale
    translate: Callable[[str], str]

    @property
    def language(self) -> str:
        """The language, ``de`` or ``en``."""
        return str(self.locale.language)

    def __call__(self, text: str, /, **values: Any) -> str:
        """Return the text in the language; the German one where nobody has translated it."""
        translated = self.translate(text)
        return translated % values if values else translated


@cache
def translator(language: str) -> Translator:
    """Return the translator into a language, made once a process; German for a language that there is none of."""
    if language not in LANGUAGES or language == GERMAN:
        return Translator(Locale(GERMAN), str)
    return Translator(Locale(language), Translations.load(str(FOLDER), [language]).gettext)
