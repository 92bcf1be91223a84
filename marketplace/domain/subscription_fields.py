"""Reading a subscription as somebody wrote it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from marketplace.domain.change import MessageKind, Rhythm
from marketplace.domain.field_reader import FieldReader
from marketplace.domain.followed import (
    DEFAULT_KINDS,
    DEFAULT_RHYTHM,
    DETAILED,
    KINDS_OF,
    FollowedKind,
    digest_of,
)
from marketplace.domain.followed_detail import canonical_detail
from marketplace.errors import FieldError, InvalidInput

SUBSCRIPTION_FIELDS = ("followed", "object", "detail", "kinds", "rhythm", "title")
CHOICE_FIELDS = ("detail", "kinds", "rhythm", "title")
"""What of a subscription can be changed; another object, search or figure is another subscription."""
MAX_OBJECT = 80
MAX_TITLE = 200
_KIND = re.compile("|".join(re.escape(kind) for kind in MessageKind))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A subscription as wanted; whether its object exists is the catalogue's to say."""

    followed: FollowedKind
    object_id: str
    detail: Mapping[str, Any] | None
    kinds: frozenset[MessageKind]
    rhythm: Rhythm
    title: str | None


def read_subscription(fields: Mapping[str, Any], *, mailed: bool = True) -> Wish:
    """Read ``followed``, ``object`` (not of a search or figure), ``detail``, ``kinds``, ``rhythm`` and ``title``.

    Without ``kinds`` or ``rhythm`` it gets the usual ones. ``mailed``: whether there are mails here at all.

    Raises:
        InvalidInput: unknown or missing fields, kinds that are never told of such an object, a detail without the
            necessary form, a rhythm of mails where there are none.
    """
    errors: list[FieldError] = []
    reader = FieldReader(fields, errors)
    reader.only(SUBSCRIPTION_FIELDS)
    followed = reader.one_of("followed", FollowedKind, required=True)
    title = reader.text("title", MAX_TITLE)
    if followed is None:
        raise InvalidInput(errors)
    object_id = _object(reader, followed)
    detail = canonical_detail(followed, fields.get("detail"), errors)
    kinds, rhythm = _kinds(reader, followed, detail), _rhythm(reader, rhythms_to_choose(mailed=mailed))
    if errors:
        raise InvalidInput(errors)
    if followed in DETAILED and detail is not None:
        object_id = digest_of(detail)
    return Wish(
        followed=followed,
        object_id=object_id,
        detail=detail,
        kinds=frozenset(default_kinds(followed, detail)) if kinds is None else kinds,
        rhythm=rhythm or DEFAULT_RHYTHM,
        title=title,
    )


def read_choice(fields: Mapping[str, Any], stands: Wish, *, mailed: bool = True) -> Wish:
    """Return a subscription as chosen anew; what is left out stays as it stands, also a rhythm that is no choice now.

    Raises:
        InvalidInput: unknown fields, kinds that are never told of such an object, another search or figure, a rhythm
            of mails where there are none.
    """
    errors: list[FieldError] = []
    reader = FieldReader(fields, errors)
    reader.only(CHOICE_FIELDS)
    followed, detail = stands.followed, stands.detail
    if "detail" in fields:
        detail = canonical_detail(followed, fields["detail"], errors)
        if followed in DETAILED and detail != stands.detail:
            reader.refuse("detail", "fixed", f"another {followed} is another subscription")
    kinds = _kinds(reader, followed, detail)
    rhythm = _rhythm(reader, rhythms_to_choose(stands.rhythm, mailed=mailed))
    title = reader.text("title", MAX_TITLE)
    if errors:
        raise InvalidInput(errors)
    return replace(
        stands,
        detail=detail,
        kinds=stands.kinds if kinds is None else kinds,
        rhythm=rhythm or stands.rhythm,
        title=title if "title" in fields else stands.title,
    )


def kinds_to_choose(followed: FollowedKind, detail: Mapping[str, Any] | None) -> tuple[MessageKind, ...]:
    """Return what can be told of such an object: of a figure a crossing only with a threshold, months only if asked."""
    return tuple(_possible(KINDS_OF[followed], detail if followed is FollowedKind.FIGURE else None))


def default_kinds(followed: FollowedKind, detail: Mapping[str, Any] | None) -> tuple[MessageKind, ...]:
    """Return what is told of such an object until its follower chooses: of one ``like`` another, adoptions too."""
    usual = DEFAULT_KINDS[followed]
    if followed is FollowedKind.FIGURE:
        return tuple(_possible(usual, detail))
    if detail is not None and "like" in detail and MessageKind.ADOPTION_RECORDED not in usual:
        return (*usual, MessageKind.ADOPTION_RECORDED)
    return usual


def rhythms_to_choose(stands: Rhythm | None = None, *, mailed: bool) -> tuple[Rhythm, ...]:
    """Return the rhythms to offer where one ``stands`` already, or none.

    Without mails there are only the inbox, where everything stands at once, and the feed: the usual rhythm then means
    the inbox, or the one that stands, which holds again as soon as there are mails.
    """
    if mailed:
        return tuple(Rhythm)
    inbox = DEFAULT_RHYTHM if stands in (None, Rhythm.FEED_ONLY) else stands
    return (inbox, Rhythm.FEED_ONLY)


def _rhythm(reader: FieldReader, choice: tuple[Rhythm, ...]) -> Rhythm | None:
    rhythm = reader.one_of("rhythm", Rhythm)
    if rhythm is None or rhythm in {*choice, DEFAULT_RHYTHM}:
        return rhythm
    inbox = f"{DEFAULT_RHYTHM} for the inbox alone"
    reader.refuse("rhythm", "choice", f"no mails are sent here: choose {inbox}, or {Rhythm.FEED_ONLY}")
    return None


def _possible(kinds: Iterable[MessageKind], figure: Mapping[str, Any] | None) -> list[MessageKind]:
    gone = set()
    if figure is not None and figure.get("threshold") is None:
        gone.add(MessageKind.FIGURE_CROSSED)
    if figure is not None and not figure.get("monthly"):
        gone.add(MessageKind.FIGURE_MONTHLY)
    return [kind for kind in kinds if kind not in gone]


def _object(reader: FieldReader, followed: FollowedKind) -> str:
    if followed not in DETAILED:
        return reader.text("object", MAX_OBJECT, required=True) or ""
    if reader.fields.get("object") is not None:
        reader.refuse("object", "unknown", f"a {followed} is named by its detail alone")
    return ""


def _kinds(
    reader: FieldReader, followed: FollowedKind, detail: Mapping[str, Any] | None
) -> frozenset[MessageKind] | None:
    """Read the kinds, None where they are left out; only an organisation's own matters can be none at all."""
    if reader.fields.get("kinds") is None:
        return None
    kinds = frozenset(map(MessageKind, reader.keys("kinds", _KIND, "a kind of message", len(MessageKind))))
    known = kinds_to_choose(followed, detail)
    for kind in sorted(kinds.difference(known)):
        reader.refuse("kinds", "choice", f"{kind} is never told of this, only: {', '.join(known)}")
    if not kinds and followed is not FollowedKind.OWN:
        reader.refuse("kinds", "required", "choose one at least, or end the subscription")
    return kinds
