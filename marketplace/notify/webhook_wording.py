"""A webhook that was switched off, in words for those who run it."""

from collections.abc import Mapping
from typing import Any

from marketplace.domain.webhook_attempts import OffReason
from marketplace.notify.catalogues import Translator
from marketplace.notify.plain import plain
from marketplace.notify.sentence import Sentence, path_of


def switched_off(webhook_id: str, content: Mapping[str, Any], _: Translator) -> Sentence:
    """Say which address is told nothing any more, and why."""
    why = {
        OffReason.GONE: _("Die Adresse hat geantwortet, dass es sie nicht mehr gibt (410)."),
        OffReason.FAILING: _("Seit Tagen ist dort nichts mehr angekommen."),
    }
    reason = str(content.get("why"))
    said = why.get(OffReason(reason), "") if reason in set(OffReason) else ""
    return Sentence(
        _("Webhook ausgeschaltet: %(host)s", host=plain(content.get("name"))),
        tuple(
            line for line in (said, _("Er bekommt nichts mehr, bis ihn jemand wieder einschaltet.")) if line
        ),
        path_of("organisation", "webhooks", webhook_id),
        _("Webhook ansehen"),
    )
