"""From an entry's plain JSON to what stands in the fields of its form, and back. Pure.

What was typed is a flat mapping of texts. What stands several times is numbered without a gap: ``offers.0.route``,
``contacts.1.email``; a source says in ``sources.0.about`` which field it is for. Names of offers' and contacts' fields
are those by which the rules of an entry name what is wrong; for sources ``field_name`` translates.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from marketplace.domain.everyday_words import BETWEEN_WORDS
from marketplace.web.entry_fields import FIELDS, GROUPS, Group, Widget

Typed = Mapping[str, str]
ALL_OTHERS = "*"
_NUMBERED = re.compile(r"(offers|contacts|sources)\.(\d{1,3})\.([a-z_]{1,20})")
_SOURCE_ERROR = re.compile(r"sources\.([a-z_]+|\*)\.(\d{1,3})(?:\.([a-z]+))?")
_BETWEEN = re.compile(r"[\n,;]+")
_ADDRESS_OF_ENTRY = re.compile(r"https?://\S*/dienste/([^/?#\s]+)\S*")
_LEIKA_DIGITS = 14
_EMPTY_TEXTS = ("name", "summary", "description")
_WRAPPED = ("name", "summary")


def typed_of(entry: Mapping[str, Any]) -> dict[str, str]:
    """Return what stands in the form of an entry, given in the shape of ``service_as_dict``."""
    typed = {name: _text_of(name, entry.get(name)) for name in FIELDS}
    for name in ("offers", "contacts"):
        for position, item in enumerate(entry.get(name) or ()):
            typed |= {f"{name}.{position}.{part}": value or "" for part, value in item.items()}
    sources = [(about, one) for about, found in (entry.get("sources") or {}).items() for one in found]
    for position, (about, source) in enumerate(sources):
        parts = {"about": about, **source}
        typed |= {f"sources.{position}.{part}": value or "" for part, value in parts.items()}
    return typed


def entry_of(typed: Typed) -> dict[str, Any]:
    """Return what a form says of an entry, in the shape of ``PUT /services/{id}`` without id and status.

    Nothing is judged here: what does not fit is handed on as it was typed, and refused by the rules of an entry.
    """
    kept = compacted(typed)
    entry: dict[str, Any] = {name: _value_of(name, kept.get(name, "")) for name in FIELDS}
    entry["offers"] = _with_ids([_nulled(one) for one in items(kept, "offers")])
    entry["contacts"] = [_nulled(one) for one in items(kept, "contacts")]
    sources: dict[str, list[dict[str, str | None]]] = {}
    for source in map(_nulled, items(kept, "sources")):
        sources.setdefault(source.pop("about") or ALL_OTHERS, []).append(source)
    entry["sources"] = sources
    return entry


def sent_fields(sent: "MultiDict[str, str]") -> dict[str, str]:
    """Return what a sent form holds in the fields that an entry has, and nothing else, numbered as it was shown."""
    typed = {}
    for name in sent:
        numbered = _NUMBERED.fullmatch(name)
        if name in FIELDS or (numbered and numbered[3] in _parts(GROUPS[numbered[1]])):
            typed[name] = "\n".join(sent.getlist(name)).replace("\r\n", "\n")
    return typed


def read_form(sent: "MultiDict[str, str]") -> dict[str, str]:
    """Return what a sent form holds in the fields that an entry has, the items of the groups numbered anew."""
    return compacted(sent_fields(sent))


def compacted(typed: Typed) -> dict[str, str]:
    """Return what was typed with the empty items of the groups left out and the others numbered without a gap."""
    kept = {name: typed.get(name, "") for name in FIELDS}
    for group in GROUPS.values():
        filled = [one for one in items(typed, group.name) if _is_filled(group, one)]
        kept |= _numbered(group.name, filled)
    return kept


def items(typed: Typed, group: str) -> list[dict[str, str]]:
    """Return the items of a group in order, each with all its parts."""
    numbers = {int(found[2]) for name in typed if (found := _NUMBERED.fullmatch(name)) and found[1] == group}
    return [
        {part: typed.get(f"{group}.{number}.{part}", "") for part in _parts(GROUPS[group])}
        for number in sorted(numbers)
    ]


def with_added(typed: Typed, group: str) -> dict[str, str]:
    """Return what was typed and an empty item more; nothing more where the group is full."""
    begun = compacted(typed)
    count = len(items(begun, group))
    if count >= GROUPS[group].limit:
        return begun
    return begun | _numbered(group, [dict.fromkeys(_parts(GROUPS[group]), "")], count)


def without(typed: Typed, group: str, position: int) -> dict[str, str]:
    """Return what was typed without one item of a group."""
    rest = [one for at, one in enumerate(items(typed, group)) if at != position]
    others = {name: value for name, value in typed.items() if not name.startswith(f"{group}.")}
    return compacted(others | _numbered(group, rest))


def field_name(broken: str, typed: Typed) -> str:
    """Return the name of the form's field that a broken rule is about; a group's own name where no item is meant."""
    if broken in FIELDS or broken in GROUPS or _NUMBERED.fullmatch(broken):
        return broken
    named = _SOURCE_ERROR.fullmatch(broken)
    if named:
        about = [one["about"] or ALL_OTHERS for one in items(typed, "sources")]
        at = [position for position, one in enumerate(about) if one == named[1]]
        if int(named[2]) < len(at):
            return f"sources.{at[int(named[2])]}.{named[3] or 'url'}"
    first, _dot, rest = broken.partition(".")
    if first in GROUPS:
        position = rest.partition(".")[0]
        return f"{first}.{position}.{GROUPS[first].fields[0].name}" if position.isdigit() else first
    return first


def entry_id(text: str) -> str:
    """Return the id of an entry whose address was typed; any other text as it is."""
    found = _ADDRESS_OF_ENTRY.fullmatch(text)
    return found[1] if found else text


def _parts(group: Group) -> tuple[str, ...]:
    hidden = ("id",) if group.name == "offers" else ()
    return hidden + tuple(field.name for field in group.fields)


def _is_filled(group: Group, item: Mapping[str, str]) -> bool:
    return any(value.strip() for part, value in item.items() if part not in group.carried)


def _numbered(group: str, given: Iterable[Mapping[str, str]], first: int = 0) -> dict[str, str]:
    return {
        f"{group}.{position}.{part}": value
        for position, one in enumerate(given, first)
        for part, value in one.items()
    }


def _text_of(name: str, value: Any) -> str:
    if name == "maturity":
        return f"{value['model']}:{value['level']}" if value else ""
    if isinstance(value, list):
        return "\n".join(value)
    if isinstance(value, bool):
        return "true" if value else ""
    return value or ""


def _value_of(name: str, text: str) -> Any:
    widget = FIELDS[name].widget
    if widget is Widget.FLAG:
        return text == "true"
    if widget in (Widget.LIST, Widget.CHECKS):
        return _keys(name, text)
    if name == "maturity":
        return _maturity(text.strip())
    if name == "part_of":
        return entry_id(text.strip()) or None
    if name in _WRAPPED:
        text = " ".join(text.split("\n"))
    return text.strip() or ("" if name in _EMPTY_TEXTS else None)


def _keys(name: str, text: str) -> list[str]:
    if name == "words":
        return [" ".join(word.split()) for word in BETWEEN_WORDS.split(text) if word.strip()]
    pieces = [piece.strip() for piece in _BETWEEN.split(text) if piece.strip()]
    if name == "leika_keys":
        return [key for piece in pieces for key in _leika_keys("".join(piece.split()))]
    return [entry_id(key) for piece in pieces for key in piece.split()]


def _leika_keys(digits: str) -> list[str]:
    """Cut keys that stand in one line without a mark between them: they are read in groups of digits."""
    if not digits.isdigit() or len(digits) % _LEIKA_DIGITS:
        return [digits]
    return [digits[at : at + _LEIKA_DIGITS] for at in range(0, len(digits), _LEIKA_DIGITS)]


def _maturity(text: str) -> dict[str, object] | None:
    if not text:
        return None
    model, _colon, level = text.partition(":")
    return {"model": model, "level": int(level) if level.isascii() and level.isdigit() else level}


def _nulled(item: Mapping[str, str]) -> dict[str, str | None]:
    return {part: value.strip() or None for part, value in item.items()}


def _with_ids(offers: list[dict[str, str | None]]) -> list[dict[str, str | None]]:
    """Give an offer without an id one that no other has, after its route."""
    taken = {one["id"] for one in offers}
    for offer in offers:
        if offer["id"] is None:
            plain = (offer["route"] or "angebot").replace("_", "-")
            number = 1
            while (wanted := plain if number == 1 else f"{plain}-{number}") in taken:
                number += 1
            offer["id"] = wanted
            taken.add(wanted)
    return offers
