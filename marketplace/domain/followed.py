"""What can be followed, and what is told of it."""

import json
from collections.abc import Mapping
from enum import StrEnum
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from marketplace.domain.change import MessageKind, Rhythm


class FollowedKind(StrEnum):
    """What can be followed. ``OWN``: what concerns an organisation itself, its claims and its records."""

    SERVICE = "service"
    PUBLISHER = "publisher"
    THEME_FIELD = "theme_field"
    BUNDLE = "bundle"
    PROCEDURE = "procedure"
    REGION = "region"
    SEARCH = "search"
    FIGURE = "figure"
    OWN = "own"


_LIFE = (
    MessageKind.SERVICE_REVISED,
    MessageKind.OFFER_ADDED,
    MessageKind.WITHDRAWAL_PLANNED,
    MessageKind.WITHDRAWAL_CANCELLED,
    MessageKind.SERVICE_WITHDRAWN,
)
_WHOLE_LIFE = (MessageKind.SERVICE_PUBLISHED, *_LIFE)
_FIGURE = (
    MessageKind.FIGURE_CROSSED,
    MessageKind.FIGURE_MONTHLY,
    MessageKind.FIGURE_RESTATED,
    MessageKind.RULE_PUBLISHED,
)
_OWN = (
    MessageKind.CLAIM_WAITING,
    MessageKind.CLAIM_CONFIRMED,
    MessageKind.CLAIM_REJECTED,
    MessageKind.RECORD_STALE_SOON,
)
_REGION = (MessageKind.ADOPTION_RECORDED, MessageKind.REGION_REFORMED, MessageKind.NEED_REPORTED)
KINDS_OF: Mapping[FollowedKind, tuple[MessageKind, ...]] = MappingProxyType(
    {
        FollowedKind.SERVICE: (*_WHOLE_LIFE, MessageKind.ADOPTION_RECORDED),
        FollowedKind.PUBLISHER: (*_WHOLE_LIFE, MessageKind.ADOPTION_RECORDED),
        FollowedKind.THEME_FIELD: (*_WHOLE_LIFE, MessageKind.ADOPTION_RECORDED, MessageKind.NEED_REPORTED),
        FollowedKind.BUNDLE: (*_WHOLE_LIFE, MessageKind.ADOPTION_RECORDED),
        FollowedKind.PROCEDURE: (*_WHOLE_LIFE, MessageKind.ADOPTION_RECORDED),
        FollowedKind.REGION: _REGION,
        FollowedKind.SEARCH: _WHOLE_LIFE,
        FollowedKind.FIGURE: _FIGURE,
        FollowedKind.OWN: _OWN,
    }
)
"""What can be told of each."""
DEFAULT_KINDS: Mapping[FollowedKind, tuple[MessageKind, ...]] = MappingProxyType(
    {
        FollowedKind.SERVICE: _WHOLE_LIFE,
        FollowedKind.PUBLISHER: _WHOLE_LIFE,
        FollowedKind.THEME_FIELD: (
            MessageKind.SERVICE_PUBLISHED,
            MessageKind.SERVICE_WITHDRAWN,
            MessageKind.NEED_REPORTED,
        ),
        FollowedKind.BUNDLE: _WHOLE_LIFE,
        FollowedKind.PROCEDURE: _WHOLE_LIFE,
        FollowedKind.REGION: (MessageKind.ADOPTION_RECORDED, MessageKind.REGION_REFORMED),
        FollowedKind.SEARCH: _WHOLE_LIFE,
        FollowedKind.FIGURE: _FIGURE,
        FollowedKind.OWN: _OWN,
    }
)
"""What is told of each until its follower chooses. Adoptions of a service come often: who wants them says so."""
DEFAULT_RHYTHM = Rhythm.DAILY
DETAILED = frozenset({FollowedKind.SEARCH, FollowedKind.FIGURE})
"""What is told apart by its detail: ``object_id`` is the digest of it."""


def digest_of(detail: Mapping[str, Any]) -> str:
    """Return what stands for a canonical detail: 40 hexadecimal digits of the SHA-256 of its JSON."""
    text = json.dumps(detail, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:40]
