"""Tellings: what of a change somebody can be told, and whom it may concern."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marketplace.domain.change import MessageKind
from marketplace.domain.subscription import FollowedKind

MAX_STATEMENTS = 50
"""So many statements or claims a message lists at most; ``events`` says how many there are."""
Topic = tuple[FollowedKind, str]
"""Kind and id of something that can be followed."""
Profile = tuple[str, str]
"""State and size class of an authority: those who share both are alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A statement or claim about one authority that a change appended to the ledger.

    ``regions`` are the keys of the regions it is or lies in, ``below`` the key of the one for all of whose authorities
    it speaks (None: for itself alone, empty: for all of the
    federation), ``profile`` its state and size class (None: not known). ``organisations`` are
    those whose own matter it is; empty for what is public.
    """

    event: int
    authority_key: str
    authority_name: str
    status: str
    effective_on: str
    regions: frozenset[str] = frozenset()
    below: str | None = None
    profile: Profile | None = None
    organisations: frozenset[str] = frozenset()

    def touches(self, region_key: str) -> bool:
        """Tell whether it is about a region: an authority there, or a cover that reaches down to it."""
        return region_key in self.regions or (self.below is not None and region_key.startswith(self.below))

    def as_content(self) -> dict[str, Any]:
        """Return it as a message lists it."""
        return {
            "event": self.event,
            "authority_key": self.authority_key,
            "authority_name": self.authority_name,
            "status": self.status,
            "effective_on": self.effective_on,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What a change means for those who are told of one kind.

    ``topics`` are the subscriptions that it may meet. ``only_organisations``: it is the own matter of these and of
    nobody else; None for what is public. ``person_id`` and ``organisation_id`` did it and are not told.
    ``content`` is the change's; of ``adoption.recorded`` and ``claim.*`` it is completed by ``content_with`` with
    those of the ``statements`` that concern who is told.
    """

    kind: MessageKind
    position: int
    object_kind: str
    object_id: str
    recorded_at: datetime
    content: Mapping[str, Any]
    topics: frozenset[Topic]
    weighty: bool = False
    person_id: str | None = None
    organisation_id: str | None = None
    only_organisations: frozenset[str] | None = None
    statements: tuple[Statement, ...] = ()

    @property
    def object(self) -> str:
        """Kind and id of what it is about: what is about one object is told in order."""
        return f"{self.object_kind}:{self.object_id}"

    @property
    def key(self) -> str:
        """What makes a message of it be made once for each follower."""
        return f"{self.kind}:{self.position}"

    def content_with(self, statements: Iterable[Statement]) -> dict[str, Any]:
        """Return the content for somebody whom these of its statements concern, all of them counted in ``events``."""
        listed = list(statements)
        if not self.statements:
            return dict(self.content)
        return {
            **self.content,
            "events": len(listed),
            "statements": [one.as_content() for one in listed[:MAX_STATEMENTS]],
        }

    def own_content(self, organisation_id: str) -> dict[str, Any]:
        """Return the content for an organisation whose own matter it is."""
        return self.content_with(one for one in self.statements if organisation_id in one.organisations)
