"""What a region is, in the words of the official register rather than in the five kinds of the model."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from marketplace.domain.regions import Region, kind_of_key
from marketplace.web.labels import label

# What a region calls itself in the official register: its Textkennzeichen (GV100AD).
REGION_WORDS: Mapping[str, LazyString] = {
    "41": _("Kreisfreie Stadt"),
    "42": _("Stadtkreis"),
    "43": _("Kreis"),
    "44": _("Landkreis"),
    "45": _("Regionalverband"),
    "50": _("Verbandsfreie Gemeinde"),
    "51": _("Amt"),
    "52": _("Samtgemeinde"),
    "53": _("Verbandsgemeinde"),
    "54": _("Verwaltungsgemeinschaft"),
    "55": _("Kirchspielslandgemeinde"),
    "56": _("Verwaltungsverband"),
    "57": _("Verwaltungsgemeinschaft (Trägermodell)"),
    "58": _("Erfüllende Gemeinde"),
    "60": _("Markt"),
    "61": _("Kreisfreie Stadt (Gemeinde)"),
    "62": _("Stadtkreis (Gemeinde)"),
    "63": _("Stadt"),
    "64": _("Kreisangehörige Gemeinde"),
    "65": _("Gemeindefreies Gebiet (bewohnt)"),
    "66": _("Gemeindefreies Gebiet (unbewohnt)"),
    "67": _("Große Kreisstadt"),
}


def region_word(region: Region) -> str:
    """Return what a region is in the register's own words, such as Amt or Landkreis; its kind where it has none."""
    word = REGION_WORDS.get(region.text_code or "")
    return label(region.kind) if word is None else str(word)


def key_kind(key: str) -> str:
    """Return the kind of region that a key belongs to, "" for the key of an authority without one."""
    kind = kind_of_key(key)
    return "" if kind is None else label(kind)
