"""What happened, in words: the same title, lines and link in the inbox, in mails and in feeds.

Everything is plain text on single lines; names that others wrote are shortened and freed of control characters
(``notify.plain``). Whoever writes HTML, XML or a mail header of it escapes as that format needs.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from marketplace.notify import (
    figure_wording,
    ledger_wording,
    other_wording,
    service_wording,
    subscription_wording,
    webhook_wording,
)
from marketplace.notify.catalogues import Translator
from marketplace.notify.plain import MAX_LINE, MAX_TITLE, plain
from marketplace.notify.sentence import Sentence, Wording

__all__ = ["Told", "Wording", "word"]


class Told(Protocol):
    """What is told: a change (``domain.change.Change``) or a message (``domain.message.Message``).

    ``kind`` is a ``ChangeKind`` or ``MessageKind``; ``content`` holds the facts that belong to it.
    """

    @property
    def kind(self) -> str:
        """What it is."""

    @property
    def object_id(self) -> str:
        """What it is about."""

    @property
    def content(self) -> Mapping[str, Any]:
        """Its facts."""


_WORDS: Mapping[str, Callable[[str, Mapping[str, Any], Translator], Sentence]] = {
    "service.published": service_wording.published,
    "service.revised": service_wording.revised,
    "service.offer_added": service_wording.offer_added,
    "service.withdrawal_planned": service_wording.withdrawal_planned,
    "service.withdrawal_cancelled": service_wording.withdrawal_cancelled,
    "service.withdrawn": service_wording.withdrawn,
    "adoption.recorded": ledger_wording.adoption_recorded,
    "claim.waiting": ledger_wording.claim_waiting,
    "claim.confirmed": ledger_wording.claim_confirmed,
    "claim.rejected": ledger_wording.claim_rejected,
    "record.stale_soon": ledger_wording.record_stale_soon,
    "need.reported": other_wording.need_reported,
    "region.reformed": other_wording.region_reformed,
    "counting_rule.published": other_wording.rule_published,
    "figure.crossed": figure_wording.crossed,
    "figure.monthly": figure_wording.monthly,
    "figure.restated": figure_wording.restated,
    "webhook.switched_off": webhook_wording.switched_off,
    "subscription.invalid": subscription_wording.invalid,
}


def word(told: Told, translate: Translator, base_url: str) -> Wording:
    """Return what is told, in the language of ``translate``; ``base_url`` is the marketplace's own address.

    What the content does not say is left out. Which of it somebody may read is decided before.
    """
    said = _WORDS[str(told.kind)](told.object_id, told.content, translate)
    lines = (plain(line, MAX_LINE) for line in said.lines)
    return Wording(
        plain(said.title, MAX_TITLE),
        tuple(line for line in lines if line),
        base_url.rstrip("/") + said.path,
        said.label,
    )
