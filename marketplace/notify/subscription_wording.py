"""What became of a subscription itself, in words."""

from collections.abc import Mapping
from typing import Any

from marketplace.notify.catalogues import Translator
from marketplace.notify.plain import plain
from marketplace.notify.sentence import Sentence, path_of


def invalid(_digest: str, content: Mapping[str, Any], _: Translator) -> Sentence:
    """Say that a saved search or a figure asks for something that is not there any more."""
    title = plain(content.get("title"))
    value = plain(content.get("value"))
    lines = {
        "lead_state": _("Das Land „%(value)s“ gibt es im Katalog nicht mehr.", value=value),
        "theme_field": _("Das Themenfeld „%(value)s“ gibt es nicht mehr.", value=value),
        "kind": _("Die Art „%(value)s“ gibt es nicht mehr.", value=value),
        "authority_set": _("Die Behördenart „%(value)s“ gibt es nicht mehr.", value=value),
        "region": _("Die Region mit dem Schlüssel „%(value)s“ gibt es nicht mehr.", value=value),
        "service": _("Der Eintrag „%(value)s“ ist nicht mehr veröffentlicht.", value=value),
        "rule": _("Die Zählregel „%(value)s“ gibt es nicht mehr.", value=value),
        "unit": _("Die Zählregel zählt „%(value)s“ nicht mehr.", value=value),
    }
    return Sentence(
        _("Ihr Abonnement trifft nichts mehr: %(title)s", title=title)
        if title
        else _("Eines Ihrer Abonnements trifft nichts mehr"),
        (
            lines.get(str(content.get("what")), ""),
            _("Sie können es beenden oder mit einer neuen Suche ein anderes anlegen."),
        ),
        path_of("abonnements"),
        _("Abonnements ansehen"),
    )
