"""Needs, reforms, counting rules and figures, in words."""

from collections.abc import Mapping
from typing import Any

from marketplace.notify.catalogues import Translator
from marketplace.notify.plain import plain
from marketplace.notify.sentence import Sentence, day_of, path_of

MAX_NAMED = 10
"""So many successors or predecessors of a region are named."""


def need_reported(theme_field: str, content: Mapping[str, Any], _: Translator) -> Sentence:
    """Say what somebody misses in a theme field, and where."""
    lines = []
    if content.get("object_name"):
        lines.append(_("Gesucht wird: %(object)s", object=plain(content["object_name"])))
    if content.get("region_name"):
        lines.append(_("Region: %(region)s", region=plain(content["region_name"])))
    return Sentence(
        _("Neuer Bedarf: %(theme_field)s", theme_field=plain(content.get("theme_field_name") or theme_field)),
        tuple(lines),
        path_of("bedarf", theme_field=theme_field),
        _("Bedarf ansehen"),
    )


def region_reformed(key: str, content: Mapping[str, Any], _: Translator) -> Sentence:
    """Say what became of a region, and when."""
    name, former = plain(content.get("name")), plain(content.get("former_name"))
    lines = {
        "new": _("Die Region ist neu im Gemeindeverzeichnis."),
        "ended": _("Die Region gibt es nicht mehr."),
        "renamed": _("Sie hieß bisher %(name)s.", name=former),
        "rekeyed": _("Sie hat einen neuen Schlüssel: %(key)s (bisher %(former)s).", key=key, former=plain(content.get("former_key"))),
        "succeeded": _("Es ist entschieden, was aus ihr wird."),
    }  # fmt: skip
    found = [lines.get(str(content.get("what")), "")]
    for ours, text in (
        ("successors", _("Sie geht auf in: %(names)s")),
        ("predecessors", _("Sie entstand aus: %(names)s")),
    ):
        names = [plain(one.get("name")) for one in content.get(ours) or ()]
        if names:
            found = [
                text % {"names": ", ".join(names[:MAX_NAMED]) + (" …" if len(names) > MAX_NAMED else "")}
            ]
    on = day_of(content, "effective_on", _)
    if on:
        found.append(_("Stand: %(day)s", day=on))
    return Sentence(
        _("Gebietsänderung: %(name)s", name=name), tuple(found), path_of("regionen", key), _("Region ansehen")
    )


def rule_published(rule_id: str, content: Mapping[str, Any], _: Translator) -> Sentence:
    """Say that a counting rule has a new version."""
    version = content.get("version")
    return Sentence(
        _("Neue Fassung der Zählregel: %(title)s", title=title_of_rule(rule_id, content, _)),
        (_("Fassung %(version)s", version=version),) if version is not None else (),
        path_of("zaehlregeln", anchor=f"{rule_id}-{version}" if version is not None else ""),
        _("Zählregel ansehen"),
    )


def title_of_rule(rule_id: str, content: Mapping[str, Any], _: Translator) -> str:
    """Return what a counting rule is called in the language, its id where no title is told."""
    return plain(content.get(f"title_{_.language}") or content.get("title_de") or rule_id)
